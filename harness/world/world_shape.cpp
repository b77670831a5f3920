// The table of a world file: keys, values, descriptions and examples. See world_spec.hpp.
#include "harness/world/world_spec.hpp"

namespace watershed::harness {

namespace {

yaml::Shape name_shape(std::string what, std::string example) {
  return yaml::text_matching("[A-Za-z0-9_][A-Za-z0-9_.-]*", std::move(what), std::move(example));
}

yaml::Shape mta_shape() {
  return yaml::map({
      yaml::optional("sends_for", yaml::one_or_many(name_shape("a domain", "station.example")),
                     "Domains whose mail starts at this host; default: the host's own name.", "[station.example]"),
      yaml::optional("smart_host", name_shape("a host name", "mx.ctbto.int"),
                     "Host that takes all its mail; default: by MX.", "mx.ctbto.int"),
      yaml::optional("mailboxes", yaml::list_of(yaml::address()),
                     "The only addresses it has; default: it takes every address.", "[op@station.example]"),
  });
}

yaml::Shape rule_processor_shape(const char* example) {
  return yaml::map({
      yaml::required("rules", yaml::text(), "Folder of its rule files; the host's programs see it as /usr/local/etc.",
                     example),
      yaml::required("mailboxes", yaml::text(), "A mailboxes file; a mailbox lies in /var/mail/LOCALPART.",
                     "mailboxes/all.yaml"),
  });
}

yaml::Shape host_shape() {
  const yaml::Shape path = yaml::text();
  return yaml::map(
             {
                 yaml::required("zone", name_shape("a zone name", "verification"), "Zone the host stands in.",
                                "verification"),
                 yaml::optional("address", yaml::ip_address(), "Its address.", "192.0.2.25"),
                 yaml::optional("addresses", yaml::list_of(yaml::ip_address()).sized(1),
                                "Its addresses, where it has several.", "[192.0.2.25, \"2001:db8::25\"]"),
                 yaml::optional("router", path, "A Postfix folder: the host is an MTA that routes by it.",
                                "postfix/int-mx"),
                 yaml::optional("procmail", rule_processor_shape("procmail"),
                                "Procmail as what a router's pipe transports run.",
                                "{ rules: procmail, mailboxes: mailboxes/all.yaml }"),
                 yaml::optional("maildrop", rule_processor_shape("maildrop"),
                                "Maildrop as what a router's pipe transports run: in the live lane only.",
                                "{ rules: maildrop, mailboxes: mailboxes/all.yaml }"),
                 yaml::optional("mailstore", path, "A mailboxes file: the host stores mail that comes by LMTP.",
                                "mailboxes/int.yaml"),
                 yaml::optional("filter", path,
                                "Folder of Sieve scripts of a mail store, for `include :personal`, too.", "sieve"),
                 yaml::optional("submission", name_shape("a host name", "mx.ctbto.int"),
                                "Host through which a mail store's redirects and auto-replies leave.", "mx.ctbto.int"),
                 yaml::optional("cloud", path, "A tenant file: the host is a provider.", "cloud/tenant.yaml"),
                 yaml::optional("mta", mta_shape(), "A fake MTA outside the systems under test.", "{}"),
                 yaml::optional("spam_filter", path, "Rules of the spam filter on this host.", "spam/int.yaml"),
                 yaml::optional("milter", name_shape("a host name", "filter.ctbto.int"),
                                "Another host's spam filter, asked by this router.", "filter.ctbto.int"),
             })
      .exactly_one_of({"address", "addresses"})
      .at_most_one_of({"router", "mailstore", "cloud", "mta"})
      .at_least_one_of({"router", "mailstore", "cloud", "mta", "spam_filter"})
      .at_most_one_of({"spam_filter", "milter"})
      .at_most_one_of({"procmail", "maildrop"});
}

yaml::Shape links_shape() {
  const yaml::Shape between = yaml::map({
      yaml::required("from", yaml::text(), "A zone or a host.", "internet"),
      yaml::required("to", yaml::text(), "A zone or a host.", "personal"),
      yaml::required("latency", yaml::duration(), "One way, both directions alike.", "15ms"),
  });
  return yaml::map({
      yaml::defaulted("latency", yaml::duration(), "1ms", "One way between any two hosts."),
      yaml::optional("between", yaml::list_of(between), "Exceptions, the last that fits counts."),
  });
}

}  // namespace

yaml::Shape world_shape() {
  const yaml::Shape zone = yaml::map({
                                         yaml::optional("carries", yaml::list_of(name_shape("a class", "verification")),
                                                        "Message classes that its hosts may handle.", "[verification]"),
                                         yaml::optional("external", yaml::boolean(),
                                                        "Outside the organisation: may carry anything.", "true"),
                                     })
                               .exactly_one_of({"carries", "external"});
  const yaml::Shape view = yaml::map({
      yaml::required("seen_by", yaml::one_or_many(yaml::text()), "Zones and hosts that see it.", "[verification]"),
      yaml::required("zones", yaml::one_or_many(yaml::text()),
                     "Master files, in place of the world's zones with the same apex.", "[dns/inside.zone]"),
  });
  const yaml::Shape dns = yaml::map({
      yaml::required("zones", yaml::one_or_many(yaml::text()), "RFC 1035 master files.", "[dns/phase2.zone]"),
      yaml::defaulted("address", yaml::ip_address(), "192.0.2.53", "Address of the DNS stub."),
      yaml::optional(
          "views", yaml::map_of(name_shape("a view's name", "inside"), view).sized(1),
          "What some hosts see instead: split horizon, a stale secondary. The first that names a host counts."),
  });
  const yaml::Shape waiver = yaml::map({
      yaml::required("at", yaml::text(), "The line that is not understood.", "postfix/int-mx/main.cf:12"),
      yaml::required("because", yaml::text(), "Why that does not matter here.", "\"only writes a log\""),
  });
  return yaml::map({
      yaml::required("version", yaml::integer(1, 1), "Version of this format.", "1"),
      yaml::required("world", name_shape("a world name", "phase2"), "Its name; the folder has the same.", "phase2"),
      yaml::optional("description", yaml::text(), "What this world stands for.",
                     "\"Both domains in the data centre.\""),
      yaml::required("zones", yaml::map_of(name_shape("a zone name", "verification"), zone).sized(1),
                     "Parts that are to be kept apart."),
      yaml::optional("bridges", yaml::list_of(name_shape("a class", "liaison")),
                     "Classes that cross between zones on purpose; they do not make a host shared.", "[liaison]"),
      yaml::required("dns", yaml::either({yaml::text(), dns}), "Zone files, alone or with the stub's address.",
                     "dns/phase2.zone"),
      yaml::required("hosts", yaml::map_of(name_shape("a host name", "mx.ctbto.int"), host_shape()).sized(1),
                     "Hosts by their names."),
      yaml::optional("links", links_shape(), "How far apart hosts are."),
      yaml::optional("waive", yaml::list_of(waiver), "Configuration lines that need not be understood."),
  });
}

}  // namespace watershed::harness
