// Makes pairs of Sieve test and message from a seed, and says what our engine decides about each, for
// ci/tests/sieve_oracle.sh to hold against sieve-test(1) of Pigeonhole.
//
//   sieve_pairs SEED MESSAGES FOLDER
//
// For each message one script with 100 tests: N.sieve, N.eml, and N.expected with our answers. The script files the
// message once for every ten tests, into a folder whose name says which of them held and what they matched, so that one
// process of the oracle answers for 100 pairs. Faults of the oracle that are known are kept out of the pairs; the list
// is in the script.
#include "components/filter/sieve/evaluate.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace sieve = watershed::sieve;
namespace mail = watershed::mail;

namespace {

constexpr int tests_a_message = 100;
constexpr int tests_a_folder = 10;

class Pairs {
 public:
  explicit Pairs(std::uint64_t seed) : random_(seed) {}

  std::string message() {
    std::string text;
    for (const char* name : {"Subject", "X-A", "X-A", "X-B", "X-Num"}) {
      if (chance(80)) text += fmt::format("{}: {}\r\n", name, value());
    }
    for (const char* name : {"From", "To", "Cc", "Sender"}) {
      if (chance(80)) text += fmt::format("{}: {}\r\n", name, one_of(addresses));
    }
    text += fmt::format("Date: {}\r\n", one_of(dates));
    if (chance(50)) text += fmt::format("Received: from a by b; {}\r\n", one_of(dates));
    return text + one_of(bodies);
  }

  std::string test() {
    const Question asked = question();
    switch (pick(12)) {
      case 0:
      case 1:
      case 2:
        return fmt::format("header {} {} {} {}", index(asked), asked.match, list(headers), asked.keys);
      case 3:
      case 4:
        return fmt::format("address {} {} {} {} {}", index(asked), asked.match, one_of(parts), list(address_headers),
                           asked.keys);
      case 5:
        return fmt::format("envelope {} {} {} {}", asked.match, one_of(parts), list(envelope), asked.keys);
      case 6:
        return fmt::format("exists {}", list(headers));
      case 7:
        return fmt::format("size {} {}", one_of(bounds), 50 + pick(60) * 10);
      case 8:
      case 9:
        return fmt::format("body {} {} {}", one_of(body_parts), asked.match, asked.keys);
      case 10:
        return fmt::format("date {} {} \"{}\" \"{}\" {}", one_of(zones), asked.match, one_of(date_headers),
                           one_of(date_parts), asked.keys);
      default:
        return fmt::format("header :mime {} {} {} {} {}", chance(50) ? ":anychild" : "", one_of(mime_parts),
                           asked.match, list(mime_headers), asked.keys);
    }
  }

 private:
  using Words = std::vector<std::string_view>;
  struct Question {
    std::string match;
    std::string keys;
    bool is_count = false;
  };

  std::size_t pick(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_); }
  bool chance(std::size_t percent) { return pick(100) < percent; }
  std::string one_of(const Words& words) { return std::string(words[pick(words.size())]); }
  std::string value() { return one_of(chance(30) ? encoded : values); }

  std::string list(const Words& words) {
    if (chance(50)) return fmt::format("\"{}\"", one_of(words));
    std::string out = "[";
    for (std::size_t left = 1 + pick(3); left > 0; --left) {
      out += fmt::format("\"{}\"{}", one_of(words), left > 1 ? ", " : "");
    }
    return out + "]";
  }

  Question question() {
    const std::string comparator = one_of({"", ":comparator \"i;octet\"", ":comparator \"i;ascii-casemap\""});
    const std::string relation = one_of({"gt", "ge", "lt", "le", "eq", "ne"});
    switch (pick(6)) {
      case 0:
        return {comparator, list(values), false};
      case 1:
        return {":contains " + comparator, list(pieces), false};
      case 2:
        return {":matches " + comparator, list(globs), false};
      case 3:
        return {":regex " + comparator, list(regexes), false};
      case 4:
        return {fmt::format(":count \"{}\" :comparator \"i;ascii-numeric\"", relation), list(numbers), true};
      default:
        return {fmt::format(":value \"{}\" :comparator \"i;octet\"", relation), list(values), false};
    }
  }

  std::string index(const Question& asked) {
    if (asked.is_count) return {};
    return one_of({"", "", ":index 1", ":index 2", ":index 1 :last", ":last :index 2"});
  }

  std::mt19937_64 random_;

  const Words values = {"a", "b", "ab", "A", "foo", "Foo bar", "x*y", "?", "12", "7", "0012", "*", "a?b", "-", "1.5"};
  const Words encoded = {"=?utf-8?q?caf=C3=A9?=", "=?iso-8859-1?b?Y2Fm6Q==?= =?utf-8?q?_x?=",
                         "two\r\n words",         "=?utf-8?q?a_b?= c",
                         "caf\xC3\xA9",           "trail "};
  const Words pieces = {"a",     "foo",    "b.example", "caf\xC3\xA9", "one",     "text",
                        "inner", "detail", "",          "FOO",         "prologue"};
  const Words globs = {"*", "?*", "*a*", "f*", "*b", "a?", "??", "*foo*", "\\\\*", "x\\\\*y", "?", "a*b*", "*@*", ""};
  const Words regexes = {"^a", "b$", "[0-9]+", "(f)(o+)", "x|a", "^$", "a?b*c", "(.)(.*)@"};
  const Words numbers = {"0", "1", "2", "3"};
  const Words headers = {"subject", "x-a", "X-B", "x-num", "nope", "from"};
  const Words address_headers = {"from", "to", "cc", "sender"};
  const Words envelope = {"from", "to"};
  const Words bounds = {":over", ":under"};
  const Words parts = {"", ":all", ":localpart", ":domain", ":user", ":detail"};
  const Words body_parts = {"",
                            ":raw",
                            ":text",
                            ":content \"text\"",
                            ":content \"text/html\"",
                            ":content \"\"",
                            ":content \"multipart\"",
                            ":content [\"message\", \"application\"]"};
  const Words zones = {"", ":originalzone", ":zone \"+0200\""};
  const Words date_headers = {"date", "received"};
  const Words date_parts = {"year",   "month", "day",     "date",  "julian", "hour",   "minute",
                            "second", "time",  "iso8601", "std11", "zone",   "weekday"};
  const Words mime_parts = {"", ":type", ":subtype", ":contenttype", ":param \"filename\""};
  const Words mime_headers = {"content-type", "content-disposition", "subject", "x-a"};
  const Words dates = {"Fri, 20 Nov 2026 06:15:00 +0100", "Thu, 1 Jan 1970 00:00:00 GMT", "20 Nov 26 06:15 EST",
                       "Fri, 20 Nov 2026 06:15:00 +0100 (CET)", "Thu, 29 Feb 2024 23:59:58 -0330"};
  const Words addresses = {"a@b.example",
                           "\"quoted x\"@c.example",
                           "Name <u+detail@d.example>",
                           "=?utf-8?q?N=C3=A4?= <n@e.example>",
                           "group: a@b.example, c@d.example;",
                           "a@b.example, c+x+y@D.example",
                           "u+@x.example",
                           "(c) a@b.example (d)",
                           "A@B.EXAMPLE",
                           "a@[192.0.2.1]",
                           "x y@z.example",
                           "broken"};
  const Words bodies = {
      "\r\nplain body foo\r\nsecond line\r\n",
      "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ncaf=E9 "
      "=\r\njoined\r\nfoo=20\r\n",
      "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nZm9vIG9uZSBhbmQgdHdvDQo=\r\n",
      "Content-Type: multipart/mixed; boundary=\"bb\"\r\n\r\nprologue\r\n--bb\r\nContent-Type: "
      "text/plain\r\nContent-Disposition: attachment; filename=\"f.txt\"\r\n\r\nfoo one\r\n--bb\r\nContent-Type: "
      "multipart/alternative; boundary=cc\r\n\r\n--cc\r\nX-A: c\r\n\r\nplain alt\r\n--cc--\r\n--bb\r\nContent-Type: "
      "message/rfc822\r\n\r\nSubject: inner\r\nX-A: in\r\n\r\ninner body\r\n--bb\r\nContent-Type: "
      "application/octet-stream; name=z\r\nContent-Transfer-Encoding: base64\r\n\r\nZm9v\r\n--bb--\r\nepilogue\r\n"};
};

std::string script(Pairs& pairs) {
  std::string out =
      "require [\"fileinto\", \"envelope\", \"variables\", \"relational\", \"comparator-i;ascii-numeric\", \"regex\",\n"
      "  \"subaddress\", \"date\", \"index\", \"body\", \"mime\"];\nset \"r\" \"\";\n";
  for (int number = 1; number <= tests_a_message; ++number) {
    const std::string test = pairs.test();
    // Body tests leave match values alone, and so does what never holds: the values before would show instead.
    const bool shows_values =
        (test.find(":matches") != std::string::npos || test.find(":regex") != std::string::npos) &&
        !test.starts_with("body");
    out += fmt::format("if {} {{ set \"r\" \"${{r}}1{}\"; }} else {{ set \"r\" \"${{r}}0\"; }}\n", test,
                       shows_values ? "[${1}|${2}]" : "");
    if (number % tests_a_folder != 0) continue;
    out += fmt::format("fileinto \"{}-${{r}};\";\nset \"r\" \"\";\n", number);
  }
  return out;
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) {
    std::cerr << path << " cannot be written\n";
    std::exit(4);
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 4) {
    std::cerr << "usage: sieve_pairs SEED MESSAGES FOLDER\n";
    return 2;
  }
  Pairs pairs(std::strtoull(arguments[1], nullptr, 10));
  const int messages = std::atoi(arguments[2]);
  const std::filesystem::path folder = arguments[3];
  const auto reverse_path = *mail::parse_reverse_path("<s+x@env.example>");
  const auto forward_path = *mail::parse_forward_path("<r@rcpt.example>");
  for (int number = 1; number <= messages; ++number) {
    const std::string text = pairs.message();
    const std::string source = script(pairs);
    const auto compiled = sieve::compile(source, fmt::format("{}.sieve", number));
    if (!compiled) {
      std::cerr << watershed::render(compiled.error());
      return 1;
    }
    const mail::Message message = mail::Message::parse(text);
    const sieve::Outcome outcome =
        sieve::evaluate(*compiled, {.message = message, .reverse_path = reverse_path, .forward_path = forward_path});
    std::string expected;
    for (const sieve::Action& action : outcome.actions) {
      if (const auto* filed = std::get_if<sieve::FileInto>(&action.what)) expected += filed->mailbox + "\n";
    }
    if (outcome.error) expected += "error: " + outcome.error->message + "\n";
    write(folder / fmt::format("{}.sieve", number), source);
    write(folder / fmt::format("{}.eml", number), text);
    write(folder / fmt::format("{}.expected", number), expected);
  }
  return 0;
}
