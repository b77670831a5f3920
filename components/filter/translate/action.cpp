// See action.hpp.
#include "components/filter/translate/action.hpp"

#include "base/text.hpp"
#include "components/filter/rules/effect.hpp"
#include "mail/address.hpp"

#include <fmt/format.h>

namespace watershed::rules {

using procmail::Piece;
using procmail::Recipe;

namespace {

SieveAction refused(std::string reason, std::string nearest) {
  SieveAction action;
  action.refusal = std::move(reason);
  action.nearest = std::move(nearest);
  return action;
}

/// The word with known values in it and `${n}` for MATCH. Nothing where a value is not known.
std::optional<std::string> value_of(const procmail::Word& word, const KnownValues& known, int match_group,
                                    bool& uses_match) {
  std::string text;
  for (const Piece& piece : word.pieces) {
    if (piece.kind == Piece::Kind::literal) {
      text += piece.text;
    } else if (piece.kind == Piece::Kind::variable && piece.operation == '\0') {
      const auto found = known.find(piece.text);
      if (piece.text == "MATCH" && match_group > 0) {
        text += fmt::format("${{{}}}", match_group);
        uses_match = true;
      } else if (found != known.end() && found->second.find("$1") == std::string::npos) {
        text += found->second;
      } else {
        return std::nullopt;
      }
    } else {
      return std::nullopt;
    }
  }
  return text;
}

SieveAction folder(const Recipe& recipe, const KnownValues& known, int match_group) {
  if (recipe.flags.header != recipe.flags.body) {
    return refused("only a part of the message is filed", "file the whole message");
  }
  SieveAction action;
  const std::string copy = recipe.flags.copy ? ":copy " : "";
  if (recipe.flags.copy) action.extensions.insert("copy");
  for (const procmail::Word& word : recipe.action.words) {
    bool uses_match = false;
    // The folder of DEFAULT or below MAILDIR, whatever these hold.
    const auto named = [&](const char* name) {
      const auto& pieces = word.pieces;
      return !pieces.empty() && pieces.front().kind == Piece::Kind::variable && pieces.front().text == name;
    };
    procmail::Word rest = word;
    if (named("MAILDIR") && word.pieces.size() > 1) rest.pieces.erase(rest.pieces.begin());
    if ((named("DEFAULT") || named("ORGMAIL")) && word.pieces.size() == 1) {
      action.commands.push_back("keep;");
      continue;
    }
    const auto value = value_of(rest, known, match_group, uses_match);
    if (!value) return refused("the folder's name is known only to a run", "name the folders that can be meant");
    if (*value == "/dev/null") {
      if (!recipe.flags.copy) action.commands.push_back("discard;");
      continue;
    }
    const auto known_value = [&](const char* name) {
      const auto found = known.find(name);
      return found == known.end() ? std::string() : found->second;
    };
    std::string name = folder_name(*value, known_value("MAILDIR"), known_value("DEFAULT"));
    while (name.starts_with('/') && &rest != &word && named("MAILDIR")) name.erase(0, 1);
    if (name.starts_with('/'))
      return refused("an absolute path is no folder of a mailbox", "name the folder as the mail store does");
    action.extensions.insert("fileinto");
    if (uses_match) {
      action.extensions.insert("variables");
      action.assumptions.push_back("the folder is named with the case that the message has");
    }
    if (name == "INBOX") {
      action.commands.push_back(recipe.flags.copy ? "fileinto :copy \"INBOX\";" : "keep;");
    } else {
      action.commands.push_back(fmt::format("fileinto {}{};", copy, quoted(name)));
    }
  }
  if (!recipe.flags.copy) action.commands.push_back("stop;");
  return action;
}

SieveAction forward(const Recipe& recipe, const KnownValues& known) {
  if (recipe.flags.header != recipe.flags.body)
    return refused("only a part of the message is forwarded", "redirect the whole message");
  SieveAction action;
  if (recipe.flags.copy) action.extensions.insert("copy");
  for (const procmail::Word& word : recipe.action.words) {
    bool ignored = false;
    const auto value = value_of(word, known, 0, ignored);
    if (!value || value->starts_with('-'))
      return refused("options of sendmail, or addresses known only to a run", "redirect to the address that is meant");
    for (const std::string_view one : split(*value, " \t\n,")) {
      const auto address = mail::parse_address(one);
      if (!address) return refused(fmt::format("'{}' is no whole address", one), "write it with its domain");
      action.commands.push_back(fmt::format("redirect {}{};", recipe.flags.copy ? ":copy " : "", quoted(one)));
    }
  }
  if (action.commands.empty()) return refused("there is no address", "name one");
  if (!recipe.flags.copy) action.commands.push_back("stop;");
  return action;
}

/// The text in quotes behind `start`, such as `-I"Subject: `.
std::optional<std::string> quoted_behind(std::string_view command, std::string_view start) {
  const std::size_t at = command.find(start);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = command.substr(at + start.size());
  const std::size_t end = rest.find('"');
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(trim(rest.substr(0, end)));
}

bool has_option(std::string_view command, std::string_view program, char option) {
  const std::size_t at = command.find(program);
  if (at == std::string_view::npos) return false;
  for (const std::string_view word : split(command.substr(at + program.size()), " \t")) {
    if (word.starts_with('-') && word.find(option) != std::string_view::npos &&
        word.find('"') == std::string_view::npos)
      return true;
    if (word.starts_with('|') || word.starts_with(';')) return false;
  }
  return false;
}

SieveAction answer(std::string_view command, bool is_new_only) {
  const auto text = quoted_behind(command, "echo \"");
  if (!text)
    return refused(fmt::format("`{}` makes an answer that is not written here", command),
                   "write a vacation action with that text");
  SieveAction action;
  action.extensions.insert("vacation");
  const auto subject = quoted_behind(command, "-I\"Subject:");
  const auto from = quoted_behind(command, "-I\"From:");
  std::string vacation = fmt::format("vacation :days {}", is_new_only ? 30 : 1);
  if (from && mail::parse_address(*from)) vacation += fmt::format(" :from {0} :addresses {0}", quoted(*from));
  if (subject) vacation += " :subject " + quoted(*subject);
  action.commands.push_back(fmt::format("{} {};", vacation, quoted(*text)));
  action.assumptions.push_back(
      is_new_only ? "a correspondent is answered again after 30 days, not when the cache is full"
                  : "each correspondent is answered once a day at most, and never where RFC 5230 forbids it");
  action.assumptions.push_back("the answer goes to the reverse-path, formail's to Reply-To or From");
  return action;
}

SieveAction filter(std::string_view command) {
  SieveAction action;
  std::size_t found = 0;
  for (const char how : {'I', 'A'}) {
    for (std::size_t at = command.find(fmt::format("-{}\"", how)); at != std::string_view::npos;
         at = command.find(fmt::format("-{}\"", how), at + 1)) {
      const std::string_view field = command.substr(at + 3, command.find('"', at + 3) - at - 3);
      const std::size_t colon = field.find(':');
      if (colon == std::string_view::npos || field.find('$') != std::string_view::npos)
        return refused("a header field that only a run can tell", "use addheader with variables");
      if (how == 'I') action.commands.push_back(fmt::format("deleteheader {};", quoted(field.substr(0, colon))));
      if (!trim(field.substr(colon + 1)).empty()) {
        action.commands.push_back(fmt::format("addheader :last {} {};", quoted(field.substr(0, colon)),
                                              quoted(trim(field.substr(colon + 1)))));
      }
      ++found;
    }
  }
  const auto options = split(command, " \t");
  const bool is_formail =
      !options.empty() && trim(options.front()).ends_with("formail") && command.find('|') == std::string_view::npos;
  if (found == 0 || !is_formail)
    return refused(fmt::format("the filter `{}`", command), "Sieve changes header fields only, with editheader");
  action.extensions.insert("editheader");
  action.assumptions.push_back("the mail store lets scripts edit headers (RFC 5293)");
  return action;
}

SieveAction program(const Recipe& recipe, bool answers_new) {
  const std::string_view command = trim(recipe.action.command);
  const bool waits = recipe.flags.wait || recipe.flags.wait_quietly;
  if (!recipe.action.captured_in.empty())
    return refused("the output of a program becomes a variable",
                   "Sieve runs no programs; take the value from the message with variables");
  if (recipe.flags.filter) return filter(command);
  if (has_option(command, "formail", 'D') && waits) {
    SieveAction action;
    if (has_option(command, "formail", 'r')) {
      action.remembers_correspondents = true;
      action.assumptions.push_back("the recipe with the e flag behind it is the answer that this one guards");
      return action;
    }
    action.own_test = "duplicate";
    action.extensions.insert("duplicate");
    if (!recipe.flags.copy) action.commands = {"discard;", "stop;"};
    action.assumptions.push_back("duplicates are known for a time (RFC 7352), not until the cache is full");
    return action;
  }
  const bool replies = command.find("formail") != std::string_view::npos && has_option(command, "formail", 'r') &&
                       command.find("sendmail -t") != std::string_view::npos;
  if (replies && recipe.flags.copy) return answer(command, answers_new);
  return refused(fmt::format("it runs the program `{}`", command),
                 "Sieve runs no programs; redirect to an address that feeds the program");
}

}  // namespace

SieveAction action_of(const Recipe& recipe, const KnownValues& known, int match_group, bool answers_new) {
  switch (recipe.action.kind) {
    case procmail::Action::Kind::folder:
      return folder(recipe, known, match_group);
    case procmail::Action::Kind::forward:
      return forward(recipe, known);
    default:
      return program(recipe, answers_new);
  }
}

}  // namespace watershed::rules
