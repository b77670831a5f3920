// formail(1), as far as recipes use it. See known_programs.hpp.
#include "base/text.hpp"
#include "components/filter/procmail/known_programs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace watershed::procmail {

namespace {

/// A header field with its continued lines, without the last newline. A From_ line has no name.
struct Field {
  std::string name;
  std::string text;

  bool is(std::string_view wanted) const { return equal_ignoring_case(name, wanted); }
  std::string value() const { return text.substr(name.size() + 1); }
};

struct Mail {
  std::vector<Field> fields;
  std::string body;

  const Field* find(std::string_view name) const {
    for (const Field& field : fields) {
      if (field.is(name)) return &field;
    }
    return nullptr;
  }
};

Mail parse(const std::string& input) {
  Mail mail;
  const MailText text(input);
  mail.body = std::string(text.body());
  std::string_view header = text.header();
  while (!header.empty() && header.front() != '\n') {
    const std::size_t end = header.find('\n');
    const std::string_view line = header.substr(0, end);
    header = end == std::string_view::npos ? std::string_view{} : header.substr(end + 1);
    if ((line.starts_with(' ') || line.starts_with('\t')) && !mail.fields.empty()) {
      mail.fields.back().text += "\n" + std::string(line);
      continue;
    }
    const bool is_from = line.starts_with("From ");
    const std::size_t colon = is_from ? std::string_view::npos : line.find(':');
    mail.fields.push_back(
        {colon == std::string_view::npos ? "" : std::string(line.substr(0, colon)), std::string(line)});
  }
  return mail;
}

std::string composed(const Mail& mail, bool quotes_from) {
  std::string out;
  for (const Field& field : mail.fields) out += field.text + "\n";
  out += "\n";
  for (std::string_view rest = mail.body; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    if (quotes_from && line.starts_with("From ")) out += '>';
    out += std::string(line) + (end == std::string_view::npos ? "" : "\n");
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  return out;
}

/// The bare address of a field's value: what stands in angle brackets, else the value without its comment.
std::string address_of(std::string_view value) {
  const std::size_t open = value.rfind('<');
  const std::size_t close = value.find('>', open == std::string_view::npos ? 0 : open);
  if (open != std::string_view::npos && close != std::string_view::npos) {
    return std::string(trim(value.substr(open + 1, close - open - 1)));
  }
  return std::string(trim(value.substr(0, value.find('('))));
}

std::string envelope_from(const Mail& mail) {
  if (!mail.fields.empty() && mail.fields.front().text.starts_with("From ")) {
    const std::string_view rest = std::string_view(mail.fields.front().text).substr(5);
    return std::string(rest.substr(0, rest.find(' ')));
  }
  if (const Field* path = mail.find("Return-Path")) return address_of(path->value());
  return {};
}

/// To whom an answer goes. formail(1), -r: the envelope is believed; with -t the header is.
std::string reply_address(const Mail& mail, bool trusts_header) {
  const std::string envelope = envelope_from(mail);
  if (!trusts_header && !envelope.empty()) return envelope;
  for (const char* name : {"Reply-To", "From", "Sender"}) {
    if (const Field* field = mail.find(name)) return address_of(field->value());
  }
  return envelope;
}

Mail reply(const Mail& mail, bool trusts_header, bool keeps_body) {
  Mail answer;
  for (const Field& field : mail.fields) {
    if (field.is("X-Loop")) answer.fields.push_back(field);
  }
  answer.fields.push_back({"To", "To: " + reply_address(mail, trusts_header)});
  if (const Field* subject = mail.find("Subject")) {
    answer.fields.push_back({"Subject", "Subject: Re:" + subject->value()});
  }
  if (const Field* id = mail.find("Message-ID")) {
    const Field* references = mail.find("References");
    answer.fields.push_back(
        {"References", fmt::format("References:{}{}", references ? references->value() : "", id->value())});
    answer.fields.push_back({"In-Reply-To", "In-Reply-To:" + id->value()});
  }
  if (!keeps_body) return answer;
  for (std::string_view rest = mail.body; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    answer.body += ">" + std::string(rest.substr(0, end)) + "\n";
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  return answer;
}

struct Change {
  char how;
  std::string field;
};

struct Options {
  bool replies = false, trusts_header = false, keeps_body = false, trims = false, adds_from = true, quotes = true;
  std::vector<Change> changes;
  std::vector<std::string> extracted;
  std::string cache;
  std::size_t cache_octets = 0;
};

/// Letters in one argument; those that take a value take the rest or the next argument.
std::optional<Options> read_options(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument.size() < 2 || argument.front() != '-') return std::nullopt;
    for (std::size_t j = 1; j < argument.size(); ++j) {
      const char letter = argument[j];
      const auto value = [&]() -> std::optional<std::string> {
        if (j + 1 < argument.size()) return argument.substr(std::exchange(j, argument.size()) + 1);
        if (++i >= arguments.size()) return std::nullopt;
        j = argument.size();
        return arguments[i];
      };
      switch (letter) {
        case 'r':
          options.replies = true;
          break;
        case 't':
          options.trusts_header = true;
          break;
        case 'k':
          options.keeps_body = true;
          break;
        case 'z':
          options.trims = true;
          break;
        case 'f':
          options.adds_from = false;
          break;
        case 'b':
          options.quotes = false;
          break;
        case 'I':
        case 'i':
        case 'A':
        case 'a':
        case 'x': {
          const auto field = value();
          if (!field) return std::nullopt;
          if (letter == 'x') options.extracted.push_back(field->substr(0, field->find(':')));
          if (letter != 'x') options.changes.push_back({letter, *field});
          break;
        }
        case 'D': {
          const auto octets = value();
          if (!octets || ++i >= arguments.size()) return std::nullopt;
          std::from_chars(octets->data(), octets->data() + octets->size(), options.cache_octets);
          options.cache = arguments[i];
          j = argument.size();
          break;
        }
        default:
          return std::nullopt;
      }
    }
  }
  return options;
}

void change(Mail& mail, const std::vector<Change>& changes) {
  std::vector<Field> behind;
  for (const auto& [how, field] : changes) {
    const std::string name = field.substr(0, field.find(':'));
    const auto is_named = [&](const Field& one) { return one.is(name); };
    if (how == 'a' && mail.find(name) != nullptr) continue;
    if (how == 'I') std::erase_if(mail.fields, is_named);
    if (how == 'i') {
      for (Field& one : mail.fields) {
        if (is_named(one)) one = {"Old-" + one.name, "Old-" + one.text};
      }
    }
    if (trim(field.substr(std::min(field.size(), name.size() + 1))).empty()) continue;
    behind.push_back({name, field});
  }
  for (Field& field : behind) mail.fields.push_back(std::move(field));
}

}  // namespace

bool IdCaches::check_and_add(const std::string& file, const std::string& id, std::size_t octets_max) {
  std::vector<std::string>& ids = ids_[file];
  if (std::find(ids.begin(), ids.end(), id) != ids.end()) return true;
  ids.push_back(id);
  // Each id and its NUL; the oldest is written over.
  std::size_t octets = 0;
  for (const std::string& one : ids) octets += one.size() + 1;
  while (octets > octets_max && ids.size() > 1) {
    octets -= ids.front().size() + 1;
    ids.erase(ids.begin());
  }
  return false;
}

std::optional<ProgramOutput> formail(const std::vector<std::string>& arguments, const std::string& input,
                                     IdCaches& caches, const std::string& folder) {
  const std::optional<Options> options = read_options(arguments);
  if (!options) return std::nullopt;
  Mail mail = parse(input);
  if (!options->cache.empty()) {
    const Field* id = mail.find("Message-ID");
    const std::string key = options->replies ? reply_address(mail, options->trusts_header)
                            : id != nullptr  ? std::string(trim(id->value()))
                                             : "";
    // formail(1), -D: 0 where the id was seen before, 1 where it is new. A message without one is never seen before.
    const std::string file = options->cache.starts_with('/') ? options->cache : folder + "/" + options->cache;
    return ProgramOutput{!key.empty() && caches.check_and_add(file, key, options->cache_octets) ? 0 : 1, ""};
  }
  if (!options->extracted.empty()) {
    std::string out;
    for (const Field& field : mail.fields) {
      const bool is_wanted = std::any_of(options->extracted.begin(), options->extracted.end(),
                                         [&](const std::string& name) { return field.is(name); });
      if (is_wanted) out += (options->trims ? std::string(trim(field.value())) : field.value()) + "\n";
    }
    return ProgramOutput{0, std::move(out)};
  }
  if (options->replies) {
    mail = reply(mail, options->trusts_header, options->keeps_body);
  } else if (options->adds_from && (mail.fields.empty() || !mail.fields.front().text.starts_with("From "))) {
    const std::string from = reply_address(mail, false);
    mail.fields.insert(mail.fields.begin(), {"", fmt::format("From {}  Thu Jan  1 00:00:00 1970", from)});
  }
  change(mail, options->changes);
  return ProgramOutput{0, composed(mail, options->quotes)};
}

}  // namespace watershed::procmail
