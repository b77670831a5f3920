// See environment.hpp.
#include "components/filter/procmail/environment.hpp"

#include "components/filter/procmail/scanner.hpp"

#include <fmt/format.h>

#include <charconv>

namespace watershed::procmail {

Environment::Environment(const Input& input, std::string rcfile)
    : arguments_(input.arguments), rcfile_(std::move(rcfile)) {
  const std::string home = "/home/" + input.logname;
  const auto defaults = std::to_array<std::pair<std::string_view, std::string>>({
      {"LOGNAME", input.logname},
      {"HOME", home},
      {"SHELL", "/bin/sh"},
      {"PATH", home + "/bin:/usr/local/bin:/usr/bin:/bin"},
      {"SHELLMETAS", "&|<>~;?*["},
      {"SHELLFLAGS", "-c"},
      {"MAILDIR", input.is_filter ? "." : home},
      {"MSGPREFIX", "msg."},
      {"SENDMAIL", "/usr/sbin/sendmail"},
      {"SENDMAILFLAGS", "-oi"},
      {"HOST", input.host},
      {"COMSAT", "no"},
      {"PROCMAIL_VERSION", "3.23pre"},
      {"LOCKEXT", ".lock"},
      {"LINEBUF", "2048"},
  });
  for (const auto& [name, value] : defaults) values_.emplace(name, value);
  if (!input.is_filter) {
    values_["ORGMAIL"] = "/var/mail/" + input.logname;
    values_["DEFAULT"] = values_["ORGMAIL"];
  }
  for (const auto& [name, value] : input.variables) values_[name] = value;
}

std::optional<std::string> Environment::get(std::string_view name) const {
  if (!name.empty() && name.front() >= '0' && name.front() <= '9') {
    std::size_t number = 0;
    std::from_chars(name.data(), name.data() + name.size(), number);
    if (number == 0) return "procmail";
    if (number > arguments_.size()) return std::nullopt;
    return arguments_[number - 1];
  }
  if (name == "#") return std::to_string(arguments_.size());
  if (name == "=") return shown_score(score_);
  if (name == "_") return rcfile_;
  if (name == "-") return value_of("LASTFOLDER");
  if (name == "?") return std::to_string(last_exit_);
  if (name == "$") return "1";  // a process number; whoever files by it gets a folder for each message
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

void Environment::set(std::string_view name, std::string value) {
  values_.insert_or_assign(std::string(name), std::move(value));
}

void Environment::unset(std::string_view name) {
  const auto found = values_.find(name);
  if (found != values_.end()) values_.erase(found);
}

void Environment::shift(std::size_t count) {
  arguments_.erase(arguments_.begin(),
                   arguments_.begin() + static_cast<std::ptrdiff_t>(std::min(count, arguments_.size())));
}

std::string disarmed(std::string_view text) {
  // An empty group in front keeps a first character from being taken for a condition's sign.
  std::string out = "()";
  for (const char c : text) {
    if (std::string_view("(|)*?+.^$[\\").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string shown_score(double score) {
  if (score > 0 && score < 1) return "1";
  return fmt::format("{}", static_cast<long long>(score));
}

namespace {

/// Collects text, and words where it is split.
class Collector {
 public:
  Collector(const Environment& environment, const CommandRunner& run) : environment_(environment), run_(run) {}

  void word(const Word& word, bool splits) {
    for (const Piece& one : word.pieces) piece(one, splits);
  }

  void end_word() {
    if (is_open_) words_.push_back(std::move(current_));
    current_.clear();
    is_open_ = false;
  }

  std::string text() { return std::move(current_); }
  std::vector<std::string> words() { return std::move(words_); }

 private:
  void piece(const Piece& one, bool splits) {
    switch (one.kind) {
      case Piece::Kind::literal:
        current_ += one.text;
        is_open_ = is_open_ || one.is_quoted || !one.text.empty();
        return;
      case Piece::Kind::disarmed:
        add(disarmed(environment_.value_of(one.text)), false);
        return;
      case Piece::Kind::command:
        add(run_(one.text), splits && !one.is_quoted);
        return;
      case Piece::Kind::arguments:
        for (const std::string& argument : environment_.arguments()) {
          add(argument, false);
          is_open_ = true;
          if (splits) {
            end_word();
          } else {
            current_ += ' ';
          }
        }
        return;
      case Piece::Kind::variable:
        break;
    }
    const std::optional<std::string> value = environment_.get(one.text);
    const bool counts = value && !(one.empty_counts && value->empty());
    if (one.operation == '-' && !counts) return word(one.alternative, splits);
    if (one.operation == '+') {
      if (counts) word(one.alternative, splits);
      return;
    }
    if (value) add(*value, splits && !one.is_quoted);
    if (one.is_quoted) is_open_ = true;
  }

  void add(std::string_view text, bool splits) {
    for (const char c : text) {
      if (splits && (is_blank(c) || c == '\n')) {
        end_word();
        continue;
      }
      current_ += c;
      is_open_ = true;
    }
  }

  const Environment& environment_;
  const CommandRunner& run_;
  std::string current_;
  bool is_open_ = false;
  std::vector<std::string> words_;
};

}  // namespace

std::string expand(const Word& word, const Environment& environment, const CommandRunner& run) {
  Collector collector(environment, run);
  collector.word(word, false);
  return collector.text();
}

std::vector<std::string> expand_arguments(const std::vector<Word>& words, const Environment& environment,
                                          const CommandRunner& run) {
  Collector collector(environment, run);
  for (const Word& word : words) {
    collector.word(word, true);
    collector.end_word();
  }
  return collector.words();
}

}  // namespace watershed::procmail
