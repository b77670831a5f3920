// Tenant files: what is read from them, and what is said of wrong ones.
#include "harness/world/tenant_file.hpp"

#include "fakes/cloud/profile.hpp"
#include "harness/yaml/load.hpp"
#include "harness/yaml/shape_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace watershed::harness {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

Parsed<cloud::Tenant> read(std::string text) {
  const auto root =
      yaml::load_text("version: 1\nprofile: exchange_online\n" + std::move(text), "tenant.yaml", tenant_file_shape());
  if (!root) return root.error();
  return bind_tenant(*root);
}

std::string errors(std::string text) {
  const auto tenant = read(std::move(text));
  return tenant ? "" : render(tenant.error());
}

constexpr std::string_view whole = R"(domains: { ctbto.org: authoritative, shared.example: internal_relay }
default_domain: ctbto.org
internal_networks: [192.0.2.0/24]
inbound_connectors:
  - { name: filter, clients: [192.0.2.25], relay: true }
  - { name: by-name, client_names: [mx.ctbto.int], internal: true }
outbound_connectors:
  - { name: to-linux, domains: ctbto.int, smart_hosts: ["mx.ctbto.int:2525", 192.0.2.26], on_premises: true }
mailboxes:
  anna@ctbto.org:
    display_name: Anna Meier
    aliases: [a.meier@ctbto.org]
    folders: [Alarms]
    forward: { to: duty@ctbto.int, keep_copy: false }
    rules:
      - { name: alarms, when: { header: { name: Subject, contains: alarm } }, move_to: Alarms, stop: true }
    out_of_office: { internal: Away., external: Gone. }
  ops@ctbto.org: { send_as: [anna@ctbto.org] }
groups:
  team@ctbto.org: { members: [anna@ctbto.org, x@ndc.example, someone@shared.example], internal_only: true }
contacts:
  partner@ctbto.org: { to: p@ndc.example }
external_forwarding: { domains: [ctbto.int] }
restrict_to_connectors: true
duplicate_window: 0s
new_client_throttle: { transactions: 10, for: 30m }
mutations: { external_tag: "[EXTERNAL] " }
limits: { message_size: 10MB, hops: 12 }
queue: { expires_after: 48h }
)";

TEST(TenantFile, EverythingThatCanBeSaid) {
  const auto tenant = read(std::string(whole));
  ASSERT_TRUE(tenant) << render(tenant.error());
  EXPECT_EQ(tenant->profile, cloud::find_profile("exchange_online"));
  ASSERT_EQ(tenant->domains.size(), 2U);
  EXPECT_EQ(tenant->domains[1].kind, cloud::DomainKind::internal_relay);
  EXPECT_EQ(tenant->inbound_connectors[0].at, (SourcePosition{"tenant.yaml", 7, 5}));
  EXPECT_TRUE(tenant->inbound_connectors[0].may_relay);
  EXPECT_TRUE(tenant->inbound_connectors[0].clients[0].matches(*parse_ip_address("192.0.2.25")));
  EXPECT_TRUE(tenant->inbound_connectors[1].is_internal);
  ASSERT_EQ(tenant->outbound_connectors[0].smart_hosts.size(), 2U);
  EXPECT_EQ(tenant->outbound_connectors[0].smart_hosts[0].port, 2525);
  EXPECT_TRUE(tenant->outbound_connectors[0].smart_hosts[1].address);
  ASSERT_EQ(tenant->mailboxes.size(), 2U);
  const cloud::Mailbox& anna = tenant->mailboxes[0];
  EXPECT_EQ(anna.display_name, "Anna Meier");
  EXPECT_EQ(to_file_line(anna.aliases[0].at), "tenant.yaml:14");
  EXPECT_FALSE(anna.forward->keep_copy);
  EXPECT_EQ(to_file_line(anna.forward->at), "tenant.yaml:16");
  EXPECT_EQ(anna.rules[0].header_contains, "alarm");
  EXPECT_TRUE(anna.rules[0].stop);
  EXPECT_TRUE(anna.out_of_office->is_active);
  EXPECT_EQ(tenant->groups[0].members.size(), 3U);
  EXPECT_TRUE(tenant->groups[0].internal_only);
  EXPECT_EQ(to_string(tenant->contacts[0].to), "p@ndc.example");
  EXPECT_FALSE(tenant->external_forwarding.is_allowed);
  EXPECT_TRUE(tenant->restrict_to_connectors);
  EXPECT_GT(tenant->restrict_to_connectors_at.line, 0);
  EXPECT_FALSE(tenant->duplicate_window);
  EXPECT_EQ(tenant->new_client_throttle->duration, 30min);
  EXPECT_EQ(tenant->mutations.external_tag, "[EXTERNAL] ");
  EXPECT_EQ(tenant->limits.message_size_octets, 10'000'000U);
  EXPECT_EQ(tenant->limits.hops, 12);
  EXPECT_EQ(tenant->limits.recipients_per_domain, 200U) << "the profile's";
  EXPECT_EQ(tenant->queue.expires_after, 48h);
  EXPECT_EQ(tenant->queue.retry_first, 15min) << "the profile's";
}

TEST(TenantFile, SilenceMeansTheProfilesDefaults) {
  const auto tenant = read("domains: { ctbto.org: authoritative }\n");
  ASSERT_TRUE(tenant) << render(tenant.error());
  EXPECT_EQ(tenant->default_domain, "ctbto.org");
  EXPECT_EQ(tenant->duplicate_window, 168h);
  EXPECT_TRUE(tenant->sender_rewriting);
  EXPECT_FALSE(tenant->external_forwarding.is_allowed);
}

TEST(TenantFile, WrongFilesAreToldWithTheirPlace) {
  struct Case {
    const char* text;
    const char* place;
    const char* says;
  };
  const Case cases[] = {
      {"{}\n", "tenant.yaml:", "domains"},
      {"mailboxes: { anna@other.example: {} }\n", "tenant.yaml:4:14", "not in an accepted domain"},
      {"mailboxes: { a@ctbto.org: { aliases: [A@ctbto.org] } }\n", "tenant.yaml:4:39", "is taken at tenant.yaml:4"},
      {"contacts: { a@ctbto.org: { to: b@x.example } }\nmailboxes: { a@ctbto.org: {} }\n", "tenant.yaml:4:13",
       "is taken"},
      {"mailboxes: { a@ctbto.org: { rules: [ { name: r, move_to: Alarm } ], folders: [Alarms] } }\n",
       "tenant.yaml:4:58", "unknown folder 'Alarm'"},
      {"mailboxes: { a@ctbto.org: {} }\ngroups: { g@ctbto.org: { members: [aa@ctbto.org] } }\n", "tenant.yaml:5:36",
       "unknown member"},
      {"internal_networks: [192.0.2.0/33]\n", "tenant.yaml:4:21", "is no network"},
      {"outbound_connectors: [ { name: n, domains: '*', smart_hosts: 'mx:0' } ]\n", "tenant.yaml:4:62",
       "is no smart host"},
      {"queue: { retry_first: 2h }\n", "tenant.yaml:4:8", "retry_first is longer"},
      {"default_domain: other.example\n", "tenant.yaml:4:17", "not in an accepted domain"},
      {"restrict_to_conectors: true\n", "tenant.yaml:4:1", "restrict_to_connectors"},
  };
  for (const Case& wrong : cases) {
    const bool alone = std::string_view(wrong.text) == "{}\n";
    const std::string text = alone ? "" : std::string("domains: { ctbto.org: authoritative }\n") + wrong.text;
    const std::string told = errors(text);
    EXPECT_THAT(told, HasSubstr(wrong.place)) << wrong.text;
    EXPECT_THAT(told, HasSubstr(wrong.says)) << wrong.text;
  }
}

TEST(TenantFile, AllErrorsComeTogether) {
  const std::string told = errors(
      "domains: { ctbto.org: authoritative }\n"
      "mailboxes: { a@x.example: {}, b@ctbto.org: {}, c@ctbto.org: { aliases: [b@ctbto.org] } }\n"
      "internal_networks: [nonsense]\n");
  EXPECT_THAT(told, HasSubstr("a@x.example"));
  EXPECT_THAT(told, HasSubstr("is taken"));
  EXPECT_THAT(told, HasSubstr("nonsense"));
}

TEST(TenantFile, ShapeIsSound) { EXPECT_THAT(yaml::shape_problems(tenant_file_shape()), IsEmpty()); }

}  // namespace
}  // namespace watershed::harness
