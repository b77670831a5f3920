// Expectations are the replies of a running smtpd(8), Postfix 3.7.11, to the same commands. The DNS answers are ours.
#include "components/router/route/access.hpp"

#include "components/router/postfix/test_folder.hpp"
#include "components/router/route/address_form.hpp"

#include <gmock/gmock.h>

namespace watershed::router {
namespace {

using postfix::TestFolder;

constexpr std::string_view base =
    "compatibility_level = 3.6\nmyhostname = mx.example.com\ninet_interfaces = 192.0.2.25\nmynetworks = "
    "203.0.113.0/24\n"
    "mydestination = $myhostname, localhost, example.com\nrecipient_delimiter = +\n";

/// One smtpd and the parts it needs.
class Smtpd {
 public:
  explicit Smtpd(const TestFolder& folder)
      : config_(std::make_shared<const PostfixConfig>(folder.config())),
        resolver_(config_),
        policy_(config_, config_->parameters(), resolver_) {}

  SessionFacts session;
  DnsFacts dns;
  AccessDecision last;

  std::string rcpt(std::string_view reverse_path, std::string_view recipient,
                   std::string_view client = "198.51.100.10") {
    session.client_address = *parse_ip_address(client);
    const mail::ReversePath from =
        reverse_path.empty() ? mail::ReversePath() : mail::ReversePath(address_from_internal(reverse_path));
    const AccessDecision mail = policy_.check_mail(session, from, dns);
    if (mail.verdict == AccessDecision::Verdict::refuse) return "MAIL " + mail::to_line(mail.reply);
    last = policy_.check_recipient(session, from, mail::ForwardPath(address_from_internal(recipient)), 0, dns);
    if (last.verdict == AccessDecision::Verdict::needs_dns) return "dns " + last.question->name;
    return last.verdict == AccessDecision::Verdict::accept ? "ok" : mail::to_line(last.reply);
  }

  const AccessPolicy& policy() const { return policy_; }

 private:
  std::shared_ptr<const PostfixConfig> config_;
  Resolver resolver_;
  AccessPolicy policy_;
};

TEST(Access, RelayControlAndRecipientValidation) {
  const TestFolder folder{
      {"main.cf",
       std::string(base) +
           "virtual_alias_domains = va.example\nvirtual_alias_maps = inline:{{a@va.example = b@x.example}}\n"
           "virtual_mailbox_domains = vm.example\nvirtual_mailbox_maps = inline:{{u@vm.example = x}}\n"
           "relay_domains = relay.example\nrelay_recipient_maps = inline:{{ok@relay.example = x}}\n"
           "local_recipient_maps = inline:{{joe = x}}\nrelocated_maps = inline:{{moved@vm.example = new@x}}\n"
           "transport_maps = hash:/etc/postfix/transport\n"},
      {"transport",
       "err@relay.example error:5.7.0 no way\nerr4@relay.example error:4.7.0 later\nerrn@relay.example error:\n"
       "retry@relay.example retry:4.2.1 busy\n"}};
  Smtpd smtpd(folder);
  smtpd.session.helo = "client.example";
  const auto unknown = [](std::string_view address, std::string_view table) {
    return "550 5.1.1 <" + std::string(address) + ">: Recipient address rejected: User unknown in " +
           std::string(table) + " table";
  };
  const std::pair<std::string_view, std::string> cases[] = {
      {"joe@example.com", "ok"},
      {"Joe+e@EXAMPLE.com", "ok"},
      {"bad@example.com", unknown("bad@example.com", "local recipient")},
      {"postmaster@example.com", "ok"},
      {"postmaster", "ok"},
      {"a@va.example", "ok"},
      {"z@va.example", unknown("z@va.example", "virtual alias")},
      {"u+e@vm.example", "ok"},
      {"z@vm.example", unknown("z@vm.example", "virtual mailbox")},
      {"moved@vm.example", "550 5.1.6 <moved@vm.example>: Recipient address rejected: User has moved to new@x"},
      {"ok@relay.example", "ok"},
      {"no@relay.example", unknown("no@relay.example", "relay recipient")},
      {"no@sub.relay.example", unknown("no@sub.relay.example", "relay recipient")},
      {"err@relay.example", "550 5.7.0 <err@relay.example>: Recipient address rejected: no way"},
      {"errn@relay.example", "550 5.1.1 <errn@relay.example>: Recipient address rejected: Address is undeliverable"},
      {"retry@relay.example", "450 4.2.1 <retry@relay.example>: Recipient address rejected: busy"},
      {"a@x.example", "454 4.7.1 <a@x.example>: Relay access denied"},
      {"a%x.example@example.com", "454 4.7.1 <a%x.example@example.com>: Relay access denied"},
      {"a@1.2.3.4", "501 5.1.3 Bad recipient address syntax"},
  };
  for (const auto& [recipient, reply] : cases) EXPECT_EQ(smtpd.rcpt("s@snd.example", recipient), reply) << recipient;
  EXPECT_EQ(smtpd.rcpt("s@snd.example", "a@x.example", "203.0.113.9"), "ok");
  EXPECT_EQ(smtpd.rcpt("a@-bad", "joe@example.com"), "MAIL 501 5.1.7 Bad sender address syntax");
  smtpd.rcpt("s@snd.example", "err@relay.example");
  EXPECT_EQ(describe(smtpd.last.decided_by), "pf/transport:1 (transport_maps)");
  smtpd.rcpt("s@snd.example", "z@vm.example");
  EXPECT_EQ(describe(smtpd.last.decided_by), "pf/main.cf:10 (virtual_mailbox_maps)");
}

constexpr std::string_view sender_table =
    "<> REJECT no null\nrejt@s.example REJECT get lost\nrejd@s.example REJECT 5.7.9 coded\nrej4@s.example REJECT 4.7.9 "
    "four\n"
    "def@s.example DEFER\nc450@s.example 450 four fifty\nc550@s.example 550 5.1.1 five fifty\nc421@s.example 421 4.7.0 "
    "bye\n"
    "c5@s.example 550\ndip@s.example DEFER_IF_PERMIT\ndir@s.example DEFER_IF_REJECT 4.1.1 hm\nhold@s.example HOLD\n"
    "disc@s.example DISCARD quiet\nwarn@s.example WARN look\nredir@s.example REDIRECT r@x.example\nclassy@s.example "
    "cls\n"
    "rest@s.example reject_unauth_destination\nunknown@s.example frobnicate\ndom.example REJECT domain\nuser@ REJECT "
    "user part\n"
    "user+ext@ REJECT userext part\ndun@s.example DUNNO\ndun@ REJECT never\ngreedy@s.example greedy\n";

TEST(Access, TableActionsAsSmtpdAppliesThem) {
  const TestFolder folder{
      {"main.cf",
       std::string(base) +
           "local_recipient_maps =\nrelay_domains = relay.example\nsmtpd_restriction_classes = cls, greedy\n"
           "cls = check_sender_access inline:{{classy@s.example = REJECT class says no}}, permit\ngreedy = reject\n"
           "smtpd_client_restrictions = check_client_access inline:{{198.51.100 = DUNNO},{203.0.113.9 = OK}}\n"
           "smtpd_helo_restrictions = check_helo_access inline:{{bad.example = REJECT bad helo}}, "
           "reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname\n"
           "smtpd_sender_restrictions = check_sender_access hash:/etc/postfix/sender, reject_non_fqdn_sender\n"
           "smtpd_recipient_restrictions = check_recipient_access regexp:/etc/postfix/rcpt.re, "
           "warn_if_reject reject_non_fqdn_recipient, inline:{{bare@example.com = REJECT bare table}}\n"
           "smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination\n"},
      {"sender", sender_table},
      {"rcpt.re", "/^re(.*)@example\\.com$/ 550 5.1.8 got $1\n"}};
  Smtpd smtpd(folder);
  smtpd.session.helo = "client.example";
  const std::string denied = "554 5.7.1 <a@far.example>: Relay access denied";
  const auto sender = [](std::string_view code, std::string_view name, std::string_view text) {
    return std::string(code) + " <" + std::string(name) + (name.empty() ? "" : "@s.example") +
           ">: Sender address rejected: " + std::string(text);
  };
  struct Case {
    std::string_view sender;
    std::string ours;  // reply for joe@example.com
    std::string far;   // reply for a@far.example
  };
  const Case cases[] = {
      {"", sender("554 5.7.1", "", "no null"), sender("554 5.7.1", "", "no null")},
      {"rejt", sender("554 5.7.1", "rejt", "get lost"), sender("554 5.7.1", "rejt", "get lost")},
      {"rejd", sender("554 5.7.9", "rejd", "coded"), sender("554 5.7.9", "rejd", "coded")},
      {"rej4", sender("554 5.7.9", "rej4", "four"), sender("554 5.7.9", "rej4", "four")},
      {"def", sender("450 4.7.1", "def", "Access denied"), sender("450 4.7.1", "def", "Access denied")},
      {"c450", sender("450 4.7.1", "c450", "four fifty"), sender("450 4.7.1", "c450", "four fifty")},
      {"c550", sender("550 5.1.7", "c550", "five fifty"), sender("550 5.1.7", "c550", "five fifty")},
      {"c421", sender("421 4.7.0", "c421", "bye"), sender("421 4.7.0", "c421", "bye")},
      {"c5", "ok", denied},
      {"dip", sender("450 4.7.1", "dip", "Service unavailable"), denied},
      {"dir", "ok", denied},
      {"hold", "ok", denied},
      {"disc", "ok", "ok"},
      {"warn", "ok", denied},
      {"redir", "ok", denied},
      {"classy", sender("554 5.7.1", "classy", "class says no"), sender("554 5.7.1", "classy", "class says no")},
      {"rest", "ok", denied},
      {"unknown", "451 4.3.5 Server configuration error", "451 4.3.5 Server configuration error"},
      {"dun", "ok", denied},
      {"greedy", sender("554 5.7.1", "greedy", "Access denied"), sender("554 5.7.1", "greedy", "Access denied")},
  };
  for (const Case& each : cases) {
    const std::string from = each.sender.empty() ? "" : std::string(each.sender) + "@s.example";
    EXPECT_EQ(smtpd.rcpt(from, "joe@example.com"), each.ours) << from;
    EXPECT_EQ(smtpd.rcpt(from, "a@far.example"), each.far) << from;
  }
  EXPECT_EQ(smtpd.rcpt("x@sub.dom.example", "joe@example.com"),
            "554 5.7.1 <x@sub.dom.example>: Sender address rejected: domain");
  EXPECT_EQ(smtpd.rcpt("user+ext@q.example", "joe@example.com"),
            "554 5.7.1 <user+ext@q.example>: Sender address rejected: userext part");
  EXPECT_EQ(smtpd.rcpt("user+o@q.example", "joe@example.com"),
            "554 5.7.1 <user+o@q.example>: Sender address rejected: user part");
  EXPECT_EQ(smtpd.rcpt("joe@host", "joe@example.com"),
            "504 5.5.2 <joe@host>: Sender address rejected: need fully-qualified address");
  EXPECT_EQ(smtpd.rcpt("p@s.example", "reX@example.com"),
            "550 5.1.2 <reX@example.com>: Recipient address rejected: got x");
  EXPECT_EQ(smtpd.rcpt("p@s.example", "bare@example.com"),
            "554 5.7.1 <bare@example.com>: Recipient address rejected: bare table");
  EXPECT_EQ(smtpd.rcpt("p@s.example", "joe@localhost"), "ok");
  EXPECT_EQ(smtpd.last.warnings.size(), 1U);  // warn_if_reject reject_non_fqdn_recipient
}

TEST(Access, SideEffectsTravelWithTheDecision) {
  const TestFolder folder{
      {"main.cf",
       std::string(base) +
           "local_recipient_maps =\nsmtpd_sender_restrictions = check_sender_access "
           "inline:{{h@s.example = HOLD},{d@s.example = DISCARD},{r@s.example = REDIRECT r@x.example},"
           "{f@s.example = FILTER smtp:[f]},{p@s.example = PREPEND X-Foo: bar},{b@s.example = BCC b@x.example}}\n"}};
  Smtpd smtpd(folder);
  smtpd.rcpt("h@s.example", "joe@example.com");
  EXPECT_TRUE(smtpd.last.hold);
  smtpd.rcpt("d@s.example", "joe@example.com");
  EXPECT_TRUE(smtpd.last.discard);
  smtpd.rcpt("r@s.example", "joe@example.com");
  EXPECT_EQ(smtpd.last.redirect, "r@x.example");
  smtpd.rcpt("f@s.example", "joe@example.com");
  EXPECT_EQ(smtpd.last.filter, "smtp:[f]");
  smtpd.rcpt("p@s.example", "joe@example.com");
  EXPECT_EQ(smtpd.last.prepend, std::vector<std::string>{"X-Foo: bar"});
  smtpd.rcpt("b@s.example", "joe@example.com");
  EXPECT_EQ(smtpd.last.bcc, std::vector<std::string>{"b@x.example"});
}

TEST(Access, HeloNames) {
  const TestFolder folder{
      {"main.cf", std::string(base) +
                      "local_recipient_maps =\nsmtpd_helo_required = yes\n"
                      "smtpd_helo_restrictions = reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname\n"}};
  Smtpd smtpd(folder);
  EXPECT_EQ(smtpd.rcpt("s@x.example", "joe@example.com"), "MAIL 503 5.5.1 Error: send HELO/EHLO first");
  constexpr std::pair<std::string_view, std::string_view> cases[] = {
      {"ok.example", "ok"},
      {"host.example.", "ok"},
      {"[1.2.3.4]", "ok"},
      {"[IPv6:::1]", "ok"},
      {"in_valid.example", "ok"},
      {"nodot", "504 5.5.2 <nodot>: Helo command rejected: need fully-qualified hostname"},
      {"[bad]", "501 5.5.2 <[bad]>: Helo command rejected: invalid ip address"},
      {"inv!alid.example", "501 5.5.2 <inv!alid.example>: Helo command rejected: Invalid name"},
      {"-x.example", "501 5.5.2 <-x.example>: Helo command rejected: Invalid name"},
  };
  for (const auto& [helo, reply] : cases) {
    smtpd.session.helo = helo;
    EXPECT_EQ(smtpd.rcpt("s@x.example", "joe@example.com"), reply) << helo;
  }
}

TEST(Access, DnsIsAskedAndAnswered) {
  const TestFolder folder{
      {"main.cf", std::string(base) +
                      "local_recipient_maps =\nsmtpd_sender_restrictions = reject_unknown_sender_domain\n"
                      "smtpd_client_restrictions = reject_unknown_client_hostname\n"}};
  Smtpd smtpd(folder);
  EXPECT_EQ(smtpd.rcpt("s@far.example", "joe@example.com"),
            "450 4.7.25 Client host rejected: cannot find your hostname, [198.51.100.10]");
  smtpd.session.client_name = "client.example";
  EXPECT_EQ(smtpd.rcpt("s@Far.example", "joe@example.com"), "dns far.example");
  const DnsQuestion question{DnsQuestion::Kind::mail_domain, "far.example"};
  smtpd.dns[question] = {DnsAnswer::Status::found, {}, {}};
  EXPECT_EQ(smtpd.rcpt("s@far.example", "joe@example.com"), "ok");
  smtpd.dns[question] = {DnsAnswer::Status::not_found, {}, {}};
  EXPECT_EQ(smtpd.rcpt("s@far.example", "joe@example.com"),
            "450 4.1.8 <s@far.example>: Sender address rejected: Domain not found");
  smtpd.dns[question] = {DnsAnswer::Status::null_mx, {}, {}};
  EXPECT_EQ(smtpd.rcpt("s@far.example", "joe@example.com"),
            "550 5.7.27 <s@far.example>: Sender address rejected: Domain far.example does not accept mail (nullMX)");
  smtpd.dns[question] = {DnsAnswer::Status::failed, {}, {}};
  EXPECT_EQ(smtpd.rcpt("s@far.example", "joe@example.com"),
            "450 4.1.8 <s@far.example>: Sender address rejected: Domain not found");
  EXPECT_EQ(smtpd.rcpt("s@far.example", "a@other.example"), "454 4.7.1 <a@other.example>: Relay access denied");
  EXPECT_EQ(smtpd.rcpt("s@example.com", "joe@example.com"), "ok");
}

TEST(Access, OrderDelayAndSoftBounce) {
  const TestFolder early{
      {"main.cf", std::string(base) +
                      "local_recipient_maps = fail:x\nsmtpd_delay_reject = no\n"
                      "smtpd_client_restrictions = check_client_access inline:{{203.0.113.9 = reject}}\n"}};
  Smtpd smtpd(early);
  smtpd.session.client_address = *parse_ip_address("203.0.113.9");
  EXPECT_EQ(mail::to_line(smtpd.policy().check_client(smtpd.session, {}).reply),
            "554 5.7.1 <unknown[203.0.113.9]>: Client host rejected: Access denied");
  EXPECT_EQ(smtpd.rcpt("s@x.example", "a@example.com"), "451 4.3.0 <a@example.com>: Temporary lookup failure");

  const TestFolder soft{
      {"main.cf", std::string(base) + "local_recipient_maps = inline:{{joe = x}}\nsmtpd_reject_unlisted_sender = yes\n"
                                      "soft_bounce = yes\nshow_user_unknown_table_name = no\n"
                                      "smtpd_relay_restrictions = reject_unauth_destination\n"}};
  Smtpd gentle(soft);
  EXPECT_EQ(gentle.rcpt("s@x.example", "bad@example.com"),
            "450 4.1.1 <bad@example.com>: Recipient address rejected: User unknown");
  EXPECT_EQ(gentle.rcpt("bad@example.com", "joe@example.com"),
            "450 4.1.0 <bad@example.com>: Sender address rejected: User unknown");
  EXPECT_EQ(gentle.rcpt("s@x.example", "a@far.example"), "454 4.7.1 <a@far.example>: Relay access denied");
}

TEST(Access, WhatIsNotModelledIsSaid) {
  const TestFolder folder{
      {"main.cf", std::string(base) +
                      "local_recipient_maps =\nsmtpd_recipient_restrictions =\n"
                      "  check_policy_service unix:private/policy, reject_rbl_client zen.example,\n  frob\n"}};
  Smtpd smtpd(folder);
  const auto& items = smtpd.policy().not_understood();
  ASSERT_EQ(items.size(), 3U);
  EXPECT_EQ(to_file_line(items[0].at), "pf/main.cf:8");
  EXPECT_THAT(items[0].text, testing::HasSubstr("check_policy_service"));
  EXPECT_THAT(items[2].text, testing::HasSubstr("frob is no restriction"));
  EXPECT_EQ(smtpd.rcpt("s@x.example", "joe@example.com"), "451 4.3.5 Server configuration error");

  const TestFolder open{{"main.cf", std::string(base) + "smtpd_relay_restrictions = permit_mynetworks\n"}};
  Smtpd relay(open);
  EXPECT_EQ(relay.policy().check_client(relay.session, {}).verdict, AccessDecision::Verdict::refuse);
  ASSERT_EQ(relay.policy().not_understood().size(), 1U);

  const TestFolder no_accounts{{"main.cf", std::string(base)}};
  Smtpd lenient(no_accounts);  // default local_recipient_maps: the host's accounts are not known
  EXPECT_EQ(lenient.rcpt("s@x.example", "joe@example.com"), "ok");
  EXPECT_EQ(lenient.last.not_understood.size(), 1U);
}

TEST(Access, RecipientLimitAndDataRestrictions) {
  const TestFolder folder{
      {"main.cf", std::string(base) +
                      "local_recipient_maps =\nsmtpd_recipient_limit = 2\n"
                      "smtpd_data_restrictions = reject_multi_recipient_bounce\n"
                      "smtpd_end_of_data_restrictions = check_client_access inline:{{198.51.100.10 = HOLD}}\n"}};
  Smtpd smtpd(folder);
  smtpd.session.client_address = *parse_ip_address("198.51.100.10");
  const mail::ForwardPath joe({"joe", "example.com"});
  EXPECT_EQ(mail::to_line(smtpd.policy().check_recipient(smtpd.session, {}, joe, 2, {}).reply),
            "452 4.5.3 Error: too many recipients");
  mail::Envelope envelope;
  envelope.recipients = {{joe, {}, {}}, {joe, {}, {}}};
  EXPECT_EQ(mail::to_line(smtpd.policy().check_data(smtpd.session, envelope, {}).reply),
            "550 5.5.3 <DATA>: Data command rejected: Multi-recipient bounce");
  EXPECT_TRUE(smtpd.policy().check_end_of_data(smtpd.session, envelope, {}).hold);
}

TEST(Access, AnAddressLiteralInHeloMustBeAnAddress) {
  const TestFolder folder{{"main.cf", std::string(base) +
                                          "local_recipient_maps = inline:{{joe = x}}\nsmtpd_helo_restrictions = "
                                          "reject_non_fqdn_helo_hostname\n"}};
  Smtpd smtpd(folder);
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"[1.2.3.4]", "ok"},
      {"[IPv6:::1]", "ok"},
      {"[999.2.3.4]", "501 5.5.2 <[999.2.3.4]>: Helo command rejected: invalid ip address"},
      {"[foo]", "501 5.5.2 <[foo]>: Helo command rejected: invalid ip address"},
      {"foo", "504 5.5.2 <foo>: Helo command rejected: need fully-qualified hostname"},
  };
  for (const auto& [helo, reply] : cases) {
    smtpd.session.helo = helo;
    EXPECT_EQ(smtpd.rcpt("a@s.example", "joe@example.com"), reply) << helo;
  }
}

TEST(Access, DeferIfRejectReachesTheUnlistedAddressesOfItsOwnStage) {
  const TestFolder folder{
      {"main.cf", std::string(base) +
                      "local_recipient_maps = inline:{{joe = x}}\nsmtpd_reject_unlisted_sender = yes\n"
                      "smtpd_recipient_restrictions = check_sender_access inline:{{dir@s.example = DEFER_IF_REJECT "
                      "4.1.1 hm}}\n"
                      "smtpd_sender_restrictions = check_sender_access inline:{{dir2@example.com = DEFER_IF_REJECT "
                      "4.1.1 hm}, {dir3@s.example = DEFER_IF_REJECT 4.1.1 hm}}\n"}};
  Smtpd smtpd(folder);
  smtpd.session.helo = "c.example";
  EXPECT_EQ(smtpd.rcpt("dir@s.example", "nobodyhere@example.com"),
            "450 4.1.7 <dir@s.example>: Sender address rejected: hm");
  EXPECT_EQ(smtpd.rcpt("dir2@example.com", "joe@example.com"),
            "450 4.1.7 <dir2@example.com>: Sender address rejected: hm");
  EXPECT_EQ(smtpd.rcpt("dir3@s.example", "nobodyhere@example.com"),
            "550 5.1.1 <nobodyhere@example.com>: Recipient address rejected: User unknown in local recipient table");
}

TEST(Access, WithoutDelayAnEarlierStageIsNotAskedToRejectAgain) {
  const TestFolder folder{
      {"main.cf", std::string(base) +
                      "local_recipient_maps = inline:{{joe = x}}\nsmtpd_delay_reject = no\n"
                      "smtpd_helo_restrictions = check_sender_access inline:{{dir@s.example = REJECT from helo}}\n"
                      "smtpd_client_restrictions = check_sender_access inline:{{cli@s.example = REJECT from client}}\n"
                      "smtpd_sender_restrictions = check_recipient_access inline:{{joe@example.com = REJECT from "
                      "sender}}\n"}};
  Smtpd smtpd(folder);
  smtpd.session.helo = "c.example";
  for (const std::string_view from : {"dir@s.example", "cli@s.example", "ok@s.example"}) {
    EXPECT_EQ(smtpd.rcpt(from, "joe@example.com"), "ok") << from;
  }
}

}  // namespace
}  // namespace watershed::router
