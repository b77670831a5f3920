// See settings.hpp.
#include "components/router/engine/settings.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace watershed::router {

namespace {

using postfix::Parameters;
using postfix::PostfixConfig;
using postfix::Service;

std::size_t size_of(std::int64_t number) { return number > 0 ? static_cast<std::size_t>(number) : 0; }

std::size_t size_of(const std::string& text) {
  std::size_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool has_word(const std::string& list, std::string_view word) {
  const auto words = split(list, ", \t");
  return std::find(words.begin(), words.end(), word) != words.end();
}

struct Families {
  bool ipv4 = true;
  bool ipv6 = true;
};

// postconf(5) inet_protocols: all, ipv4, ipv6, or both by name.
Families families_of(const Parameters& parameters) {
  const std::string value = to_lower(parameters.text("inet_protocols"));
  const bool all = has_word(value, "all");
  return {all || has_word(value, "ipv4"), all || has_word(value, "ipv6")};
}

// postconf(5) inet_interfaces: the addresses on which services without an address of their own listen.
std::vector<ListenAddress> interfaces(const Parameters& parameters, const std::vector<IpAddress>& own) {
  const Families families = families_of(parameters);
  std::vector<ListenAddress> found;
  const auto add = [&](const IpAddress& address, bool loopback_only) {
    if (address.is_v6 ? families.ipv6 : families.ipv4) found.push_back({Endpoint{address, 0}, loopback_only});
  };
  for (const std::string& word : parameters.list("inet_interfaces")) {
    const auto address = parse_ip_address(word);
    const bool loopback = word == "loopback-only" || word == "localhost" || (address && is_loopback(*address));
    if (loopback && !own.empty()) add(own.front(), true);
    for (const IpAddress& mine : own) {
      const bool named = word == "all" || equal_ignoring_case(word, parameters.text("myhostname"));
      if (named || (address && *address == mine)) add(mine, false);
    }
  }
  return found;
}

// master(5): an inet service is named `host:port` or `port`, each by name or number.
std::vector<ListenAddress> addresses_of(const Service& service, const Parameters& parameters,
                                        const std::vector<IpAddress>& own) {
  std::string_view port_text = service.name;
  std::string_view host;
  const std::size_t colon = service.name.rfind(':');
  const bool has_host = colon != std::string::npos && service.name.find(']', colon) == std::string::npos;
  if (has_host) {
    host = std::string_view(service.name).substr(0, colon);
    port_text.remove_prefix(colon + 1);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  }
  const std::uint16_t port = port_of(port_text);
  std::vector<ListenAddress> found;
  if (port == 0) return found;
  if (host.empty()) {
    found = interfaces(parameters, own);
  } else if (const auto address = parse_ip_address(host); address && !is_loopback(*address)) {
    if (std::find(own.begin(), own.end(), *address) != own.end()) found.push_back({Endpoint{*address, 0}, false});
  } else if (!own.empty() && (address || host == "localhost")) {
    found.push_back({Endpoint{own.front(), 0}, true});
  }
  for (ListenAddress& each : found) each.at.port = port;
  return found;
}

mail::SessionProfile profile_of(const Parameters& parameters) {
  mail::SessionProfile profile;
  profile.hostname = parameters.text("myhostname");
  profile.greeting = parameters.text("smtpd_banner");
  profile.size_limit_octets = size_of(parameters.number("message_size_limit"));
  // postconf(5) smtpd_forbid_bare_newline: `no` takes a bare LF for a line end, `yes` and `normalize` repair the
  // content but end it at CRLF.CRLF only, `reject` refuses it.
  const std::string bare_newline = parameters.text("smtpd_forbid_bare_newline");
  profile.bare_newlines = bare_newline == "reject" ? mail::BareNewlinePolicy::reject
                          : bare_newline == "no"   ? mail::BareNewlinePolicy::normalize
                                                   : mail::BareNewlinePolicy::normalize_content;
  profile.smtputf8 = parameters.flag("smtputf8_enable");
  profile.recipients_max =
      size_of(parameters.number("smtpd_recipient_limit") + parameters.number("smtpd_recipient_overshoot_limit"));
  profile.errors_max = size_of(parameters.number("smtpd_hard_error_limit"));
  const std::string tls = parameters.text("smtpd_tls_security_level");
  profile.starttls = tls == "may" || tls == "encrypt";
  const std::string discarded = to_lower(parameters.text("smtpd_discard_ehlo_keywords"));
  if (has_word(discarded, "pipelining")) profile.pipelining = false;
  if (has_word(discarded, "8bitmime")) profile.eight_bit_mime = false;
  if (has_word(discarded, "chunking")) profile.chunking = false;
  if (has_word(discarded, "dsn")) profile.dsn = false;
  if (has_word(discarded, "enhancedstatuscodes")) profile.enhanced_status_codes = false;
  if (has_word(discarded, "smtputf8")) profile.smtputf8 = false;
  if (has_word(discarded, "starttls")) profile.starttls = false;
  return profile;
}

ServiceSettings service_settings(const PostfixConfig& config, const Service& service,
                                 const std::vector<IpAddress>& own) {
  const Parameters parameters = config.parameters_of(&service);
  ServiceSettings settings;
  settings.name = service.name;
  settings.listen_on = addresses_of(service, parameters, own);
  settings.profile = profile_of(parameters);
  settings.bare_newline_exclusions = std::make_shared<const postfix::MatchList>(
      config, parameters, "smtpd_forbid_bare_newline_exclusions", postfix::MatchFlavor::network, false);
  settings.timeout = parameters.duration("smtpd_timeout");
  // postconf(5) receive_override_options = no_milters.
  settings.has_milters =
      !parameters.list("smtpd_milters").empty() && !has_word(parameters.text("receive_override_options"), "no_milters");
  settings.milter_default_action = parameters.text("milter_default_action");
  settings.soft_bounce = parameters.flag("soft_bounce");
  settings.peername_lookup = parameters.flag("smtpd_peername_lookup");
  return settings;
}

ClientSettings client_settings(const Parameters& parameters, bool lmtp) {
  const std::string prefix = lmtp ? "lmtp_" : "smtp_";
  const auto text = [&](std::string_view name) { return parameters.text(prefix + std::string(name)); };
  const auto flag = [&](std::string_view name) { return parameters.flag(prefix + std::string(name)); };
  const auto number = [&](std::string_view name) { return parameters.number(prefix + std::string(name)); };
  const auto duration = [&](std::string_view name) { return parameters.duration(prefix + std::string(name)); };
  ClientSettings client;
  client.lmtp = lmtp;
  client.helo_name = text(lmtp ? "lhlo_name" : "helo_name");
  client.port = port_of(text("tcp_port"));
  client.lookup_mx = !lmtp && !parameters.flag("disable_dns_lookups") && text("dns_support_level") != "disabled";
  const Families families = families_of(parameters);
  client.use_ipv4 = families.ipv4;
  client.use_ipv6 = families.ipv6;
  const std::string preference = text("address_preference");
  if (preference == "ipv4") client.preference = AddressPreference::ipv4;
  if (preference == "ipv6") client.preference = AddressPreference::ipv6;
  client.randomize_addresses = flag("randomize_addresses");
  client.skip_5xx_greeting = flag("skip_5xx_greeting");
  client.defer_if_no_mx_address_found = flag("defer_if_no_mx_address_found");
  client.mx_address_limit = size_of(number("mx_address_limit"));
  client.mx_session_limit = size_of(number("mx_session_limit"));
  client.fallback_relay = text("fallback_relay");
  client.line_length_max_octets = size_of(number("line_length_limit"));
  client.cache_on_demand = flag("connection_cache_on_demand");
  client.cache_time_limit = duration("connection_cache_time_limit");
  client.reuse_time_limit = duration("connection_reuse_time_limit");
  client.connect_timeout = duration("connect_timeout");
  // postconf(5) lmtp_connect_timeout = 0 leaves it to the kernel, which gives up after about two minutes.
  if (client.connect_timeout == stage::Duration::zero()) client.connect_timeout = std::chrono::seconds(127);
  client.reply_timeout = duration("mail_timeout");
  client.content_timeout = duration("data_done_timeout");
  return client;
}

}  // namespace

bool is_loopback(const IpAddress& address) {
  if (!address.is_v6) return address.bytes[0] == 127;
  IpAddress loopback;
  loopback.is_v6 = true;
  loopback.bytes[15] = 1;
  return address == loopback;
}

std::uint16_t port_of(std::string_view service) {
  struct NamedPort {
    std::string_view name;
    std::uint16_t port;
  };
  constexpr std::array<NamedPort, 7> names = {{{"smtp", 25},
                                               {"mail", 25},
                                               {"submission", 587},
                                               {"submissions", 465},
                                               {"smtps", 465},
                                               {"lmtp", 24},
                                               {"qmtp", 209}}};
  for (const NamedPort& named : names) {
    if (named.name == service) return named.port;
  }
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(service.data(), service.data() + service.size(), port);
  return error == std::errc{} && end == service.data() + service.size() ? port : std::uint16_t{0};
}

EngineSettings::EngineSettings(const PostfixConfig& config, const std::vector<IpAddress>& addresses) {
  const Parameters& parameters = config.parameters();
  myhostname = parameters.text("myhostname");
  myorigin = parameters.text("myorigin");
  mail_name = parameters.text("mail_name");
  retry.minimal_backoff = parameters.duration("minimal_backoff_time");
  retry.maximal_backoff = parameters.duration("maximal_backoff_time");
  retry.queue_run_delay = std::max<stage::Duration>(parameters.duration("queue_run_delay"), std::chrono::seconds(1));
  retry.maximal_queue_lifetime = parameters.duration("maximal_queue_lifetime");
  retry.bounce_queue_lifetime = parameters.duration("bounce_queue_lifetime");
  retry.delay_warning_time = parameters.duration("delay_warning_time");
  replace_stray_returns = parameters.flag("cleanup_replace_stray_cr_lf");
  hopcount_limit = size_of(parameters.number("hopcount_limit"));
  active_limit = std::max<std::size_t>(size_of(parameters.number("qmgr_message_active_limit")), 1);
  bounce_size_limit_octets = size_of(parameters.number("bounce_size_limit"));
  double_bounce_address = parameters.text("double_bounce_sender") + "@" + myorigin;
  if (has_word(parameters.text("notify_classes"), "2bounce")) {
    double_bounce_recipient = parameters.text("2bounce_notice_recipient");
    if (double_bounce_recipient.find('@') == std::string::npos) double_bounce_recipient += "@" + myorigin;
  }
  soft_bounce = parameters.flag("soft_bounce");
  always_add_missing_headers = parameters.flag("always_add_missing_headers");
  enable_original_recipient = parameters.flag("enable_original_recipient");
  dropped_headers = parameters.list("message_drop_headers");
  for (const Service* service : config.master().smtpd_services()) {
    services.push_back(service_settings(config, *service, addresses));
  }
}

const TransportSettings& EngineSettings::transport(const PostfixConfig& config, const std::string& name) const {
  const auto known = transports_.find(name);
  if (known != transports_.end()) return known->second;
  TransportSettings settings;
  settings.name = name;
  const Service* service = config.master().transport(name);
  const Parameters parameters = config.parameters_of(service);
  // qmgr(8) reads these, not the delivery agent: an -o of the transport's own does nothing to them.
  const Parameters queue = config.parameters_of(config.master().internal_service("qmgr"));
  const auto text = [&](std::string_view suffix) { return queue.transport_text(name, suffix); };
  settings.concurrency.initial = size_of(text("initial_destination_concurrency"));
  settings.concurrency.limit = size_of(text("destination_concurrency_limit"));
  settings.concurrency.positive = parse_feedback(text("destination_concurrency_positive_feedback"));
  settings.concurrency.negative = parse_feedback(text("destination_concurrency_negative_feedback"));
  settings.concurrency.failed_cohort_limit =
      static_cast<double>(size_of(text("destination_concurrency_failed_cohort_limit")));
  settings.recipient_limit = size_of(text("destination_recipient_limit"));
  const bool lmtp = service != nullptr && postfix::kind_of(*service) == postfix::TransportKind::lmtp;
  settings.client = client_settings(parameters, lmtp);
  return transports_.emplace(name, std::move(settings)).first->second;
}

}  // namespace watershed::router
