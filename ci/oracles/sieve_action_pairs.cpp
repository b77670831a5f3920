// Makes pairs. See sieve_action_pairs.hpp.
#include "ci/oracles/sieve_action_pairs.hpp"

#include <fmt/format.h>

namespace watershed::oracle {

namespace {

using Words = std::vector<std::string_view>;

const Words flag_names = {"\\\\Seen", "\\\\flagged", "\\\\Answered", "\\\\Deleted", "foo",
                          "Bar",      "$label",      "a b",          "\\\\Draft x", ""};
const Words folders = {"A", "B", "A"};
const Words others = {"x@y.example", "X@y.example", "z@w.example", "Name <n@w.example>"};
const Words others_copied = {"c@y.example", "C@Y.example", "d@w.example"};
const Words field_names = {"X-A", "x-a", "X-B", "Subject", "X-New", "Comments", "Received"};
const Words field_values = {
    "one",       "two words",
    "",          "caf\xC3\xA9",
    " blanks  ", "a value that is long enough to be folded when it is written: one two three four five six",
    "x*y"};
const Words keys = {"one", "two", "*", "", "ONE", "caf\xC3\xA9", "t*s", "o", "*n?"};
const Words reasons = {"gone fishing", "two\\r\\nlines\\r\\n", "back caf\xC3\xA9", "."};

}  // namespace

const std::vector<IncludedScript>& included_scripts() {
  static const std::vector<IncludedScript> scripts = {
      {"store", "require [\"fileinto\", \"imap4flags\"]; fileinto :flags \"foo\" \"B\";"},
      {"back", "require [\"include\", \"fileinto\", \"imap4flags\"]; if exists \"x-a\" { return; } fileinto \"B\";"},
      {"end", "require [\"include\", \"imap4flags\", \"fileinto\"]; if exists \"x-b\" { stop; } fileinto \"D\";"},
      {"global", "require [\"include\", \"variables\"]; global \"g\"; set \"g\" \"${g}A\"; set \"v\" \"B\";"},
      {"nested", "require \"include\"; include :personal \"back\"; include :once :personal \"store\";"},
      {"edit", "require \"editheader\"; addheader \"X-Included\" \"yes\";"}};
  return scripts;
}

std::string SieveActionPairs::list(const Words& words) {
  if (chance(60)) return quoted(words);
  // Each word once: a flag that is given twice in one :flags confuses the oracle's store.
  const std::size_t first = pick(words.size());
  std::string out;
  for (std::size_t index = first; index < words.size() && (index == first || chance(40)); ++index) {
    out += fmt::format("{}\"{}\"", index == first ? "" : ", ", words[index]);
  }
  return "[" + out + "]";
}

std::string SieveActionPairs::message() {
  std::string text = "From: " + one_of({"s@env.example", "Name <s+x@env.example>", "owner-list@l.example"}) + "\r\n";
  text += fmt::format("To: {}\r\n", one_of({"r@rcpt.example", "R@Rcpt.example, o@p.example", "alias@rcpt.example",
                                            "someone@else.example"}));
  if (chance(80)) text += fmt::format("Message-ID: <{}@env.example>\r\n", pick(1000));
  if (chance(80)) {
    text +=
        fmt::format("Subject: {}\r\n", one_of({"one", "two words", "=?utf-8?q?caf=C3=A9?=", "folded\r\n\tline", ""}));
  }
  for (std::size_t count = pick(4); count > 0; --count) {
    text +=
        fmt::format("{}: {}\r\n", one_of({"X-A", "x-a", "X-A", "X-B"}),
                    one_of({"one", "two words", "", "caf\xC3\xA9", "one\r\n two", "=?utf-8?b?b25l?=", "  spaced  "}));
  }
  if (chance(30)) text += "References: <r1@e.example> <r2@e.example>\r\n";
  if (chance(8)) {
    const std::string line =
        one_of({"Auto-Submitted: auto-replied\r\n", "Auto-Submitted: no\r\n", "List-Id: <l.example>\r\n",
                "Precedence: bulk\r\n", "Precedence: first-class\r\n", "X-Auto-Response-Suppress: All\r\n"});
    // What vacation compares behind deleteheader is left out: see the oracle's faults.
    const bool is_compared = !line.starts_with("List-Id") && !line.ends_with("auto-replied\r\n");
    if (!has_deleted_ || !is_compared) text += line;
  }
  return text + "\r\n" + one_of({"body\r\n", "caf\xC3\xA9\r\n\r\n.\r\n", ""});
}

std::string SieveActionPairs::match(std::string& chosen) {
  chosen = list(keys);
  return one_of(
      {"", ":is", ":contains", ":matches", ":is :comparator \"i;octet\"", ":contains :comparator \"i;octet\""});
}

std::string SieveActionPairs::test() {
  std::string chosen;
  const std::string type = match(chosen);
  switch (pick(14)) {
    case 0:
      return fmt::format("exists {}", list(field_names));
    case 1:
    case 2:
      return fmt::format("header {} {} {}", type, list(field_names), chosen);
    case 3:
      return fmt::format("mailboxexists {}", list({"A", "B", "inbox", "INBOX", "nope"}));
    case 4:
      return fmt::format("hasflag {} {}", type, list({"foo", "\\\\Seen", "bar", "a b", "*", "\\\\*"}));
    case 5:
      return fmt::format("hasflag {} \"v\" {}", type, list({"foo", "\\\\Seen", "bar", "A", "*"}));
    case 6:
      return fmt::format("hasflag :count \"{}\" :comparator \"i;ascii-numeric\" {}",
                         one_of({"eq", "gt", "lt", "ge", "ne"}), list({"0", "1", "2", "3"}));
    case 7: {
      // A comparator is always named: see the oracle's faults.
      const bool names_one = type.find(":comparator") != std::string::npos;
      return fmt::format("string {} {} \"${{v}}\" {}", type, names_one ? "" : ":comparator \"i;ascii-casemap\"",
                         chosen);
    }
    case 8:
      // Each has a handle of its own, or the first one none: see the oracle's faults.
      return fmt::format("duplicate {} {} {}",
                         one_of({"", ":header \"x-a\"", ":uniqueid \"${v}\"", ":header \"Subject\""}),
                         duplicates_++ == 0 && chance(30) ? "" : fmt::format(":handle \"${{v}}{}\"", duplicates_),
                         one_of({"", ":seconds 100", ":last"}));
    case 9:
      return fmt::format("valid_notify_method {}",
                         list({"mailto:a@b.example", "mailto:", "http://x", "tel:+1", "mailto:a"}));
    case 10:
      return fmt::format("notify_method_capability {} \"mailto:a@b.example\" \"{}\" {}",
                         one_of({"", ":contains", ":matches"}), one_of({"online", "Online", "frop"}),
                         list({"maybe", "yes", "*", "no"}));
    case 11:
      return fmt::format("environment {} \"{}\" {}", one_of({"", ":contains", ":matches"}), one_of({"name", "nope"}),
                         list({"*", "Pigeonhole*", "Pigeonhole Sieve", "MDA"}));
    case 12:
      return "not " + test();
    default:
      return fmt::format("{} ({}, {})", one_of({"anyof", "allof"}), test(), test());
  }
}

std::string SieveActionPairs::delivery() {
  // What is stored twice in INBOX is left out: see the oracle's faults.
  has_acted_ = true;
  const auto keep = [&](std::string text) { return std::exchange(uses_inbox_, true) ? "stop;" : text; };
  const std::string with_flags = chance(30) ? fmt::format(":flags {}", list(flag_names)) : "";
  switch (pick(20)) {
    case 0:
    case 1:
    case 2:
      return keep(fmt::format("keep {};", with_flags));
    case 3:
    case 4:
      return chance(30) ? fmt::format("redirect :copy {};", quoted(others_copied))
                        : fmt::format("redirect {};", quoted(others));
    case 5:
      return "discard;";
    case 6:
      return chance(50) ? "stop;" : keep("fileinto \"inbox\";");
    case 7:
      return chance(40) ? fmt::format("reject {};", quoted(reasons)) : "discard;";
    case 8:
      return fmt::format("fileinto {} :create {};", with_flags, one_of({"\"new\"", ":copy \"newer\""}));
    default:
      // What is stored with and without :copy in one mailbox is left out: see the oracle's faults.
      if (chance(30)) return fmt::format("fileinto :copy {} \"C\";", with_flags);
      return fmt::format("fileinto {} {};", with_flags, quoted(folders));
  }
}

std::string SieveActionPairs::flags() {
  const std::string variable = chance(30) ? "\"v\"" : "";
  return fmt::format("{} {} {};", one_of({"setflag", "addflag", "addflag", "removeflag"}), variable, list(flag_names));
}

std::string SieveActionPairs::edit() {
  // deleteheader behind an action is left out: see the oracle's faults.
  if (has_acted_ || chance(60))
    return fmt::format("addheader {} {} {};", one_of({"", ":last"}), quoted(field_names), quoted(field_values));
  has_deleted_ = true;
  std::string chosen;
  const std::string type = match(chosen);
  const std::string index = one_of({"", "", ":index 1", ":index 2", ":index 1 :last", ":last :index 2"});
  if (chance(30)) return fmt::format("deleteheader {} {};", index, quoted(field_names));
  return fmt::format("deleteheader {} {} {} {};", index, type, quoted(field_names), chosen);
}

std::string SieveActionPairs::vacation() {
  std::string out = "vacation";
  if (chance(40)) out += " " + one_of({":days 1", ":days 30", ":seconds 100", ":seconds 1000000", ":days 0"});
  if (chance(40)) out += " :subject " + quoted({"Away", "caf\xC3\xA9", "${v}", "two words"});
  if (chance(30))
    out += " :from " + quoted({"me@rcpt.example", "Me <r@rcpt.example>", "\\\"Q. Me\\\" <r@rcpt.example>"});
  if (chance(40)) out += " :addresses " + list({"alias@rcpt.example", "A@b.example", "Someone@Else.example"});
  if (chance(30)) out += " :handle " + quoted({"h1", "h2", "${v}"});
  if (chance(15)) return out + " :mime \"Content-Type: text/plain\\r\\nX-Mime: yes\\r\\n\\r\\naway\\r\\n\";";
  return out + " " + quoted(reasons) + ";";
}

std::string SieveActionPairs::notify() {
  std::string out = "notify";
  if (chance(40)) out += " :importance " + quoted({"1", "2", "3"});
  if (chance(40)) out += " :from " + quoted({"me@rcpt.example", "Me <r@rcpt.example>"});
  if (chance(50)) out += " :message " + quoted({"News", "caf\xC3\xA9", "${v}"});
  return out + " \"mailto:" +
         one_of({"w@n.example", "?to=w@n.example&to=v@n.example", "w@n.example?subject=S",
                 "w@n.example?body=B%20b&cc=c@n.example", "?to=w@n.example", "w@n.example?X-Y=z",
                 "W%2Bx@n.example?subject=a%20b"}) +
         "\";";
}

std::string SieveActionPairs::block(int depth) {
  std::string out;
  for (std::size_t left = 1 + pick(2); left > 0; --left) out += command(depth) + " ";
  return out;
}

std::string SieveActionPairs::command(int depth) {
  switch (pick(16)) {
    case 0:
    case 1:
    case 2:
      return flags();
    case 3:
    case 4:
    case 5:
      return edit();
    case 6:
      return vacation();
    case 7:
      return notify();
    case 8:
      return fmt::format("set {} \"{}\" {};", one_of({"", ":upper", ":length", ":lowerfirst :upper"}),
                         one_of({"v", "v", "g"}), quoted({"foo", "A", "${v}x", "\\\\Seen", "Bar foo"}));
    case 9:
      has_acted_ = true;
      return fmt::format("include {} \"{}\";", one_of({"", ":personal", ":once", ":optional", ":once :optional"}),
                         included_scripts()[pick(included_scripts().size())].name);
    case 10:
    case 11:
    case 12:
      if (depth < 3) {
        std::string out = fmt::format("if {} {{ {}}}", test(), block(depth + 1));
        if (chance(30)) out += fmt::format(" elsif {} {{ {}}}", test(), block(depth + 1));
        if (chance(50)) out += fmt::format(" else {{ {}}}", block(depth + 1));
        return out;
      }
      return delivery();
    default:
      return delivery();
  }
}

SieveActionPair SieveActionPairs::next() {
  SieveActionPair pair;
  pair.script =
      "require [\"fileinto\", \"copy\", \"imap4flags\", \"mailbox\", \"variables\", \"editheader\", \"vacation\",\n"
      "  \"vacation-seconds\", \"enotify\", \"reject\", \"duplicate\", \"include\", \"relational\",\n"
      "  \"comparator-i;ascii-numeric\", \"environment\"];\nglobal \"g\";\nset \"v\" \"foo\";\n";
  for (std::size_t left = 2 + pick(8); left > 0; --left) pair.script += command(0) + "\n";
  pair.message = message();
  pair.reverse_path = one_of(
      {"s+x@env.example", "s+x@env.example", "s+x@env.example", "owner-list@l.example", "MAILER-DAEMON@env.example"});
  return pair;
}

}  // namespace watershed::oracle
