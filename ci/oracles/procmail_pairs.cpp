// See procmail_pairs.hpp.
//
// Known faults of procmail 3.22, which the pairs leave out and the evaluator does not copy:
//   procmailrc(5), "Bugs": where the end of the part before `\/` may be empty or repeated (`x+\/y*`, `(x*|b)\/c*`,
//     behind ^FROM_DAEMON), MATCH may begin at a place from which nothing matches
//   a weighted size condition that divides by nothing with weight 0 makes the score no number at all
//   a starred group that may be empty makes a search that never ends
#include "ci/oracles/procmail_pairs.hpp"

#include <fmt/format.h>

namespace watershed::oracle {

namespace {

const std::vector<std::string_view> words{"alarm", "URGENT", "report", "data", "Re:", "list", "IMS2.0", "x", "station"};
const std::vector<std::string_view> addresses{"op@station.example",  "MAILER-DAEMON@hub.example", "anna@ctbto.example",
                                              "robot@ctbto.example", "owner-list@lists.example",  "root@lab.example"};
const std::vector<std::string_view> names{"A", "B1", "FOO", "LONG_NAME", "MATCH"};

}  // namespace

ProcmailPair ProcmailPairs::next() {
  folders_ = 0;
  logs_ = 0;
  ProcmailPair pair;
  pair.rcfile = statements(0, 3 + static_cast<int>(below(7)));
  pair.message = message();
  return pair;
}

std::string ProcmailPairs::message() {
  std::string text;
  if (chance(15)) text += fmt::format("From {} Thu Jan  1 00:00:00 2026\n", one_of(addresses));
  text += fmt::format("From: {}\n", chance(50) ? one_of(addresses) : "Op <op@station.example>");
  if (chance(85)) text += fmt::format("To: {}{}\n", one_of(addresses), chance(30) ? ",\n\tcc@ctbto.example" : "");
  if (chance(85)) {
    text += "Subject:";
    for (std::size_t i = below(5); i > 0; --i) text += fmt::format("{}{}", chance(15) ? "\n " : " ", one_of(words));
    text += "\n";
  }
  if (chance(25)) text += fmt::format("Precedence: {}\n", one_of({"bulk", "list", "junk", "normal"}));
  if (chance(25)) text += "X-Spam-Flag: YES\n";
  if (chance(25)) text += "Resent-To: anna@ctbto.example\n";
  if (chance(20)) text += "List-Id: <list.lists.example>\n";
  text += "\n";
  for (std::size_t i = below(6); i > 0; --i) {
    if (chance(20)) text += "> ";
    for (std::size_t j = below(5); j > 0; --j) text += fmt::format("{} ", one_of(words));
    text += "\n";
  }
  if (chance(10)) text += std::string(below(200), 'y');
  return text;
}

std::string ProcmailPairs::statements(int depth, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    if (chance(18)) text += "# a comment\n";
    text += chance(30) ? assignment() : recipe(depth);
    if (chance(35)) text += fmt::format("LOG=\"{}:$MATCH:$A:$FOO:$=:$-\n\"\n", ++logs_);
  }
  return text;
}

std::string ProcmailPairs::value() {
  switch (below(9)) {
    case 0:
      return std::string(one_of(words));
    case 1:
      return fmt::format("\"{} ${}\"", one_of(words), one_of(names));
    case 2:
      return fmt::format("'{} $A'", one_of(words));
    case 3:
      return fmt::format("a${{{}:-{}}}b", one_of(names), one_of(words));
    case 4:
      return fmt::format("${{{}:+\"{} {}\"}}", one_of(names), one_of(words), one_of(words));
    case 5:
      return fmt::format("${{{}-{}}}${{{}+{}}}", one_of(names), one_of(words), one_of(names), one_of(words));
    case 6:
      return fmt::format("$\\{}", one_of(names));
    case 7:
      return fmt::format("x\\ y\\${}\"a\\\"b\\c\"", one_of(words));
    default:
      return "\"\"";
  }
}

std::string ProcmailPairs::assignment() {
  if (chance(10)) return fmt::format("{}\n", one_of(names));
  return fmt::format("{}{}={}{}{}\n", one_of(names), chance(20) ? " " : "", chance(20) ? " " : "", value(),
                     chance(10) ? " # behind" : "");
}

std::string ProcmailPairs::expression(bool in_header) {
  std::string text;
  const bool has_match = chance(20);
  switch (below(in_header ? 12 : 6)) {
    case 0:
      text = fmt::format("{}", one_of(words));
      break;
    case 1:
      text = fmt::format("({}|{})", one_of(words), one_of(words));
      break;
    case 2:
      text = fmt::format("[a-d]+{}\\>", one_of({"t", "r?m", ".*a"}));
      break;
    case 3:
      text = fmt::format("(^|[^a-z]){}", one_of(words));
      break;
    case 4:
      text = fmt::format("{}( |\t)*{}", one_of(words), one_of(words));
      break;
    case 5:
      text = fmt::format("(\\<){}(\\>)", one_of(words));
      break;
    case 6:
      text = fmt::format("^Subject:.*{}{}", has_match ? "()\\/" : "", one_of(words));
      break;
    case 7:
      text = fmt::format("^(From|To|Cc):.*{}", one_of({"station", "ctbto\\.example", "lists?", "@hub"}));
      break;
    case 8:
      text = fmt::format("^TO_?{}", one_of({"", "anna", "cc@ctbto", "robot@ctbto\\.example"}));
      break;
    case 9:
      text = fmt::format("^TO_{}", one_of({"anna", "cc", "robot@ctbto", "op"}));
      break;
    case 10:
      text = std::string(one_of({"^FROM_DAEMON", "^FROM_MAILER", "^TOanna", "^TOctbto"}));
      break;
    default:
      text = fmt::format("^X-Spam-Flag:{}YES{}", one_of({" ", ".*", " *"}), one_of({"", "$", "[ \t]*$"}));
  }
  // See the faults above.
  const bool is_plain = text.find("\\/") == std::string::npos && text.find("FROM_") == std::string::npos;
  if (has_match && is_plain && chance(50)) text += "\\/.*";
  return text;
}

std::string ProcmailPairs::condition() {
  const std::string bang = chance(20) ? (chance(50) ? "!" : "! ") : "";
  const std::string weight = chance(25) ? fmt::format("{}^{} ", one_of({"1", "-1", "2.5", "-100", "3", "0.25", "1000"}),
                                                      one_of({"0", "1", ".5", "2", "1.5"}))
                                        : "";
  switch (below(12)) {
    case 0:
      return fmt::format("{}{}{} {}", weight, bang, one_of({"<", ">"}), below(400));
    case 1:
      return fmt::format("{}{}B ?? {}", weight, bang, expression(false));
    case 2:
      return fmt::format("{}{}{} ?? {}", weight, bang, one_of({"HB", "BH", "H"}), expression(true));
    case 3:
      return fmt::format("{}{}{} ?? {}", weight, bang, one_of(names), expression(false));
    case 4:
      return fmt::format("{}{}{} ?? ^^{}^^", weight, bang, one_of(names), one_of(words));
    case 5:
      return fmt::format("$ {}{}${}", weight, bang, one_of({"{A:-x}", "\\FOO", "B1", "\\MATCH"}));
    case 6:
      return fmt::format("{}{}? {}", weight, bang, one_of({"true", "false"}));
    default:
      return fmt::format("{}{}{}", weight, bang, expression(true));
  }
}

std::string ProcmailPairs::flags(bool is_block, bool is_program) {
  std::string text;
  if (chance(12)) text += 'A';
  if (chance(8)) text += 'a';
  if (chance(15)) text += 'E';
  if (chance(6)) text += 'e';
  if (chance(15)) text += 'B';
  if (chance(8)) text += 'H';
  if (chance(10)) text += 'D';
  if (chance(is_block ? 12 : 40)) text += 'c';
  if (is_program && chance(60)) text += chance(50) ? 'w' : 'W';
  if (!is_block && chance(10)) text += chance(50) ? 'h' : 'b';
  return text;
}

/// Several at once: those behind the first are skipped where they cannot be.
std::string ProcmailPairs::folders() {
  std::string text = fmt::format("{}{}{}", chance(10) ? "missing/f" : "f", ++folders_, chance(50) ? "/" : "/.");
  for (std::size_t i = 1 + below(2); i > 0; --i) {
    text += fmt::format(" {}{}{}", chance(20) ? "missing/f" : "f", ++folders_, one_of({"/", "/.", ""}));
  }
  return text;
}

std::string ProcmailPairs::action(int depth) {
  switch (below(depth < 3 ? 10 : 7)) {
    case 0:
      return fmt::format("! {}", chance(50) ? std::string(one_of(addresses)) : "a@b.example $A");
    case 1:
      return chance(50) ? "missing/mbox" : "/dev/null";
    case 2:
      return chance(30) ? folders() : fmt::format("f{}/.", ++folders_);
    case 3:
      return std::string(
          one_of({"| cat >/dev/null", "| cat >/dev/null; exit 1", "| cat  - \"-\" $UNSET", "| grep -q \"no $A\"   -"}));
    case 7:
    case 8:
    case 9:
      return "{\n" + statements(depth + 1, 1 + static_cast<int>(below(3))) + "}";
    default:
      return fmt::format("f{}/", ++folders_);
  }
}

std::string ProcmailPairs::recipe(int depth) {
  const std::string does = action(depth);
  std::string text = ":0";
  const std::string letters = flags(does.starts_with('{'), does.starts_with('|'));
  if (!letters.empty()) text += " " + letters;
  text += "\n";
  for (std::size_t i = below(10) < 7 ? below(3) : below(5); i > 0; --i) {
    text += fmt::format("* {}\n", condition());
    if (chance(8)) text += "# between\n";
  }
  return text + does + "\n";
}

}  // namespace watershed::oracle
