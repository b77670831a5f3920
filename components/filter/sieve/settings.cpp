// The table of settings. See settings.hpp.
#include "components/filter/sieve/settings.hpp"

#include "base/text.hpp"
#include "components/filter/sieve/script.hpp"
#include "components/filter/sieve/setting_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace watershed::sieve {

namespace {

using Value = const std::optional<std::string>&;
using Outcome = Result<void, Error>;

Outcome wrong(std::string_view what, Value value) {
  return Error{fmt::format("'{}' is no {}", printable(value.value_or("")), what)};
}

template <class T>
using Field = T& (*)(CompileOptions&);

/// What `field` is without any setting.
template <class T>
T default_of(Field<T> field) {
  CompileOptions defaults;
  return field(defaults);
}

/// A reader of text for a kind of setting, and the setting itself.
template <class T>
struct Setting {
  std::string_view name;
  Field<T> field;
};

// Sizes and counts; 0 means no limit.
constexpr Setting<std::size_t> counts[] = {
    {"sieve_max_script_size", [](CompileOptions& o) -> std::size_t& { return o.limits.script_octets_max; }},
    {"sieve_max_actions", [](CompileOptions& o) -> std::size_t& { return o.limits.actions_max; }},
    {"sieve_include_max_nesting_depth", [](CompileOptions& o) -> std::size_t& { return o.limits.include_nesting_max; }},
    {"sieve_include_max_includes", [](CompileOptions& o) -> std::size_t& { return o.limits.includes_max; }},
    {"sieve_variables_max_scope_size", [](CompileOptions& o) -> std::size_t& { return o.limits.variables_max; }},
    {"sieve_variables_max_scope_count", [](CompileOptions& o) -> std::size_t& { return o.limits.variables_max; }},
    {"sieve_variables_max_variable_size",
     [](CompileOptions& o) -> std::size_t& { return o.limits.variable_value_octets_max; }},
    {"sieve_editheader_max_header_size",
     [](CompileOptions& o) -> std::size_t& { return o.limits.header_octets_added_max; }},
};

constexpr Setting<std::int64_t> durations[] = {
    {"sieve_vacation_min_period", [](CompileOptions& o) -> std::int64_t& { return o.limits.vacation_seconds_min; }},
    {"sieve_vacation_max_period", [](CompileOptions& o) -> std::int64_t& { return o.limits.vacation_seconds_max; }},
    {"sieve_vacation_default_period",
     [](CompileOptions& o) -> std::int64_t& { return o.limits.vacation_seconds_default; }},
    {"sieve_duplicate_default_period",
     [](CompileOptions& o) -> std::int64_t& { return o.limits.duplicate_seconds_default; }},
    {"sieve_duplicate_max_period", [](CompileOptions& o) -> std::int64_t& { return o.limits.duplicate_seconds_max; }},
};

constexpr Setting<std::string> texts[] = {
    {"recipient_delimiter", [](CompileOptions& o) -> std::string& { return o.settings.subaddress_separator; }},
    {"sieve_subaddress_sep", [](CompileOptions& o) -> std::string& { return o.settings.subaddress_separator; }},
    {"sieve_user_email", [](CompileOptions& o) -> std::string& { return o.settings.user_email; }},
    {"sieve_redirect_envelope_from",
     [](CompileOptions& o) -> std::string& { return o.settings.redirect_envelope_from; }},
    {"sieve_notify_mailto_envelope_from",
     [](CompileOptions& o) -> std::string& { return o.settings.notify_envelope_from; }},
    {"sieve_vacation_default_subject",
     [](CompileOptions& o) -> std::string& { return o.settings.vacation_default_subject; }},
    {"sieve_vacation_default_subject_template",
     [](CompileOptions& o) -> std::string& { return o.settings.vacation_default_subject_template; }},
    {"sieve_spamtest_status_header",
     [](CompileOptions& o) -> std::string& { return o.settings.spamtest.status_header; }},
    {"sieve_spamtest_max_header", [](CompileOptions& o) -> std::string& { return o.settings.spamtest.max_header; }},
    {"sieve_spamtest_score_max_header",
     [](CompileOptions& o) -> std::string& { return o.settings.spamtest.max_header; }},
    {"sieve_spamtest_max_value", [](CompileOptions& o) -> std::string& { return o.settings.spamtest.max_value; }},
    {"sieve_spamtest_score_max_value", [](CompileOptions& o) -> std::string& { return o.settings.spamtest.max_value; }},
    {"sieve_virustest_status_header",
     [](CompileOptions& o) -> std::string& { return o.settings.virustest.status_header; }},
    {"sieve_virustest_max_header", [](CompileOptions& o) -> std::string& { return o.settings.virustest.max_header; }},
    {"sieve_virustest_score_max_header",
     [](CompileOptions& o) -> std::string& { return o.settings.virustest.max_header; }},
    {"sieve_virustest_max_value", [](CompileOptions& o) -> std::string& { return o.settings.virustest.max_value; }},
    {"sieve_virustest_score_max_value",
     [](CompileOptions& o) -> std::string& { return o.settings.virustest.max_value; }},
};

struct Flag {
  std::string_view name;
  Field<bool> field;
  bool is_inverted;
};
constexpr Flag flags[] = {
    {"sieve_vacation_dont_check_recipient",
     [](CompileOptions& o) -> bool& { return o.settings.vacation_checks_recipient; }, true},
    {"sieve_vacation_check_recipient", [](CompileOptions& o) -> bool& { return o.settings.vacation_checks_recipient; },
     false},
    {"sieve_vacation_send_from_recipient",
     [](CompileOptions& o) -> bool& { return o.settings.vacation_sends_from_recipient; }, false},
    {"sieve_vacation_use_original_recipient",
     [](CompileOptions& o) -> bool& { return o.settings.vacation_uses_original_recipient; }, false},
    {"sieve_vacation_to_header_ignore_envelope",
     [](CompileOptions& o) -> bool& { return o.settings.vacation_to_header_ignores_envelope; }, false},
};

std::optional<Outcome> apply_count(CompileOptions& options, std::string_view name, Value value) {
  for (const auto& setting : counts) {
    if (setting.name != name) continue;
    std::size_t& field = setting.field(options);
    field = default_of(setting.field);
    if (!value) return Outcome();
    const auto size = size_octets(*value);
    if (!size) return wrong("size or number", value);
    field = *size == 0 ? std::numeric_limits<std::size_t>::max() : *size;
    return Outcome();
  }
  if (name != "sieve_max_redirects") return std::nullopt;
  options.limits.redirects_max = Limits().redirects_max;
  if (!value) return Outcome();
  const auto number = size_octets(*value);
  if (!number) return wrong("number", value);
  options.limits.redirects_max = *number;  // 0 forbids them
  return Outcome();
}

std::optional<Outcome> apply_simple(CompileOptions& options, std::string_view name, Value value) {
  for (const auto& setting : durations) {
    if (setting.name != name) continue;
    std::int64_t& field = setting.field(options);
    field = default_of(setting.field);
    if (!value) return Outcome();
    const auto seconds = duration_seconds(*value);
    if (!seconds) return wrong("duration", value);
    field = *seconds;
    return Outcome();
  }
  for (const auto& setting : texts) {
    if (setting.name != name) continue;
    setting.field(options) = value ? *value : default_of(setting.field);
    return Outcome();
  }
  for (const Flag& setting : flags) {
    if (setting.name != name) continue;
    bool& field = setting.field(options);
    field = default_of(setting.field);
    if (!value) return Outcome();
    const auto on = boolean(*value);
    if (!on) return wrong("yes or no", value);
    field = *on != setting.is_inverted;
    return Outcome();
  }
  return std::nullopt;
}

// sieve_spamtest_status_type, sieve_virustest_text_value3 …; 2.4 writes sieve_spamtest_text_value/3.
std::optional<Outcome> apply_score(CompileOptions& options, std::string_view name, Value value) {
  const bool is_spam = name.starts_with("sieve_spamtest_");
  if (!is_spam && !name.starts_with("sieve_virustest_")) return std::nullopt;
  ScoreSource& source = is_spam ? options.settings.spamtest : options.settings.virustest;
  std::string_view rest = name.substr(is_spam ? 15 : 16);
  if (rest == "status_type") {
    const std::string type = to_lower(trim(value.value_or("score")));
    if (type != "score" && type != "strlen" && type != "text") return wrong("status type", value);
    source.kind = type == "score"    ? ScoreSource::Kind::score
                  : type == "strlen" ? ScoreSource::Kind::length
                                     : ScoreSource::Kind::text;
    return Outcome();
  }
  if (!rest.starts_with("text_value")) return std::nullopt;
  rest.remove_prefix(10);
  if (rest.starts_with('/')) rest.remove_prefix(1);
  std::string_view behind;
  const auto index = leading_number(rest, behind);
  if (!index || *index >= source.texts.size() || !behind.empty()) return std::nullopt;
  source.texts[*index] = value.value_or("");
  return Outcome();
}

// A view, not a copy: what is split must outlive its parts.
std::string_view text_of(const std::optional<std::string>& value) {
  return value ? std::string_view(*value) : std::string_view();
}

void set_presence(std::vector<std::string>& names, std::string_view name, bool is_there) {
  std::erase_if(names, [&](const std::string& one) { return equal_ignoring_case(one, name); });
  if (is_there) names.emplace_back(name);
}

// 2.3: sieve_editheader_protected = names; 2.4: sieve_editheader_header/NAME/forbid_add = yes.
std::optional<Outcome> apply_protection(CompileOptions& options, std::string_view name, Value value) {
  std::vector<std::string> names;
  for (const std::string_view one : split(text_of(value), " \t,")) names.emplace_back(one);
  if (name == "sieve_editheader_protected" || name == "sieve_editheader_forbid_add") {
    options.settings.fields_not_added = names;
  }
  if (name == "sieve_editheader_protected" || name == "sieve_editheader_forbid_delete") {
    options.settings.fields_not_deleted = names;
  }
  constexpr std::string_view header = "sieve_editheader_header/";
  if (name.starts_with(header)) {
    const std::string_view rest = name.substr(header.size());
    const std::string_view field = rest.substr(0, rest.find('/'));
    const bool is_on = value && boolean(*value).value_or(false);
    if (rest.ends_with("/forbid_add")) set_presence(options.settings.fields_not_added, field, is_on);
    if (rest.ends_with("/forbid_delete")) set_presence(options.settings.fields_not_deleted, field, is_on);
    return Outcome();
  }
  if (name.starts_with("sieve_editheader_protected") || name.starts_with("sieve_editheader_forbid_")) return Outcome();
  return std::nullopt;
}

void switch_extension(ExtensionSet& enabled, std::string_view name, bool is_on) {
  const auto extension = find_extension(name);
  if (extension) is_on ? enabled.insert(*extension) : enabled.erase(*extension);
}

// 2.3: `+a -b` changes what is there, `a b` is all there is. 2.4: sieve_extensions/a = yes.
std::optional<Outcome> apply_extensions(CompileOptions& options, std::string_view name, Value value) {
  const bool is_per_name = name.starts_with("sieve_extensions/") || name.starts_with("sieve_global_extensions/");
  if (is_per_name) {
    switch_extension(options.enabled, name.substr(name.find('/') + 1), value && boolean(*value).value_or(false));
    return Outcome();
  }
  if (name == "sieve_global_extensions") {
    for (const std::string_view word : split(text_of(value), " \t,")) {
      switch_extension(options.enabled, word.starts_with('+') ? word.substr(1) : word, true);
    }
    return Outcome();
  }
  if (name != "sieve_extensions") return std::nullopt;
  const bool is_bench = options.enabled.contains(Extension::dovecot_testsuite);
  options.enabled = all_extensions();
  if (is_bench) options.enabled.insert(Extension::dovecot_testsuite);
  const auto words = split(text_of(value), " \t,");
  const bool is_relative =
      std::any_of(words.begin(), words.end(), [](std::string_view word) { return word[0] == '+' || word[0] == '-'; });
  if (!is_relative && !words.empty()) {
    for (const std::string_view known : extension_names()) switch_extension(options.enabled, known, false);
    if (is_bench) options.enabled.insert(Extension::dovecot_testsuite);
  }
  for (const std::string_view word : words) {
    const bool has_sign = word[0] == '+' || word[0] == '-';
    switch_extension(options.enabled, has_sign ? word.substr(1) : word, word[0] != '-');
  }
  return Outcome();
}

// 2.4 renames some: the old names stand for both.
std::string_view name_of_2_3(std::string_view name) {
  if (name == "sieve_script_max_size") return "sieve_max_script_size";
  if (name == "sieve_redirect_max") return "sieve_max_redirects";
  return name;
}

// Known, and without effect here: time is counted in steps, and scripts come from where the caller says.
bool is_without_effect(std::string_view name) {
  return name == "sieve_max_cpu_time" || name == "sieve_resource_usage_timeout" || name == "postmaster_address" ||
         name == "sieve_trace_level" || name == "sieve_quota_max_scripts" || name == "sieve_quota_max_storage" ||
         name == "sieve_redirect_duplicate_period" || name == "mail_home" || name == "sieve_report_from" ||
         name == "sieve_include_max_size" || name == "sieve_plugins" || name == "sieve" || name == "sieve_dir" ||
         name == "sieve_global" || name == "sieve_global_dir" || name == "sieve_env_display_name";
}

}  // namespace

std::optional<Result<void, Error>> apply_setting(CompileOptions& options, std::string_view name,
                                                 const std::optional<std::string>& value) {
  const std::string_view known = name_of_2_3(name);
  for (const auto apply : {apply_count, apply_simple, apply_score, apply_protection, apply_extensions}) {
    if (auto result = apply(options, known, value)) return result;
  }
  if (is_without_effect(known)) return Outcome();
  return std::nullopt;
}

}  // namespace watershed::sieve
