// What we know of every main.cf parameter of Postfix 3.7, and the values that a configuration gives them. The facts
// come from `postconf -d` and postconf(5).
#pragma once

#include "components/router/postfix/main_cf.hpp"
#include "components/router/postfix/provenance.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::postfix {

/// How the model treats a parameter.
enum class Treatment {
  modelled,  ///< its effect is implemented
  harmless,  ///< cannot change where a message goes or what becomes of it (logging, process limits, TLS ciphers …)
  not_modelled,  ///< can, and is not implemented: setting it to anything but its default is "not understood"
};

enum class ParameterType { text, boolean, number, duration };

struct ParameterFact {
  std::string_view name;
  std::string_view default_value;  ///< not expanded, as `postconf -d` prints it
  ParameterType type;
  Treatment treatment;
};

/// All built-in parameters, sorted by name.
std::span<const ParameterFact> known_parameters();

/// The facts about one parameter, or nullptr.
const ParameterFact* find_parameter(std::string_view name);

/// The parameter that a transport's own one falls back to: `default_destination_concurrency_limit` for
/// `slow_destination_concurrency_limit` (transport "slow"); nullptr when the name has no such form.
const ParameterFact* find_transport_parameter(std::string_view name, std::string_view transport);

/// The parameters in force for one program: defaults, main.cf, and that service's -o overrides on top. All values are
/// checked by `load_postfix`, so the typed accessors always succeed for known names.
class Parameters {
 public:
  Parameters() = default;
  /// `host_defaults` are the defaults that depend on the host: myhostname, mydomain, mynetworks.
  Parameters(std::shared_ptr<const MainCf> main,
             std::shared_ptr<const std::map<std::string, std::string, std::less<>>> host_defaults,
             std::vector<Setting> overrides = {});

  /// The value with every $name expanded; empty for an unknown name. luser_relay and a few others that Postfix expands
  /// with the facts of a delivery come back as written.
  std::string text(std::string_view name) const;
  bool flag(std::string_view name) const;
  std::int64_t number(std::string_view name) const;
  /// Units s, m, h, d, w; without one, the unit of the parameter's default value.
  std::chrono::seconds duration(std::string_view name) const;
  /// Split at commas and white space; `{ … }` keeps its content together.
  std::vector<std::string> list(std::string_view name) const;

  /// A transport's own parameter with its fallback: ("smtp", "destination_concurrency_limit") reads
  /// smtp_destination_concurrency_limit, else default_destination_concurrency_limit.
  std::string transport_text(std::string_view transport, std::string_view suffix) const;

  /// True when main.cf or an override sets it.
  bool is_set(std::string_view name) const;
  /// The line that sets it, or an empty position for a default.
  SourcePosition where(std::string_view name) const;
  DecidedBy decided_by(std::string_view name) const { return DecidedBy{where(name), std::string(name)}; }

  /// Expands $names in any text.
  Result<std::string, Error> expand(std::string_view text) const;

  /// Why the value of `name` cannot be expanded or read as its type; empty when it can.
  std::string fault(std::string_view name) const;

  /// The same with a service's -o overrides on top.
  Parameters with_overrides(std::vector<Setting> overrides) const {
    return Parameters(main_, host_defaults_, std::move(overrides));
  }
  const std::vector<Setting>& overrides() const { return overrides_; }

 private:
  const Setting* setting(std::string_view name) const;
  std::optional<std::string_view> raw(std::string_view name) const;
  std::shared_ptr<const MainCf> main_;
  std::shared_ptr<const std::map<std::string, std::string, std::less<>>> host_defaults_;
  std::vector<Setting> overrides_;
};

}  // namespace watershed::postfix
