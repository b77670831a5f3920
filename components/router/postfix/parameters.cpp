// See parameters.hpp.
#include "components/router/postfix/parameters.hpp"

#include "base/contains.hpp"
#include "base/text.hpp"
#include "components/router/postfix/expand.hpp"
#include "components/router/postfix/logical_lines.hpp"
#include "components/router/postfix/parameter_defaults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace watershed::postfix {

namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_duration_unit(char c) { return std::string_view("smhdw").find(c) != std::string_view::npos; }

// Texts that look like numbers, by postconf(5).
constexpr std::array<std::string_view, 7> texts_like_numbers = {"compatibility_level",
                                                                "default_destination_concurrency_negative_feedback",
                                                                "default_destination_concurrency_positive_feedback",
                                                                "lmtp_tcp_port",
                                                                "mail_release_date",
                                                                "milter_protocol",
                                                                "smtp_tcp_port"};

// Postfix expands these with the facts of each delivery or rejection, not when it reads main.cf.
constexpr std::array<std::string_view, 9> expanded_late = {"command_execution_directory",
                                                           "default_rbl_reply",
                                                           "forward_path",
                                                           "luser_relay",
                                                           "mailbox_command",
                                                           "postscreen_expansion_filter",
                                                           "postscreen_reject_footer",
                                                           "smtpd_expansion_filter",
                                                           "smtpd_reject_footer"};

ParameterType type_of(std::string_view name, std::string_view value) {
  if (contains(texts_like_numbers, name)) return ParameterType::text;
  // Its default looks like a switch, but it has more positions (`normalize`, `reject`).
  if (name == "smtpd_forbid_bare_newline") return ParameterType::text;
  if (value == "yes" || value == "no" || value.find("{yes}") != std::string_view::npos) return ParameterType::boolean;
  // `${stress?{10}:{300}}s` is a duration, `${stress?{1}:{20}}` a number.
  if (value.starts_with("${stress?")) return value.back() == 's' ? ParameterType::duration : ParameterType::number;
  if (is_digits(value)) return ParameterType::number;
  if (value.size() > 1 && is_duration_unit(value.back()) && is_digits(value.substr(0, value.size() - 1))) {
    return ParameterType::duration;
  }
  return ParameterType::text;
}

void read_defaults(std::string_view lines, Treatment treatment, std::vector<ParameterFact>& facts) {
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    const std::size_t equals = line.find(" =");
    if (equals == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, equals);
    const std::string_view value = trim_blanks(line.substr(equals + 2));
    facts.push_back(ParameterFact{name, value, type_of(name, value), treatment});
  }
}

std::vector<ParameterFact> read_all_defaults() {
  std::vector<ParameterFact> facts;
  facts.reserve(900);
  read_defaults(modelled_parameter_defaults, Treatment::modelled, facts);
  read_defaults(not_modelled_parameter_defaults, Treatment::not_modelled, facts);
  read_defaults(harmless_parameter_defaults, Treatment::harmless, facts);
  std::sort(facts.begin(), facts.end(), [](const ParameterFact& a, const ParameterFact& b) { return a.name < b.name; });
  return facts;
}

/// The suffixes of per-transport parameters and what they fall back to; postconf(5) "transport_destination_…".
struct TransportSuffix {
  std::string_view suffix;
  std::string_view fallback;
};
constexpr TransportSuffix transport_suffixes[] = {
    {"delivery_slot_cost", "default_delivery_slot_cost"},
    {"delivery_slot_discount", "default_delivery_slot_discount"},
    {"delivery_slot_loan", "default_delivery_slot_loan"},
    {"destination_concurrency_failed_cohort_limit", "default_destination_concurrency_failed_cohort_limit"},
    {"destination_concurrency_limit", "default_destination_concurrency_limit"},
    {"destination_concurrency_negative_feedback", "default_destination_concurrency_negative_feedback"},
    {"destination_concurrency_positive_feedback", "default_destination_concurrency_positive_feedback"},
    {"destination_rate_delay", "default_destination_rate_delay"},
    {"destination_recipient_limit", "default_destination_recipient_limit"},
    {"extra_recipient_limit", "default_extra_recipient_limit"},
    {"initial_destination_concurrency", "initial_destination_concurrency"},
    {"minimum_delivery_slots", "default_minimum_delivery_slots"},
    {"recipient_limit", "default_recipient_limit"},
    {"recipient_refill_delay", "default_recipient_refill_delay"},
    {"recipient_refill_limit", "default_recipient_refill_limit"},
    {"time_limit", "command_time_limit"},
    {"transport_rate_delay", "default_transport_rate_delay"},
};

/// Postfix's conv_time(): digits and an optional unit.
std::optional<std::chrono::seconds> parse_duration(std::string_view text, char default_unit) {
  std::int64_t count = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
  if (parsed.ec != std::errc() || count < 0) return std::nullopt;
  const std::string_view rest = text.substr(static_cast<std::size_t>(parsed.ptr - text.data()));
  if (rest.size() > 1) return std::nullopt;
  std::int64_t seconds = 1;
  switch (rest.empty() ? default_unit : to_lower(rest.front())) {
    case 's':
      break;
    case 'm':
      seconds = 60;
      break;
    case 'h':
      seconds = 3600;
      break;
    case 'd':
      seconds = 86400;
      break;
    case 'w':
      seconds = 604800;
      break;
    default:
      return std::nullopt;
  }
  // Postfix keeps seconds in an int.
  if (count > 2147483647 / seconds) return std::nullopt;
  return std::chrono::seconds(count * seconds);
}

std::optional<bool> parse_boolean(std::string_view text) {
  if (equal_ignoring_case(text, "yes")) return true;
  if (equal_ignoring_case(text, "no")) return false;
  return std::nullopt;
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

char default_unit(std::string_view name) {
  const ParameterFact* fact = find_parameter(name);
  const bool has_unit = fact != nullptr && !fact->default_value.empty() && is_duration_unit(fact->default_value.back());
  return has_unit ? fact->default_value.back() : 's';
}

}  // namespace

std::span<const ParameterFact> known_parameters() {
  static const std::vector<ParameterFact> facts = read_all_defaults();
  return facts;
}

const ParameterFact* find_parameter(std::string_view name) {
  const std::span<const ParameterFact> facts = known_parameters();
  const auto found = std::lower_bound(facts.begin(), facts.end(), name,
                                      [](const ParameterFact& fact, std::string_view key) { return fact.name < key; });
  return found != facts.end() && found->name == name ? &*found : nullptr;
}

const ParameterFact* find_transport_parameter(std::string_view name, std::string_view transport) {
  if (name.size() <= transport.size() + 1 || !name.starts_with(transport) || name[transport.size()] != '_')
    return nullptr;
  const std::string_view suffix = name.substr(transport.size() + 1);
  for (const TransportSuffix& known : transport_suffixes) {
    if (known.suffix == suffix) return find_parameter(known.fallback);
  }
  return nullptr;
}

Parameters::Parameters(std::shared_ptr<const MainCf> main,
                       std::shared_ptr<const std::map<std::string, std::string, std::less<>>> host_defaults,
                       std::vector<Setting> overrides)
    : main_(std::move(main)), host_defaults_(std::move(host_defaults)), overrides_(std::move(overrides)) {}

const Setting* Parameters::setting(std::string_view name) const {
  // master(5): the last -o of a name is the one in force.
  for (auto override = overrides_.rbegin(); override != overrides_.rend(); ++override) {
    if (override->name == name) return &*override;
  }
  return main_ ? main_->find(name) : nullptr;
}

std::optional<std::string_view> Parameters::raw(std::string_view name) const {
  if (const Setting* set = setting(name)) return set->value;
  if (host_defaults_) {
    const auto found = host_defaults_->find(name);
    if (found != host_defaults_->end()) return found->second;
  }
  if (const ParameterFact* fact = find_parameter(name)) return fact->default_value;
  return std::nullopt;
}

Result<std::string, Error> Parameters::expand(std::string_view text) const {
  const NameLookup lookup = [this](std::string_view name) { return raw(name); };
  return expand_references(text, lookup);
}

std::string Parameters::text(std::string_view name) const {
  const std::string_view value = raw(name).value_or(std::string_view{});
  if (contains(expanded_late, name)) return std::string(value);
  const Result<std::string, Error> expanded = expand(value);
  return expanded ? *expanded : std::string{};
}

bool Parameters::flag(std::string_view name) const { return parse_boolean(text(name)).value_or(false); }

std::int64_t Parameters::number(std::string_view name) const { return parse_number(text(name)).value_or(0); }

std::chrono::seconds Parameters::duration(std::string_view name) const {
  return parse_duration(text(name), default_unit(name)).value_or(std::chrono::seconds(0));
}

std::vector<std::string> Parameters::list(std::string_view name) const {
  const std::string value = text(name);
  std::vector<std::string> elements;
  for (const std::string_view element : split_protecting_braces(value, list_separators)) elements.emplace_back(element);
  return elements;
}

std::string Parameters::transport_text(std::string_view transport, std::string_view suffix) const {
  const std::string own = fmt::format("{}_{}", transport, suffix);
  if (is_set(own) || find_parameter(own) != nullptr) return text(own);
  const ParameterFact* fallback = find_transport_parameter(own, transport);
  return fallback != nullptr ? text(fallback->name) : std::string{};
}

bool Parameters::is_set(std::string_view name) const { return setting(name) != nullptr; }

SourcePosition Parameters::where(std::string_view name) const {
  const Setting* set = setting(name);
  return set != nullptr ? set->at : SourcePosition{};
}

std::string Parameters::fault(std::string_view name) const {
  if (contains(expanded_late, name)) return {};
  const Result<std::string, Error> expanded = expand(raw(name).value_or(std::string_view{}));
  if (!expanded) return expanded.error().message;
  const ParameterFact* fact = find_parameter(name);
  if (fact == nullptr) return {};
  switch (fact->type) {
    case ParameterType::text:
      return {};
    case ParameterType::boolean:
      return parse_boolean(*expanded) ? std::string{} : fmt::format("yes or no was expected, not \"{}\"", *expanded);
    case ParameterType::number:
      return parse_number(*expanded) ? std::string{}
                                     : fmt::format("a whole number was expected, not \"{}\"", *expanded);
    case ParameterType::duration:
      return parse_duration(*expanded, 's')
                 ? std::string{}
                 : fmt::format("a duration such as 300s, 5m, 4h, 5d or 1w was expected, not \"{}\"", *expanded);
  }
  return {};
}

}  // namespace watershed::postfix
