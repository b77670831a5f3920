// master.cf: which services run, by which program, with which parameters of their own. master(5). The router needs it
// for three things: what a transport name means, what an smtpd service is told with -o, and which of it we do not
// model.
#pragma once

#include "components/router/postfix/main_cf.hpp"
#include "components/router/postfix/provenance.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace watershed::postfix {

/// What a delivery transport does. `relay` is smtp(8) under another name, so its kind is smtp; `retry` is error(8)
/// under the name that makes it defer.
enum class TransportKind { smtp, lmtp, local, virtual_mailbox, error, retry, discard, pipe, unknown };

std::string_view to_string(TransportKind kind);

struct Service {
  std::string name;                    ///< `smtp`, `submission`, `127.0.0.1:10025`, `relay` …
  std::string type;                    ///< inet, unix, unix-dgram, fifo, pass
  std::string command;                 ///< smtpd, cleanup, smtp …
  std::vector<std::string> arguments;  ///< other than -o
  std::vector<Setting> overrides;      ///< from `-o name=value` and `-o { name = value }`
  SourcePosition at;
};

class MasterCf {
 public:
  static Parsed<MasterCf> parse(std::string_view text, const std::string& file);

  /// The services of a stock Postfix 3.7, for folders without a master.cf.
  static const MasterCf& stock();

  const std::vector<Service>& services() const { return services_; }

  /// The delivery transport of that name (a unix service), or nullptr.
  const Service* transport(std::string_view name) const;

  /// The inet (or pass) services that run smtpd, in file order.
  std::vector<const Service*> smtpd_services() const;

  /// The first service of that name and type `unix`, whatever it runs (cleanup, rewrite …).
  const Service* internal_service(std::string_view name) const;

  const Diagnostics& warnings() const { return warnings_; }

 private:
  std::vector<Service> services_;
  Diagnostics warnings_;
};

/// `unknown` for programs that are not delivery agents.
TransportKind kind_of(const Service& service);

}  // namespace watershed::postfix
