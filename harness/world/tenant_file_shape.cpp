// What may be written in a tenant file. See tenant_file.hpp.
#include "fakes/cloud/profile.hpp"
#include "harness/world/tenant_file.hpp"

namespace watershed::harness {

namespace {

yaml::Shape domain() {
  return yaml::text_matching("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", "a domain name", "ctbto.org");
}

yaml::Shape domain_pattern() {
  return yaml::text_matching("\\*|(\\*\\.)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?",
                             "a domain name, '*.' and a domain name, or '*'", "ctbto.int");
}

yaml::Shape networks(std::string example) {
  return yaml::list_of(yaml::text().about("An address or a network.")).example("[" + std::move(example) + "]");
}

yaml::Shape inbound_connector() {
  return yaml::map(
             {
                 yaml::required("name", yaml::text(), "Name of the connector.", "from-filter"),
                 yaml::optional("clients", networks("192.0.2.25"), "Addresses of its clients.", "[192.0.2.25]"),
                 yaml::optional("client_names", yaml::list_of(domain_pattern()),
                                "Names of its clients in EHLO, which stand for those in their certificates.",
                                "[mx.ctbto.int]"),
                 yaml::defaulted("internal", yaml::boolean(), "false",
                                 "Mail that comes through it counts as sent from inside."),
                 yaml::defaulted("relay", yaml::boolean(), "false", "May send to domains that are not accepted here."),
             })
      .at_least_one_of({"clients", "client_names"});
}

yaml::Shape outbound_connector() {
  return yaml::map({
      yaml::required("name", yaml::text(), "Name of the connector.", "to-linux"),
      yaml::required("domains", yaml::one_or_many(domain_pattern()), "Domains of the recipients it takes.",
                     "[ctbto.int]"),
      yaml::optional("smart_hosts", yaml::one_or_many(yaml::text()),
                     "Hosts in the order to be tried; absent: the domain's MX.", "[mx.ctbto.int]"),
      yaml::defaulted("on_premises", yaml::boolean(), "false",
                      "The other side is the same organisation: no sender rewriting."),
  });
}

yaml::Shape inbox_rule() {
  const yaml::Shape header = yaml::map({
      yaml::required("name", yaml::text(), "Field name.", "Subject"),
      yaml::required("contains", yaml::text(), "Part of its value, without regard to case.", "alarm"),
  });
  const yaml::Shape when =
      yaml::map({
                    yaml::optional("header", header, "A header field."),
                    yaml::optional("from_contains", yaml::text(), "Part of the From field.", "\"@station.example\""),
                })
          .at_least_one_of({"header", "from_contains"});
  return yaml::map({
                       yaml::required("name", yaml::text(), "Name of the rule.", "alarms"),
                       yaml::optional("when", when, "All must hold; absent: every message."),
                       yaml::optional("move_to", yaml::text(), "A folder of the mailbox.", "Alarms"),
                       yaml::optional("forward_to", yaml::one_or_many(yaml::address()),
                                      "Sent as a new message by the owner.", "duty@ctbto.int"),
                       yaml::optional("redirect_to", yaml::one_or_many(yaml::address()), "Sent on as it is.",
                                      "duty@ctbto.int"),
                       yaml::optional("delete", yaml::boolean(), "No copy stays.", "true"),
                       yaml::defaulted("stop", yaml::boolean(), "false", "No further rules are tried."),
                   })
      .at_least_one_of({"move_to", "forward_to", "redirect_to", "delete"});
}

yaml::Shape mailbox() {
  const yaml::Shape forward = yaml::map({
      yaml::required("to", yaml::address(), "Where mail goes.", "duty@ctbto.int"),
      yaml::defaulted("keep_copy", yaml::boolean(), "true", "The mailbox keeps a copy."),
      yaml::defaulted("kind", yaml::enumeration({"mailbox", "inbox_rule"}), "mailbox",
                      "A property of the mailbox, or a rule that its owner made."),
  });
  const yaml::Shape out_of_office = yaml::map({
      yaml::required("internal", yaml::text(), "Answer to people inside.", "Back on Monday."),
      yaml::optional("external", yaml::text(), "Answer to outsiders; absent: none.", "Back on Monday."),
      yaml::defaulted("active", yaml::boolean(), "true", "Whether it answers."),
  });
  return yaml::map({
      yaml::optional("display_name", yaml::text(), "Name in From.", "Anna Meier"),
      yaml::optional("aliases", yaml::list_of(yaml::address()), "Other addresses.", "[a.meier@ctbto.org]"),
      yaml::optional("folders", yaml::list_of(yaml::text()), "Folders beside Inbox and the junk folder.", "[Alarms]"),
      yaml::optional("forward", forward, "All mail is forwarded."),
      yaml::optional("rules", yaml::list_of(inbox_rule()), "Inbox rules in their order."),
      yaml::optional("out_of_office", out_of_office, "Automatic reply, once to each correspondent."),
      yaml::defaulted("internal_only", yaml::boolean(), "false", "Refuses mail from outside."),
      yaml::optional("send_as", yaml::list_of(yaml::address()), "A shared mailbox: whose owners may send in its name.",
                     "[anna.meier@ctbto.org]"),
  });
}

yaml::Shape group() {
  return yaml::map({
      yaml::required("members", yaml::list_of(yaml::address()), "Mailboxes, groups, contacts or outside addresses.",
                     "[anna.meier@ctbto.org]"),
      yaml::optional("aliases", yaml::list_of(yaml::address()), "Other addresses.", "[staff@ctbto.org]"),
      yaml::defaulted("internal_only", yaml::boolean(), "false", "Refuses mail from outside."),
      yaml::optional("allowed_from", yaml::list_of(yaml::address()), "Only these reverse-paths may send to it.",
                     "[anna.meier@ctbto.org]"),
  });
}

yaml::Shape contact() {
  return yaml::map({
      yaml::required("to", yaml::address(), "The person's address elsewhere.", "partner@ndc.example"),
      yaml::defaulted("internal_only", yaml::boolean(), "false", "Refuses mail from outside."),
  });
}

std::vector<yaml::Key> switches() {
  const yaml::Shape throttle =
      yaml::map({
                    yaml::optional("transactions", yaml::integer(1, 1'000'000), "Its first transactions.", "10"),
                    yaml::optional("for", yaml::duration(), "Since it was first seen.", "30m"),
                })
          .at_least_one_of({"transactions", "for"});
  const yaml::Shape forwarding =
      yaml::map({
                    yaml::optional("allowed", yaml::boolean(), "To any domain.", "true"),
                    yaml::optional("domains", yaml::list_of(domain_pattern()), "To these domains.", "[ctbto.int]"),
                })
          .exactly_one_of({"allowed", "domains"});
  const yaml::Shape mutations = yaml::map({
      yaml::optional("external_tag", yaml::text(), "Put before the subject.", "\"[EXTERNAL] \""),
      yaml::optional("banner", yaml::text(), "First line of plain text.", "This mail comes from outside."),
      yaml::optional("strip_trailing_blanks", yaml::boolean(), "Blanks at line ends go.", "true"),
  });
  return {
      yaml::optional("restrict_to_connectors", yaml::boolean(), "Clients without an inbound connector are refused.",
                     "true"),
      yaml::optional("reject_direct_send", yaml::boolean(),
                     "Outsiders with a reverse-path in an accepted domain are refused.", "true"),
      yaml::optional("external_forwarding", forwarding, "Automatic forwards to domains that are not accepted here."),
      yaml::optional("sender_rewriting", yaml::boolean(), "SRS for what is forwarded outside.", "true"),
      yaml::optional("duplicate_window", yaml::duration(),
                     "A message with the same Message-ID and Date is dropped for so long; 0s: never.", "7d"),
      yaml::optional("new_client_throttle", throttle, "Clients not known yet are put off."),
      yaml::optional("mutations", mutations, "Changes to mail from outside."),
      yaml::optional("stamps", yaml::boolean(), "The provider's own header fields.", "true"),
      yaml::optional("plus_addressing", yaml::boolean(), "user+detail is user.", "true"),
      yaml::optional("recipient_check", yaml::enumeration({"at_rcpt", "after_acceptance"}),
                     "When an unknown recipient is noticed.", "at_rcpt"),
      yaml::optional("bare_newlines", yaml::enumeration({"keep", "reject", "normalize"}), "Bare LF in content.",
                     "reject"),
  };
}

}  // namespace

yaml::Shape tenant_file_shape() {
  std::vector<std::string> profiles;
  for (const cloud::Profile& profile : cloud::profiles()) profiles.emplace_back(profile.name);
  const yaml::Shape limits = yaml::map({
      yaml::optional("message_size", yaml::size(1), "Of a whole message.", "150MB"),
      yaml::optional("hops", yaml::integer(1, 1000), "Received fields.", "30"),
      yaml::optional("recipients_per_domain", yaml::integer(0, 100'000), "In one transaction; 0: no limit.", "200"),
  });
  const yaml::Shape queue = yaml::map({
      yaml::optional("retry_first", yaml::duration(std::chrono::seconds(1)), "The first wait; it doubles.", "15m"),
      yaml::optional("retry_max", yaml::duration(std::chrono::seconds(1)), "The longest wait.", "60m"),
      yaml::optional("expires_after", yaml::duration(std::chrono::seconds(1)), "Then the message has failed.", "24h"),
      yaml::optional("delay_notice_after", yaml::duration(), "Then the reverse-path is told; 0s: never.", "4h"),
  });
  std::vector<yaml::Key> keys = {
      yaml::required("version", yaml::integer(1, 1), "Version of this format.", "1"),
      yaml::required("profile", yaml::enumeration(profiles), "Which provider this is.", "exchange_online"),
      yaml::required("domains", yaml::map_of(domain(), yaml::enumeration({"authoritative", "internal_relay"})).sized(1),
                     "Accepted domains.", "{ ctbto.org: authoritative }"),
      yaml::optional("default_domain", domain(), "Domain of notices; absent: the first accepted one.", "ctbto.org"),
      yaml::optional("internal_networks", networks("192.0.2.0/24"), "Clients that count as inside and may relay."),
      yaml::optional("inbound_connectors", yaml::list_of(inbound_connector()), "Clients that are known."),
      yaml::optional("outbound_connectors", yaml::list_of(outbound_connector()), "The first that matches decides."),
      yaml::optional("mailboxes", yaml::map_of(yaml::address(), mailbox()), "Mailboxes by primary address."),
      yaml::optional("groups", yaml::map_of(yaml::address(), group()), "Distribution groups."),
      yaml::optional("contacts", yaml::map_of(yaml::address(), contact()), "Names for people elsewhere."),
      yaml::optional("limits", limits, "Limits of the session."),
      yaml::optional("queue", queue, "Times of the outbound queue."),
  };
  for (yaml::Key& key : switches()) keys.push_back(std::move(key));
  return yaml::map(std::move(keys));
}

}  // namespace watershed::harness
