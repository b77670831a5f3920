// Who may hand in what for whom, and what recipients come to: admission and expansion.
#include "fakes/cloud/admission.hpp"
#include "fakes/cloud/expansion.hpp"
#include "fakes/cloud/srs.hpp"
#include "fakes/cloud/test_tenant.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace watershed::cloud {
namespace {

using test::at;
using test::envelope;
using test::line;

std::string admit(const Tenant& tenant, std::string_view client, std::string_view from,
                  const std::vector<std::string>& to) {
  const Directory directory(tenant);
  const Admission admission = recognise(tenant, *parse_ip_address(client), "mx.somewhere.example");
  mail::Envelope so_far = envelope(from, to);
  const mail::Address recipient = so_far.recipients.back().forward_path.address();
  so_far.recipients.pop_back();
  const auto refusal =
      refuse_recipient({tenant, directory, admission, so_far, recipient, "eu.cloud.example", client, 1795154400});
  if (!refusal) return "ok";
  return to_line(refusal->reply).substr(0, 9) + " " + refusal->decided_by;
}

TEST(Admission, RecipientsAndClients) {
  Tenant tenant = test::tenant();
  tenant.domains.push_back({"shared.example", DomainKind::internal_relay, line(3)});
  tenant.inbound_connectors = {{"filter", {test::network("192.0.2.25")}, {}, false, true, line(4)}};
  tenant.internal_networks = {test::network("198.51.100.0/28")};
  const std::string stranger = "203.0.113.9";
  const std::string known = "192.0.2.25";
  EXPECT_EQ(admit(tenant, stranger, "x@y.example", {"anna@ctbto.org"}), "ok");
  EXPECT_EQ(admit(tenant, stranger, "x@y.example", {"A.Meier+tag@CTBTO.org"}), "ok");
  EXPECT_EQ(admit(tenant, stranger, "x@y.example", {"nobody@ctbto.org"}), "550 5.4.1 tenant.yaml:2");
  EXPECT_EQ(admit(tenant, stranger, "x@y.example", {"nobody@shared.example"}), "ok");
  EXPECT_EQ(admit(tenant, stranger, "x@y.example", {"a@other.example"}), "550 5.7.6 tenant.yaml:1");
  EXPECT_EQ(admit(tenant, known, "x@y.example", {"a@other.example"}), "ok");
  EXPECT_EQ(admit(tenant, "198.51.100.3", "x@y.example", {"a@other.example"}), "ok");

  tenant.reject_direct_send = true;
  tenant.reject_direct_send_at = line(6);
  EXPECT_EQ(admit(tenant, stranger, "robot@ctbto.org", {"anna@ctbto.org"}), "550 5.7.6 tenant.yaml:6");
  EXPECT_EQ(admit(tenant, stranger, "x@y.example", {"anna@ctbto.org"}), "ok");
  EXPECT_EQ(admit(tenant, stranger, "", {"anna@ctbto.org"}), "ok");
  EXPECT_EQ(admit(tenant, known, "robot@ctbto.org", {"anna@ctbto.org"}), "ok");

  tenant.restrict_to_connectors = true;
  tenant.restrict_to_connectors_at = line(5);
  EXPECT_EQ(admit(tenant, stranger, "x@y.example", {"anna@ctbto.org"}), "550 5.7.5 tenant.yaml:5");
  EXPECT_EQ(admit(tenant, known, "x@y.example", {"anna@ctbto.org"}), "ok");
  EXPECT_EQ(admit(tenant, "198.51.100.3", "x@y.example", {"anna@ctbto.org"}), "ok");

  tenant.recipient_check = RecipientCheck::after_acceptance;
  EXPECT_EQ(admit(tenant, known, "x@y.example", {"nobody@ctbto.org"}), "ok");
}

TEST(Admission, ReturnedSrsAddressIsKnown) {
  const Tenant tenant = test::tenant("exchange_on_premises");
  const std::string secret = srs_secret(tenant);
  const mail::Address good = srs_encode(at("x@y.example"), at("anna@ctbto.org"), "ctbto.org", {secret, 1795154400});
  EXPECT_EQ(admit(tenant, "203.0.113.9", "", {to_string(good)}), "ok");
  EXPECT_EQ(admit(tenant, "203.0.113.9", "", {"anna+SRS=aaaaa=aa=y.example=x@ctbto.org"}), "550 5.1.1 tenant.yaml:2")
      << "a forged one is no recipient";
}

TEST(Admission, Limits) {
  Tenant tenant = test::tenant();
  tenant.limits.recipients_per_domain = 2;
  EXPECT_EQ(admit(tenant, "203.0.113.9", "x@y.example", {"ben@ctbto.org", "anna@ctbto.org"}), "ok");
  EXPECT_EQ(admit(tenant, "203.0.113.9", "x@y.example", {"ops@ctbto.org", "ben@ctbto.org", "anna@ctbto.org"}),
            "452 4.5.3 tenant.yaml:1");
  Tenant google = test::tenant("google_workspace");
  google.domains.push_back({"other.example", DomainKind::internal_relay, line(3)});
  EXPECT_EQ(admit(google, "203.0.113.9", "x@y.example", {"ben@ctbto.org", "a@other.example"}),
            "451 4.3.0 tenant.yaml:1");
}

TEST(Admission, NewClientsAreThrottledByNumberAndTime) {
  using namespace std::chrono_literals;
  const NewClientThrottle by_number{3, 0s, {}};
  EXPECT_TRUE(is_throttled(by_number, {1s, 2}, 1h));
  EXPECT_FALSE(is_throttled(by_number, {1s, 3}, 2s));
  const NewClientThrottle by_time{0, 10min, {}};
  EXPECT_TRUE(is_throttled(by_time, {1min, 99}, 10min));
  EXPECT_FALSE(is_throttled(by_time, {1min, 99}, 11min));
}

// --- Expansion ---

std::string show(const Expansion& expansion) {
  std::string out;
  for (const ExpansionStep& step : expansion.steps) {
    out += fmt::format("{}{}>{} {}; ", step.is_merge ? "merged " : "", step.recipient, step.to, step.decided_by);
  }
  for (const Resolved& resolved : expansion.recipients) {
    const char* fate[] = {"mailbox", "outbound", "failed", "discarded"};
    out += fmt::format("[{} {}{}]", fate[static_cast<std::size_t>(resolved.fate)],
                       display(resolved.recipient.forward_path),
                       resolved.fate == Resolved::Fate::failed ? " " + to_string(*resolved.reply.status) : "");
  }
  return out;
}

std::string expanded(const Tenant& tenant, const std::vector<std::string>& to, std::string_view from = "x@y.example",
                     bool is_internal = false) {
  const Directory directory(tenant);
  const mail::Envelope made = envelope(from, to);
  return show(expand({tenant, directory, made, is_internal, std::nullopt, "eu.cloud.example", 1795154400}));
}

TEST(Expansion, AliasesGroupsContactsAndDuplicates) {
  Tenant tenant = test::tenant();
  tenant.groups = {
      {at("team@ctbto.org"),
       {},
       {{at("anna@ctbto.org"), line(41)}, {at("ben@ctbto.org"), line(42)}, {at("all@ctbto.org"), line(43)}},
       false,
       {},
       line(40)},
      {at("all@ctbto.org"),
       {},
       {{at("team@ctbto.org"), line(51)}, {at("x@ndc.example"), line(52)}},
       false,
       {},
       line(50)},
      {at("empty@ctbto.org"), {}, {}, false, {}, line(60)}};
  tenant.contacts = {{at("partner@ctbto.org"), at("p@ndc.example"), false, line(70)}};
  EXPECT_EQ(expanded(tenant, {"Anna@ctbto.org"}), "[mailbox Anna@ctbto.org]");
  EXPECT_EQ(expanded(tenant, {"anna@ctbto.org", "ANNA@ctbto.org"}), "[mailbox anna@ctbto.org]");
  EXPECT_EQ(expanded(tenant, {"a.meier@ctbto.org"}),
            "a.meier@ctbto.org>anna@ctbto.org tenant.yaml:11; [mailbox anna@ctbto.org]");
  EXPECT_EQ(expanded(tenant, {"anna@ctbto.org", "a.meier@ctbto.org"}),
            "merged a.meier@ctbto.org>anna@ctbto.org tenant.yaml:11; [mailbox anna@ctbto.org]");
  EXPECT_EQ(expanded(tenant, {"partner@ctbto.org"}),
            "partner@ctbto.org>p@ndc.example tenant.yaml:70; [outbound p@ndc.example]");
  EXPECT_EQ(expanded(tenant, {"team@ctbto.org"}),
            "team@ctbto.org>anna@ctbto.org tenant.yaml:41; team@ctbto.org>ben@ctbto.org tenant.yaml:42; "
            "team@ctbto.org>all@ctbto.org tenant.yaml:43; all@ctbto.org>x@ndc.example tenant.yaml:52; "
            "[mailbox anna@ctbto.org][mailbox ben@ctbto.org][outbound x@ndc.example]")
      << "groups inside each other end";
  EXPECT_EQ(expanded(tenant, {"empty@ctbto.org"}), "[discarded empty@ctbto.org]");
  EXPECT_EQ(expanded(tenant, {"nobody@ctbto.org"}), "[failed nobody@ctbto.org 5.1.10]");
  EXPECT_EQ(expanded(tenant, {"a@other.example"}), "[outbound a@other.example]");
}

TEST(Expansion, GroupWhoseMembersHaveTheMessageAlreadyIsMerged) {
  Tenant tenant = test::tenant();
  tenant.groups = {{at("team@ctbto.org"), {}, {{at("anna@ctbto.org"), line(41)}}, false, {}, line(40)}};
  EXPECT_EQ(expanded(tenant, {"anna@ctbto.org", "team@ctbto.org"}),
            "merged team@ctbto.org>anna@ctbto.org tenant.yaml:41; [mailbox anna@ctbto.org]");
}

TEST(Expansion, RestrictionsForOutsiders) {
  Tenant tenant = test::tenant();
  tenant.groups = {
      {at("staff@ctbto.org"), {}, {{at("anna@ctbto.org"), line(41)}}, true, {}, line(40)},
      {at("board@ctbto.org"), {}, {{at("ben@ctbto.org"), line(44)}}, false, {at("anna@ctbto.org")}, line(43)}};
  tenant.contacts = {{at("partner@ctbto.org"), at("p@ndc.example"), true, line(70)}};
  tenant.mailboxes[1].internal_only = true;
  EXPECT_EQ(expanded(tenant, {"staff@ctbto.org"}), "[failed staff@ctbto.org 5.7.133]");
  EXPECT_EQ(expanded(tenant, {"partner@ctbto.org"}), "[failed partner@ctbto.org 5.7.136]");
  EXPECT_EQ(expanded(tenant, {"ben@ctbto.org"}), "[failed ben@ctbto.org 5.7.134]");
  EXPECT_EQ(expanded(tenant, {"board@ctbto.org"}, "ben@ctbto.org", true), "[failed board@ctbto.org 5.7.124]");
  EXPECT_EQ(expanded(tenant, {"board@ctbto.org"}, "Anna@ctbto.org", true),
            "board@ctbto.org>ben@ctbto.org tenant.yaml:44; [mailbox ben@ctbto.org]");
  EXPECT_EQ(expanded(tenant, {"staff@ctbto.org"}, "ben@ctbto.org", true),
            "staff@ctbto.org>anna@ctbto.org tenant.yaml:41; [mailbox anna@ctbto.org]");
}

TEST(Expansion, ForwardWithoutCopyFollowsPolicy) {
  Tenant tenant = test::tenant();
  tenant.mailboxes[0].forward = test::forward("duty@ctbto.int", false);
  EXPECT_EQ(expanded(tenant, {"anna@ctbto.org"}), "[failed anna@ctbto.org 5.7.520]");
  tenant.external_forwarding.domains = {"ctbto.int"};
  EXPECT_EQ(expanded(tenant, {"anna@ctbto.org"}),
            "anna@ctbto.org>duty@ctbto.int tenant.yaml:15; [outbound duty@ctbto.int]");
  tenant.mailboxes[0].forward = test::forward("ben@ctbto.org", false);
  EXPECT_EQ(expanded(tenant, {"anna@ctbto.org"}),
            "anna@ctbto.org>ben@ctbto.org tenant.yaml:15; [mailbox ben@ctbto.org]");
}

TEST(Expansion, ForwardsThatGoRoundFailAndNothingIsSwallowed) {
  Tenant tenant = test::tenant();
  tenant.mailboxes[0].forward = test::forward("ben@ctbto.org", false);
  tenant.mailboxes[1].forward = test::forward("anna@ctbto.org", false);
  EXPECT_EQ(expanded(tenant, {"anna@ctbto.org"}),
            "anna@ctbto.org>ben@ctbto.org tenant.yaml:15; [failed ben@ctbto.org 5.4.14]");
  EXPECT_EQ(expanded(tenant, {"anna@ctbto.org", "ben@ctbto.org"}),
            "merged anna@ctbto.org>ben@ctbto.org tenant.yaml:15; [failed ben@ctbto.org 5.4.14]");
}

TEST(Expansion, SrsAddressGoesBackToTheOriginalReversePath) {
  const Tenant tenant = test::tenant();
  const std::string secret = srs_secret(tenant);
  const mail::Address srs = srs_encode(at("bob@far.example"), at("anna@ctbto.org"), "ctbto.org", {secret, 1795154400});
  EXPECT_EQ(expanded(tenant, {to_string(srs)}, ""),
            to_string(srs) + ">bob@far.example default srs; [outbound bob@far.example]");
}

}  // namespace
}  // namespace watershed::cloud
