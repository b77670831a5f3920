// Expectations are the envelopes that a running cleanup(8), Postfix 3.7.11, wrote into its queue files.
#include "components/router/route/rewrite.hpp"

#include "components/router/postfix/test_folder.hpp"
#include "components/router/route/address_form.hpp"

#include <gmock/gmock.h>

namespace watershed::router {
namespace {

using postfix::TestFolder;

constexpr std::string_view base =
    "compatibility_level = 3.6\nmyhostname = mx.example.com\nmynetworks = 198.51.100.0/24\nrecipient_delimiter = +\n"
    "mydestination = $myhostname, localhost.$mydomain, localhost, example.com\nvirtual_alias_domains = va.example\n"
    "virtual_alias_maps = hash:/etc/postfix/virtual, regexp:/etc/postfix/virtual.re\n";

constexpr std::string_view virtual_text =
    "a@va.example  b@x.example\nmulti@va.example one@x.example, two@x.example,three@x.example\n"
    "chain@va.example a@va.example, chain2@va.example\nchain2@va.example end@x.example\n"
    "self@va.example self@va.example, other@x.example\nloop1@va.example loop2@va.example\nloop2@va.example "
    "loop1@va.example\n"
    "@cat.example all@x.example\n@dom.example @newdom.example\nuser@dom.example exact@x.example\nlocal alocal\n"
    "alocal@example.com deep@x.example\next+foo@va.example extfoo@x.example\next@va.example extbare@x.example\n"
    "unq@va.example unqualified\nquo@va.example \"q q\"@x.example\n\"q q\"@va.example quoted@x.example\n"
    "bang@va.example site!user\ndup@va.example d@x.example, D@x.example, d@X.example\n"
    "long@va.example aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@x.example\n"
    "big@va.example a1@x,a2@x,a3@x,a4@x,a5@x,a6@x,a7@x,a8@x,a9@x,a10@x,a11@x\ntree@va.example multi@va.example, "
    "chain@va.example, multi@va.example\n"
    "both@va.example both\nboth@example.com bothlocal@x.example\n";

struct Case {
  std::string_view reverse_path;
  std::vector<std::string_view> recipients;
  std::string expected;
};

std::string run(const Cleanup& cleanup, const Case& each, const CleanupRequest& request = {}) {
  std::vector<mail::Recipient> recipients;
  for (const std::string_view recipient : each.recipients) {
    recipients.push_back({mail::ForwardPath(address_from_internal(recipient)), {}, {}});
  }
  const mail::ReversePath reverse_path =
      each.reverse_path.empty() ? mail::ReversePath() : mail::ReversePath(address_from_internal(each.reverse_path));
  const Expansion expansion = cleanup.expand(reverse_path, recipients, request);
  if (expansion.refusal) return mail::to_line(*expansion.refusal);
  std::string text = expansion.reverse_path.is_null() ? "<>" : internal_form(expansion.reverse_path.address());
  for (const FinalRecipient& final_recipient : expansion.recipients) {
    text += " " + internal_form(final_recipient.recipient.forward_path.address());
  }
  return text;
}

void check(const TestFolder& folder, const std::vector<Case>& cases) {
  const auto config = std::make_shared<const PostfixConfig>(folder.config());
  const Cleanup cleanup(config, config->parameters());
  for (const Case& each : cases) EXPECT_EQ(run(cleanup, each), each.expected) << each.recipients.front();
}

TEST(Cleanup, VirtualAliases) {
  const TestFolder folder{
      {"main.cf", std::string(base) + "virtual_alias_expansion_limit = 10\nvirtual_alias_recursion_limit = 30\n"
                                      "virtual_alias_address_length_limit = 60\n"},
      {"virtual", virtual_text},
      {"virtual.re", "/^re-(.*)@va\\.example$/ $1@re.example\n/^@/ never@x.example\n/^lonely$/ never2@x.example\n"}};
  const std::string loop = "451 4.6.0 Alias expansion error";
  check(folder, {{"s@x.example", {"a@va.example"}, "s@x.example b@x.example"},
                 {"s@x.example", {"A+ext@VA.example"}, "s@x.example b+ext@x.example"},
                 {"s@x.example", {"multi@va.example"}, "s@x.example one@x.example two@x.example three@x.example"},
                 {"s@x.example", {"chain@va.example"}, "s@x.example b@x.example end@x.example"},
                 {"s@x.example", {"self@va.example"}, "s@x.example self@va.example other@x.example"},
                 {"s@x.example", {"loop1@va.example"}, loop},
                 {"s@x.example", {"big@va.example"}, loop},
                 {"s@x.example", {"long@va.example"}, loop},
                 {"s@x.example", {"any+e@cat.example"}, "s@x.example all@x.example"},
                 {"s@x.example", {"any+e@dom.example"}, "s@x.example any+e@newdom.example"},
                 {"s@x.example", {"user+e@dom.example"}, "s@x.example exact+e@x.example"},
                 {"s@x.example", {"local"}, "s@x.example alocal@mx.example.com"},
                 {"s@x.example", {"local+e@example.com"}, "s@x.example alocal+e@mx.example.com"},
                 {"s@x.example", {"ext+foo@va.example"}, "s@x.example extfoo@x.example"},
                 {"s@x.example", {"ext+bar@va.example"}, "s@x.example extbare+bar@x.example"},
                 {"s@x.example", {"unq@va.example"}, "s@x.example unqualified@mx.example.com"},
                 {"s@x.example", {"quo@va.example", "q q@va.example"}, "s@x.example q q@x.example quoted@x.example"},
                 {"s@x.example", {"bang@va.example"}, "s@x.example user@site"},
                 {"s@x.example", {"dup@va.example"}, "s@x.example d@x.example"},
                 {"s@x.example", {"both@va.example"}, "s@x.example both@mx.example.com"},
                 {"s@x.example",
                  {"tree@va.example"},
                  "s@x.example one@x.example b@x.example two@x.example three@x.example end@x.example"},
                 {"s@x.example", {"re-x+y@va.example"}, "s@x.example x+y@re.example"},
                 {"s@x.example", {"lonely@other.example"}, "s@x.example lonely@other.example"},
                 {"s@x.example", {"a@va.example", "a@va.example"}, "s@x.example b@x.example"},
                 {"", {"u@h"}, "<> u@h"}});
}

TEST(Cleanup, CanonicalMapsMasqueradingAndBcc) {
  const TestFolder folder{
      {"main.cf",
       std::string(base) +
           "canonical_maps = hash:/etc/postfix/canon\nsender_canonical_maps = inline:{{snd@example.com = "
           "sender@example.com}}\n"
           "masquerade_domains = foo.masq.example !bar.masq.example masq.example\nmasquerade_exceptions = root, "
           "special\n"
           "always_bcc = archive@bcc.example\nsender_bcc_maps = inline:{{bccme@example.com = sbcc@bcc.example}}\n"
           "recipient_bcc_maps = inline:{{multi@va.example = rbcc@bcc.example}, {@rb.example = a@va.example}}\n"},
      {"canon",
       "can@example.com canonical@example.com\n@old.example @new.example\ncc@x.example ccc@x.example\n"
       "ccc@x.example cccc@x.example\ncl1@x.example cl2@x.example\ncl2@x.example cl1@x.example\n"
       "many@x.example m1@x.example, m2@x.example\n"},
      {"virtual", virtual_text},
      {"virtual.re", "/^re-(.*)@va\\.example$/ $1@re.example\n"}};
  const auto case_of = [](std::string_view sender, std::string_view rewritten) {
    return Case{sender, {"p@plain.example"}, std::string(rewritten) + " p@plain.example archive@bcc.example"};
  };
  check(folder, {{"s@x.example", {"x+e@old.example"}, "s@x.example x+e@new.example archive@bcc.example"},
                 {"s@x.example", {"cc@x.example"}, "s@x.example cccc@x.example archive@bcc.example"},
                 {"s@x.example", {"cl1@x.example"}, "s@x.example cl1@x.example archive@bcc.example"},
                 {"s@x.example", {"many@x.example"}, "s@x.example m1@x.example archive@bcc.example"},
                 {"s@x.example", {"can+e@example.com"}, "s@x.example canonical+e@example.com archive@bcc.example"},
                 {"s@x.example", {"u@h.masq.example"}, "s@x.example u@h.masq.example archive@bcc.example"},
                 {"s@x.example", {"k@rb.example"}, "s@x.example k@rb.example b@x.example archive@bcc.example"},
                 {"s@x.example",
                  {"multi@va.example"},
                  "s@x.example one@x.example two@x.example three@x.example rbcc@bcc.example archive@bcc.example"},
                 {"bccme+e@example.com",
                  {"p@plain.example"},
                  "bccme+e@example.com sbcc@bcc.example p@plain.example archive@bcc.example"},
                 case_of("", "<>"),
                 case_of("snd+e@example.com", "sender+e@example.com"),
                 case_of("u@h.foo.masq.example", "u@foo.masq.example"),
                 case_of("u@x.bar.masq.example", "u@x.bar.masq.example"),
                 case_of("u@h.masq.example", "u@masq.example"),
                 case_of("root@h.masq.example", "root@h.masq.example"),
                 case_of("u@xmasq.example", "u@xmasq.example"),
                 case_of("joe", "joe@mx.example.com")});
}

TEST(Cleanup, TrailNamesEachLine) {
  const TestFolder folder{{"main.cf", base}, {"virtual", virtual_text}, {"virtual.re", "/^x$/ y\n"}};
  const auto config = std::make_shared<const PostfixConfig>(folder.config());
  const Cleanup cleanup(config, config->parameters());
  const mail::Recipient recipient{mail::ForwardPath({"chain", "va.example"}), {}, "rfc822;chain@va.example"};
  const Expansion expansion = cleanup.expand({}, {recipient});
  ASSERT_EQ(expansion.recipients.size(), 2U);
  const auto& trail = expansion.recipients[1].trail;
  ASSERT_EQ(trail.size(), 2U);
  EXPECT_EQ(trail[0].to, "chain2@va.example");
  EXPECT_EQ(describe(trail[0].decided_by), "pf/virtual:3 (virtual_alias_maps)");
  EXPECT_EQ(describe(trail[1].decided_by), "pf/virtual:4 (virtual_alias_maps)");
  EXPECT_EQ(expansion.recipients[1].original, (mail::Address{"chain", "va.example"}));
  EXPECT_EQ(expansion.recipients[1].recipient.original_recipient, "rfc822;chain@va.example");
}

TEST(Cleanup, ClassesPropagationAndDuplicates) {
  const TestFolder folder{
      {"main.cf",
       "compatibility_level = 0\nmyhostname = mx.example.com\nmynetworks = 127.0.0.0/8\nmyorigin = origin.example\n"
       "recipient_delimiter = +\npropagate_unmatched_extensions =\nenable_original_recipient = no\n"
       "canonical_classes = envelope_recipient\nmasquerade_classes = envelope_sender, envelope_recipient\n"
       "masquerade_domains = masq.example\ncanonical_maps = inline:{{c@example.com = cx@example.com}}\n"
       "virtual_alias_maps = inline:{{ext@va.example = e@x.example}, {orig = o@x.example}, "
       "{a@va.example = b@x.example}, {c@va.example = b@x.example}}\n"}};
  check(folder, {{"s@x.example", {"ext+foo@va.example"}, "s@x.example e@x.example"},
                 {"s@x.example", {"orig@origin.example"}, "s@x.example o@x.example"},
                 {"s@x.example", {"a@va.example", "c@va.example"}, "s@x.example b@x.example"},
                 {"c@example.com", {"c@example.com"}, "c@example.com cx@example.com"},
                 {"u@h.masq.example", {"u@h.masq.example"}, "u@masq.example u@masq.example"},
                 {"u@h", {"v@h2"}, "u@h.example.com v@h2.example.com"}});
}

TEST(Cleanup, MappingsCanBeSwitchedOffAndFailuresRefuse) {
  const TestFolder folder{{"main.cf", std::string(base) + "always_bcc = archive@bcc.example\n"},
                          {"virtual", virtual_text},
                          {"virtual.re", "/^x$/ y\n"}};
  const auto config = std::make_shared<const PostfixConfig>(folder.config());
  const Cleanup cleanup(config, config->parameters());
  EXPECT_EQ(run(cleanup, {"s@x.example", {"a@va.example"}, {}}, {false, false}), "s@x.example a@va.example");
  EXPECT_EQ(run(cleanup, {"s@x.example", {"a@va.example"}, {}}, {true, false}), "s@x.example b@x.example");
  const TestFolder failing{
      {"main.cf", "mynetworks = 127.0.0.0/8\nvirtual_alias_domains =\nvirtual_alias_maps = ldap:x\n"}};
  const auto broken = std::make_shared<const PostfixConfig>(failing.config());
  const Cleanup deferring(broken, broken->parameters());
  const Expansion expansion = deferring.expand({}, {{mail::ForwardPath({"a", "b.example"}), {}, {}}});
  ASSERT_TRUE(expansion.refusal.has_value());
  EXPECT_EQ(expansion.refusal->code, 451);
  ASSERT_EQ(expansion.not_understood.size(), 1U);
  EXPECT_EQ(to_file_line(expansion.not_understood.front().at), "pf/main.cf:3");
}

}  // namespace
}  // namespace watershed::router
