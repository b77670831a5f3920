// The numbers of main.cf that the engine needs, read once per configuration, so that nothing is parsed per message.
// postconf(5).
#pragma once

#include "components/router/engine/concurrency.hpp"
#include "components/router/postfix/config.hpp"
#include "components/router/postfix/match_list.hpp"
#include "mail/smtp_session.hpp"
#include "stage/time.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::router {

/// When mail is tried again and when it is given up. qmgr(8).
struct RetryPolicy {
  stage::Duration minimal_backoff{};
  stage::Duration maximal_backoff{};
  stage::Duration queue_run_delay{};
  stage::Duration maximal_queue_lifetime{};
  stage::Duration bounce_queue_lifetime{};
  stage::Duration delay_warning_time{};  ///< zero: no notices of delay
};

enum class AddressPreference { any, ipv4, ipv6 };

/// How smtp(8) or lmtp(8) talks.
struct ClientSettings {
  bool lmtp = false;
  std::string helo_name;
  std::uint16_t port = 25;
  bool lookup_mx = true;
  bool use_ipv4 = true;
  bool use_ipv6 = true;
  AddressPreference preference = AddressPreference::any;
  bool randomize_addresses = true;
  bool skip_5xx_greeting = true;
  bool defer_if_no_mx_address_found = false;
  std::size_t mx_address_limit = 5;  ///< 0: no limit
  std::size_t mx_session_limit = 2;  ///< 0: no limit
  std::string fallback_relay;
  std::size_t line_length_max_octets = 998;  ///< longer lines are broken; 0: never
  bool cache_on_demand = true;
  stage::Duration cache_time_limit{};
  stage::Duration reuse_time_limit{};
  stage::Duration connect_timeout{};
  stage::Duration reply_timeout{};
  stage::Duration content_timeout{};
};

/// How qmgr(8) schedules one transport.
struct TransportSettings {
  std::string name;
  ConcurrencyLimits concurrency;
  std::size_t recipient_limit = 50;  ///< 0: no limit; 1: each recipient is a destination of its own
  ClientSettings client;             ///< for smtp and lmtp
};

/// Where a service listens. The world has no loopback interface: a service on 127.0.0.1 listens on the host's first
/// address and takes connections from the host itself only.
struct ListenAddress {
  Endpoint at;
  bool loopback_only = false;
};

/// One smtpd(8) of master.cf.
struct ServiceSettings {
  std::string name;  ///< as in master.cf: `smtp`, `submission`, `192.0.2.1:10025`
  std::vector<ListenAddress> listen_on;
  mail::SessionProfile profile;
  /// postconf(5) smtpd_forbid_bare_newline_exclusions: these clients' bare LF ends a line, whatever the profile says.
  std::shared_ptr<const postfix::MatchList> bare_newline_exclusions;
  stage::Duration timeout{};
  bool has_milters = false;
  std::string milter_default_action;
  bool soft_bounce = false;
  bool peername_lookup = true;
};

class EngineSettings {
 public:
  EngineSettings() = default;
  /// `addresses`: the host's own.
  EngineSettings(const postfix::PostfixConfig& config, const std::vector<IpAddress>& addresses);

  /// Settings of a transport, made at its first use.
  const TransportSettings& transport(const postfix::PostfixConfig& config, const std::string& name) const;

  std::string myhostname;
  std::string myorigin;
  std::string mail_name;
  RetryPolicy retry;
  std::size_t hopcount_limit = 50;
  std::size_t active_limit = 20000;
  std::uint64_t bounce_size_limit_octets = 50000;
  std::string double_bounce_address;    ///< double_bounce_sender@myorigin
  std::string double_bounce_recipient;  ///< 2bounce_notice_recipient; empty: notify_classes does not ask for it
  bool soft_bounce = false;
  bool always_add_missing_headers = false;
  bool enable_original_recipient = true;
  bool replace_stray_returns = true;  ///< postconf(5) cleanup_replace_stray_cr_lf
  std::vector<std::string> dropped_headers;
  std::vector<ServiceSettings> services;

 private:
  mutable std::map<std::string, TransportSettings, std::less<>> transports_;
};

/// 127.0.0.0/8 or ::1.
bool is_loopback(const IpAddress& address);

/// `25`, or a name of services(5) that mail uses: smtp, submission, submissions, smtps, lmtp; 0 when neither.
std::uint16_t port_of(std::string_view service);

}  // namespace watershed::router
