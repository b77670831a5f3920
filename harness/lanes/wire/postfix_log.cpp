// See postfix_log.hpp.
#include "harness/lanes/wire/postfix_log.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace watershed::harness {

namespace {

using Kind = PostfixLogLine::Kind;

// Short ids are upper-case hexadecimal, long ones (enable_long_queue_ids) use more of the alphabet.
bool is_queue_id(std::string_view text) {
  return text.size() >= 6 && text.size() <= 20 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
         });
}

// `name=<value>` or `name=value,` at the front or after a blank.
std::string value_of(std::string_view text, std::string_view name) {
  std::size_t at = 0;
  for (;;) {
    at = text.find(name, at);
    if (at == std::string_view::npos) return {};
    if (at == 0 || text[at - 1] == ' ') break;
    ++at;
  }
  std::string_view rest = text.substr(at + name.size());
  if (rest.starts_with('<')) {
    // A quoted local part may hold `>`: what ends the value is `>` and then a comma or the end.
    for (std::size_t index = 1; index < rest.size(); ++index) {
      if (rest[index] == '>' && (index + 1 == rest.size() || rest[index + 1] == ',')) {
        return std::string(rest.substr(1, index - 1));
      }
    }
    return {};
  }
  return std::string(rest.substr(0, rest.find_first_of(", ")));
}

// The server's reply as Postfix quotes it: `host mx[1.2.3.4] said: 550 5.1.1 …`, or the whole text is a reply (`250
// …`).
std::uint16_t code_in(std::string_view text) {
  const std::size_t said = text.find(" said: ");
  if (said != std::string_view::npos) text.remove_prefix(said + 7);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() < 4 || !is_digit(text[0]) || !is_digit(text[1]) || !is_digit(text[2])) return 0;
  if (text[3] != ' ' && text[3] != '-') return 0;
  return static_cast<std::uint16_t>((text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0'));
}

std::string parenthesized(std::string_view text) {
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos || !text.ends_with(')')) return std::string(text);
  return std::string(text.substr(open + 1, text.size() - open - 2));
}

std::optional<PostfixLogLine> delivery(PostfixLogLine line, std::string_view rest) {
  const std::size_t status = rest.find(" status=");
  if (status == std::string_view::npos) return std::nullopt;
  std::string_view after = rest.substr(status + 8);
  const std::size_t word = after.find_first_of(", ");
  line.status = after.substr(0, word);
  after.remove_prefix(std::min(word, after.size()));
  const std::string_view before = rest.substr(0, status);
  line.to = value_of(before, "to=");
  line.orig_to = value_of(before, "orig_to=");
  line.relay = value_of(before, "relay=");
  line.kind = line.status == "expired" ? Kind::expired : Kind::delivery;
  line.text = parenthesized(trim(after));
  line.code = code_in(line.text);
  // Postfix's own verdicts have no reply: the status stands for it, as in its notices.
  const std::string dsn = value_of(before, "dsn=");
  if (line.code == 0 && !dsn.empty()) line.text = dsn + " " + line.text;
  if (line.kind == Kind::delivery && line.to.empty()) return std::nullopt;
  return line;
}

}  // namespace

std::optional<PostfixLogLine> parse_postfix_log(std::string_view text) {
  const std::size_t colon = text.find(": ");
  if (colon == std::string_view::npos || !is_queue_id(text.substr(0, colon))) return std::nullopt;
  PostfixLogLine line{};
  line.queue_id = text.substr(0, colon);
  const std::string_view rest = text.substr(colon + 2);
  if (rest.starts_with("to=<") || rest.starts_with("from=<")) return delivery(std::move(line), rest);
  struct Opening {
    std::string_view words;
    Kind kind;
    std::string_view status;
  };
  static constexpr std::array<Opening, 10> openings = {{
      {"sender non-delivery notification: ", Kind::notice, "dsn"},
      {"sender delivery status notification: ", Kind::notice, "dsn"},
      {"sender delay notification: ", Kind::notice, "delay-notice"},
      {"postmaster non-delivery notification: ", Kind::notice, "dsn"},
      {"client=", Kind::received, ""},
      {"milter-reject: ", Kind::milter, "reject"},
      {"milter-hold: ", Kind::milter, "hold"},
      {"milter-discard: ", Kind::milter, "discard"},
      {"hold: ", Kind::held, ""},
      {"discard: ", Kind::discarded, ""},
  }};
  if (rest.starts_with("uid=")) {
    line.kind = Kind::submitted;
    line.text = value_of(rest, "from=");
    return line;
  }
  if (rest == "removed") {
    line.kind = Kind::removed;
    return line;
  }
  for (const Opening& opening : openings) {
    if (!rest.starts_with(opening.words)) continue;
    line.kind = opening.kind;
    line.status = opening.status;
    line.text = rest.substr(opening.words.size());
    if (line.kind == Kind::notice) line.other_id = trim(line.text);
    return line;
  }
  return std::nullopt;
}

}  // namespace watershed::harness
