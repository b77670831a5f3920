// One resolution, step by step, in the order of trivial-rewrite(8): strip local domains and routing operators, find the
// address class, take the class's transport, let transport_maps override it, let relocated_maps bounce it.
#include "components/router/route/resolving.hpp"

#include "base/text.hpp"
#include "components/router/postfix/pipe_service.hpp"

namespace watershed::router {

using postfix::MatchList;
using postfix::MatchResult;

namespace {

/// One resolution in progress.
class Resolving {
 public:
  using Lists = Resolver::Lists;
  Resolving(const Lists& lists, std::string_view reverse_path) : lists_(lists), reverse_path_(reverse_path) {}

  Resolution run(std::string_view recipient) {
    strip_local_domains(recipient);
    if (failed_) return std::move(out_);
    check_address();
    if (out_.status == Resolution::Status::unresolvable) return std::move(out_);
    is_local_ ? choose_local() : choose_by_class();
    if (failed_) return std::move(out_);
    split_transport_setting();
    if (out_.address_class != AddressClass::virtual_alias) apply_transport_maps();
    if (!failed_) apply_relocated_maps();
    if (!failed_) finish();
    return std::move(out_);
  }

 private:
  void defer(const postfix::LookupError& error, std::string_view rule) {
    failed_ = true;
    out_.status = Resolution::Status::deferred;
    out_.fault = "Temporary lookup failure";
    out_.decided_by = DecidedBy{error.at, std::string(rule)};
    if (error.not_understood) out_.not_understood.push_back({error.at, error.message});
  }

  /// Strips `@domain` while it is local, turning `user%site` and `site!user` into `user@site` on the way.
  void strip_local_domains(std::string_view recipient) {
    std::string address(recipient);
    std::string saved_domain;
    bool has_saved_domain = false;
    const std::size_t rounds_max = address.size() + 100;
    for (std::size_t round = 0; round <= rounds_max; ++round) {
      if (address.size() > 1 && address.ends_with('.') && address.find('@') != std::string::npos &&
          !address.ends_with("..")) {
        address.pop_back();
      }
      if (lists_.resolves_null_domain && address.ends_with('@')) address.pop_back();
      const std::size_t at = address.rfind('@');
      if (at != std::string::npos) {
        const std::string_view domain = std::string_view(address).substr(at + 1);
        const MatchResult match = lists_.rules.match_local(domain);
        if (match.failure) return defer(*match.failure, "mydestination");
        if (!match.matched) {
          nextrcpt_ = address;  // without local part it stays so: `""@domain`
          return;
        }
        out_.class_by = match.decided_by;
        saved_domain = domain;
        has_saved_domain = true;
        address.erase(at);
      }
      if (!open_routing_operators(address)) break;
    }
    is_local_ = true;
    if (address.empty()) address = lists_.empty_recipient;
    nextrcpt_ = address + "@" + (has_saved_domain ? saved_domain : lists_.myhostname);
    if (has_saved_domain) return;
    // No domain at all: this host's name is assumed, and need not be a local domain.
    const MatchResult match = lists_.rules.match_local(lists_.myhostname);
    if (match.failure) return defer(*match.failure, "mydestination");
    is_local_ = match.matched;
    out_.class_by = match.decided_by;
  }

  /// True when the remaining local part named another destination and was rewritten.
  bool open_routing_operators(std::string& local) {
    const bool is_quoted = needs_quotes(local);
    const auto last = [&](char c, bool enabled) { return enabled ? local.rfind(c) : std::string::npos; };
    if (!is_quoted) {
      if (last('!', lists_.rules.swaps_bangpath()) == std::string::npos &&
          last('%', lists_.rules.percent_hack()) == std::string::npos) {
        return false;
      }
      local = lists_.rules.complete(local);
      return true;
    }
    if (!lists_.cracks_quotes || local.empty()) return false;
    // Technically wrong, but needed to stop relaying through quoted local parts (resolve_dequoted_address).
    if (local.find('@') != std::string::npos) {
      local = lists_.rules.complete(local);
      return true;
    }
    if (const std::size_t percent = last('%', lists_.rules.percent_hack()); percent != std::string::npos) {
      local[percent] = '@';
      local = lists_.rules.complete(local);
      return true;
    }
    if (const std::size_t bang = local.find('!'); bang != std::string::npos && lists_.rules.swaps_bangpath()) {
      local = lists_.rules.complete(local.substr(bang + 1) + "@" + local.substr(0, bang));
      return true;
    }
    return false;
  }

  void check_address() {
    rcpt_domain_ = std::string(domain_of(nextrcpt_));
    if (lists_.resolves_numeric_domain && parse_ip_address(rcpt_domain_)) {
      rcpt_domain_ = "[" + rcpt_domain_ + "]";
      nextrcpt_ = std::string(local_part_of(nextrcpt_)) + "@" + rcpt_domain_;
    }
    const bool valid =
        rcpt_domain_.starts_with('[') ? is_valid_address_literal(rcpt_domain_) : is_valid_hostname(rcpt_domain_);
    if (!valid) {
      out_.status = Resolution::Status::unresolvable;
      out_.fault = "bad address syntax";
    }
    // A further operator in the local part is routing by the sender, whatever the next hop makes of it.
    const std::size_t first = nextrcpt_.find_first_of("@!%");
    out_.has_routing_characters = first != nextrcpt_.size() - rcpt_domain_.size() - 1;
    out_.recipient = address_from_internal(nextrcpt_);
  }

  void use(const TransportSetting& setting, std::string nexthop) {
    transport_ = setting.value;
    out_.nexthop = std::move(nexthop);
    out_.decided_by = transport_by_ = setting.decided_by;
  }

  void choose_local() {
    out_.address_class = AddressClass::local;
    use(lists_.local_transport, rcpt_domain_);
  }

  /// False when the list failed; `matched` says the rest.
  bool ask(const MatchList& list, std::string_view rule, bool& matched) {
    const MatchResult result = list.match(rcpt_domain_);
    if (result.failure) {
      defer(*result.failure, rule);
      return false;
    }
    matched = result.matched;
    if (matched) out_.class_by = result.decided_by;
    return true;
  }

  void choose_by_class() {
    bool matched = false;
    if (!ask(lists_.virtual_alias_domains, "virtual_alias_domains", matched)) return;
    if (matched) {
      out_.address_class = AddressClass::virtual_alias;
      use({"error", out_.class_by},
          lists_.shows_table_name ? "5.1.1 User unknown in virtual alias table" : "5.1.1 User unknown");
      return;
    }
    if (!ask(lists_.virtual_mailbox_domains, "virtual_mailbox_domains", matched)) return;
    if (matched) {
      out_.address_class = AddressClass::virtual_mailbox;
      return use(lists_.virtual_transport, rcpt_domain_);
    }
    if (!ask(lists_.relay_domains, "relay_domains", matched)) return;
    if (matched) {
      out_.address_class = AddressClass::relay;
      use(lists_.relay_transport, rcpt_domain_);
    } else {
      out_.address_class = AddressClass::other;
      out_.class_by = DecidedBy{{}, "default_transport"};
      use(lists_.default_transport, rcpt_domain_);
      if (!apply_sender_transport()) return;
    }
    apply_relayhost();
  }

  bool apply_sender_transport() {
    if (lists_.sender_transport_maps.empty()) return true;
    const AddressLookup found = lists_.rules.find(lists_.sender_transport_maps,
                                                  reverse_path_.empty() ? lists_.null_transport_key : reverse_path_);
    if (!found) {
      defer(found.error(), "sender_dependent_default_transport_maps");
      return false;
    }
    if (*found && !equal_ignoring_case((*found)->value, "DUNNO")) {
      transport_ = (*found)->value;
      out_.decided_by = transport_by_ = (*found)->decided_by;
    }
    return true;
  }

  /// postconf(5) relayhost: "The next-hop destination of non-local mail; overrides non-local domains in recipient
  /// addresses."
  void apply_relayhost() {
    if (!lists_.sender_relayhost_maps.empty()) {
      const AddressLookup found = lists_.rules.find(lists_.sender_relayhost_maps,
                                                    reverse_path_.empty() ? lists_.null_relayhost_key : reverse_path_);
      if (!found) return defer(found.error(), "sender_dependent_relayhost_maps");
      if (*found) {
        // postconf(5): DUNNO "terminates without overriding the global relayhost parameter setting".
        if (!equal_ignoring_case((*found)->value, "DUNNO")) {
          out_.nexthop = (*found)->value;
          out_.decided_by = (*found)->decided_by;
          return;
        }
      }
    }
    if (lists_.relayhost.empty()) return;
    out_.nexthop = lists_.relayhost;
    out_.decided_by = lists_.parameters.decided_by("relayhost");
  }

  /// `local_transport = lmtp:inet:host:24`: what follows the first colon is the next hop.
  void split_transport_setting() {
    const std::size_t colon = transport_.find(':');
    if (colon == std::string::npos) return;
    if (colon + 1 < transport_.size()) {
      out_.nexthop = transport_.substr(colon + 1);
      out_.decided_by = transport_by_;  // not the relayhost's line: that next hop is not used
    }
    transport_.erase(colon);
  }

  void apply_transport_maps() {
    const TransportLookup::Answer answer =
        lists_.transports.find(nextrcpt_, rcpt_domain_, lists_.rules.extension_rule());
    if (answer.failure) return defer(*answer.failure, "transport_maps");
    if (!answer.entry) return;
    const TransportEntry& entry = *answer.entry;
    if (entry.transport.empty()) {
      // transport(5): ":" changes nothing, ":nexthop" only the next hop.
      if (entry.nexthop.empty()) return;
      out_.nexthop = entry.nexthop;
    } else {
      transport_ = entry.transport;
      const bool is_text = transport_ == "error" || transport_ == "retry";
      out_.nexthop = !entry.nexthop.empty() ? entry.nexthop : is_text ? "Address is undeliverable" : rcpt_domain_;
    }
    out_.decided_by = entry.decided_by;
  }

  void apply_relocated_maps() {
    const AddressLookup found = lists_.rules.find(lists_.relocated_maps, nextrcpt_);
    if (!found) return defer(found.error(), "relocated_maps");
    if (!*found) return;
    transport_ = "error";
    out_.nexthop = "5.1.6 User has moved to " + (*found)->value;
    out_.decided_by = (*found)->decided_by;
  }

  void finish() {
    out_.transport = transport_;
    const postfix::Service* service = lists_.config->master().transport(transport_);
    out_.kind = service == nullptr ? TransportKind::unknown : postfix::kind_of(*service);
    // What a command does is for who delivers to it to say.
    if (out_.kind == TransportKind::unknown ||
        (out_.kind == TransportKind::pipe && !postfix::runs_procmail(*service))) {
      const std::string what =
          service == nullptr ? "is not in master.cf" : "runs " + service->command + ", which is not modelled";
      const SourcePosition at = service == nullptr || service->at.file.empty() ? out_.decided_by.at : service->at;
      out_.not_understood.push_back({at, "transport " + transport_ + " " + what});
    }
  }

  const Lists& lists_;
  std::string reverse_path_;
  Resolution out_;
  std::string nextrcpt_;
  std::string rcpt_domain_;
  std::string transport_;
  DecidedBy transport_by_;  // what chose transport_
  bool is_local_ = false;
  bool failed_ = false;
};

}  // namespace

Resolution resolve_recipient(const Resolver::Lists& lists, std::string_view reverse_path, std::string_view recipient) {
  return Resolving(lists, reverse_path).run(recipient);
}

}  // namespace watershed::router
