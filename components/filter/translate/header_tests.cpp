// Conditions on header fields as Sieve tests. See sieve_test.hpp.
#include "base/text.hpp"
#include "components/filter/procmail/regex.hpp"
#include "components/filter/translate/sieve_test.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::rules {

namespace {

const std::vector<std::string> destinations{
    "to",          "cc",          "bcc",          "resent-to",     "resent-cc",     "resent-bcc",
    "original-to", "original-cc", "original-bcc", "x-envelope-to", "apparently-to", "apparently-resent-to"};
const std::vector<std::string> authors{"from", "sender", "resent-from", "resent-sender", "x-envelope-from"};

SieveTest refused(std::string reason, std::string nearest) {
  SieveTest test;
  test.refusal = std::move(reason);
  test.nearest = std::move(nearest);
  return test;
}

SieveTest plain(std::string text) {
  SieveTest test;
  test.text = std::move(text);
  return test;
}

std::string comparator(bool case_matters) { return case_matters ? ":comparator \"i;octet\" " : ""; }

/// Wildcards of :matches quoted.
std::string glob(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '*' || c == '?' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// Blanks at the start of what stands behind the colon, which Sieve strips.
bool take_blanks(std::string_view& text) {
  for (const std::string_view form : {"[ \t]*", "[\t ]*", "[ \t]+", "[\t ]+", " *", " +", " "}) {
    if (take(text, form)) return true;
  }
  return false;
}

bool take_blanks_behind(std::string_view& text) {
  for (const std::string_view form : {"[ \t]*$", "[\t ]*$", " *$", "$"}) {
    if (!text.ends_with(form) || text.ends_with("\\$")) continue;
    text.remove_suffix(form.size());
    return true;
  }
  return false;
}

void assume_plain_words(SieveTest& test, const std::vector<std::string>& names) {
  test.assumptions.push_back(
      fmt::format("no encoded words (RFC 2047) in {}: Sieve compares the decoded text, procmail the raw one",
                  fmt::join(names, ", ")));
}

SieveTest value_test(const std::vector<std::string>& names, std::string_view expression, bool is_anchored,
                     bool case_matters) {
  std::string_view bare = expression;
  const bool is_closed = take_blanks_behind(bare);
  SieveTest test;
  const std::string fields = quoted_list(names);
  const std::string with = comparator(case_matters);
  if (const auto text = literal_of(bare)) {
    if (text->find_first_of(" \t") != std::string::npos) {
      test.assumptions.push_back(
          "no folding within the words: procmail leaves one blank more where a field was folded");
    }
    test.text = is_anchored && is_closed ? fmt::format("header :is {}{} {}", with, fields, quoted(*text))
                : is_anchored ? fmt::format("header :matches {}{} {}", with, fields, quoted(glob(*text) + "*"))
                : is_closed   ? fmt::format("header :matches {}{} {}", with, fields, quoted("*" + glob(*text)))
                              : fmt::format("header :contains {}{} {}", with, fields, quoted(*text));
  } else {
    const auto posix = posix_of(expression, test.match_group);
    if (!posix) {
      return refused("the expression goes over the end of a field, or says what POSIX cannot",
                     "write a header test for each field by hand");
    }
    // Of several fields procmail takes the first in the message, Sieve the first in the list.
    if (names.size() > 1) test.match_group = 0;
    test.extensions.insert("regex");
    test.text = fmt::format("header :regex {}{} {}", with, fields, quoted((is_anchored ? "^" : "") + *posix));
  }
  assume_plain_words(test, names);
  return test;
}

std::vector<std::string> names_of(std::string_view text) {
  std::vector<std::string> names;
  const auto inner = group_of(text);
  for (const std::string& one : alternatives_of(inner ? *inner : text)) {
    const bool is_name = !one.empty() && std::all_of(one.begin(), one.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    if (!is_name) return {};
    names.push_back(one);
  }
  return names;
}

SieveTest daemon_test(bool is_daemon) {
  // The same fields and words as the macro; procmailrc(5), "Miscellaneous".
  const std::string_view people =
      is_daemon
          ? "Post(ma?(st(e?r)?|n)|office)|(send)?Mail(er)?|daemon|m(mdf|ajordomo)|n?uucp|LIST(SERV|proc)|NETSERV|o("
            "wner|ps)|"
            "r(e(quest|sponse)|oot)|b(ounce|bs\\.smtp)|echo|mirror|s(erv(ices?|er)|mtp(error)?|ystem)|"
            "A(dmin(istrator)?|MMGR|utoanswer)"
          : "Post(ma(st(er)?|n)|office)|(send)?Mail(er)?|daemon|mmdf|n?uucp|ops|r(esponse|oot)|(bbs\\.)?smtp(error)?|"
            "s(erv(ices?|er)|ystem)|A(dmin(istrator)?|MMGR)";
  const std::string expression =
      fmt::format("^([^>]*[^(.%@a-z0-9])?({})(([^).!:a-z0-9][-_a-z0-9]*)?[%@>\t ][^<)]*(\\(.*\\).*)?)?$", people);
  SieveTest author;
  author.extensions.insert("regex");
  author.text = fmt::format("header :regex {} {}", quoted_list(authors), quoted(expression));
  std::vector<SieveTest> tests{author};
  if (is_daemon) {
    tests.push_back(plain("exists \"mailing-list\""));
    SieveTest precedence = value_test({"precedence"}, "(junk|bulk|list)", false, false);
    precedence.assumptions.clear();
    tests.push_back(precedence);
    tests.push_back(plain("header :matches \"to\" \"Multiple recipients of *\""));
  }
  SieveTest test = any_of(std::move(tests));
  test.assumptions.push_back("there is no From_ line, and no header line that begins with '>'");
  assume_plain_words(test, authors);
  return test;
}

}  // namespace

SieveTest field_test(const std::vector<std::string>& names, std::string_view rest, bool case_matters) {
  if (const auto inner = group_of(rest); inner && rest.find("\\/") == std::string_view::npos) {
    std::vector<SieveTest> tests;
    for (const std::string& one : alternatives_of(*inner)) tests.push_back(field_test(names, one, case_matters));
    return any_of(std::move(tests));
  }
  if (rest.empty() || rest == ".*" || rest == " *" || rest == "[ \t]*") return plain("exists " + quoted_list(names));
  if (names.size() == 1 && equal_ignoring_case(names.front(), "Return-Path") && trim(rest) == "<>") {
    SieveTest test = plain("envelope :is \"from\" \"\"");
    test.extensions.insert("envelope");
    test.assumptions.push_back("Return-Path is what final delivery wrote: the envelope's reverse-path");
    return test;
  }
  std::string_view value = rest;
  if (take(value, ".*")) return value_test(names, value, false, case_matters);
  if (take_blanks(value)) {
    SieveTest test = take(value, ".*") ? value_test(names, value, false, case_matters)
                                       : value_test(names, value, true, case_matters);
    test.assumptions.push_back("one blank stands behind the colon");
    return test;
  }
  return refused(fmt::format("'{}' has to stand directly behind the colon, and Sieve strips blanks there", rest),
                 "put '.*' or a blank behind the colon if that is what was meant");
}

SieveTest header_test(std::string_view expression, bool case_matters) {
  const std::vector<std::string> parts = alternatives_of(expression);
  if (parts.size() > 1) {
    std::vector<SieveTest> tests;
    for (const std::string& one : parts) tests.push_back(header_test(one, case_matters));
    return any_of(std::move(tests));
  }
  if (expression == "^FROM_DAEMON" || expression == "^FROM_MAILER") {
    if (case_matters && expression == "^FROM_MAILER") return refused("^FROM_MAILER with the D flag", "drop the D flag");
    return daemon_test(expression == "^FROM_DAEMON");
  }
  for (const std::string_view macro : {"^TO_", "^TO"}) {
    if (!expression.starts_with(macro)) continue;
    SieveTest test =
        value_test(destinations, fmt::format("(^|{}){}", macro == "^TO_" ? "[^-a-zA-Z0-9_.]" : "[^a-zA-Z]", "x"), false,
                   case_matters);
    int group = 0;
    const auto posix = posix_of(expression.substr(macro.size()), group);
    if (!posix || group != 0)
      return refused("what follows the macro cannot be said in POSIX", "write an address test by hand");
    test = SieveTest{};
    test.extensions.insert("regex");
    test.text = fmt::format("header :regex {}{} {}", comparator(case_matters), quoted_list(destinations),
                            quoted(fmt::format("(^|{}){}", macro == "^TO_" ? "[^-a-zA-Z0-9_.]" : "[^a-zA-Z]", *posix)));
    assume_plain_words(test, {"fields of recipients"});
    return test;
  }
  if (!expression.starts_with('^') || expression.starts_with("^^")) {
    return refused("the expression is searched in every header field at once",
                   "name the fields that are meant, as in ^Subject:.*");
  }
  expression.remove_prefix(1);
  if (const auto inner = group_of(expression)) {
    std::vector<SieveTest> tests;
    for (const std::string& one : alternatives_of(*inner)) tests.push_back(header_test("^" + one, case_matters));
    return any_of(std::move(tests));
  }
  if (expression.starts_with("From ")) {
    SieveTest test = plain("false");
    test.assumptions.push_back("there is no From_ line where mail is delivered by LMTP");
    return test;
  }
  const std::size_t colon = expression.find(':');
  const std::vector<std::string> names =
      colon == std::string_view::npos ? std::vector<std::string>{} : names_of(expression.substr(0, colon));
  if (names.empty())
    return refused("the names of the fields are an expression themselves", "list the fields that are meant");
  return field_test(names, expression.substr(colon + 1), case_matters);
}

}  // namespace watershed::rules
