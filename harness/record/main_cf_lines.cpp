// See main_cf_lines.hpp.
#include "harness/record/main_cf_lines.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace watershed::harness {

namespace {

// The parameters that the router names as what decided, other than by a table's line.
bool can_decide(std::string_view name) {
  constexpr std::array<std::string_view, 4> ends = {"_maps", "_checks", "_restrictions", "_transport"};
  constexpr std::array<std::string_view, 13> names = {"always_bcc",
                                                      "content_filter",
                                                      "hopcount_limit",
                                                      "luser_relay",
                                                      "mailbox_command",
                                                      "masquerade_domains",
                                                      "milter_default_action",
                                                      "relayhost",
                                                      "smtpd_helo_required",
                                                      "smtpd_recipient_limit",
                                                      "smtpd_reject_unlisted_recipient",
                                                      "smtpd_reject_unlisted_sender",
                                                      "virtual_alias_domains"};
  const postfix::ParameterFact* fact = postfix::find_parameter(name);
  if (fact == nullptr || fact->treatment != postfix::Treatment::modelled) return false;
  return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) { return name.ends_with(end); }) ||
         std::find(names.begin(), names.end(), name) != names.end();
}

bool is_off(const postfix::Parameters& parameters, const std::string& name, const std::string& value) {
  const postfix::ParameterFact* fact = postfix::find_parameter(name);
  if (fact != nullptr && fact->type == postfix::ParameterType::boolean) return !parameters.flag(name);
  return value.empty();
}

// `texthash:/etc/postfix/virtual` names the file `virtual` of the folder, wherever the folder stands.
bool names_file(std::string_view word, std::string_view file_below) {
  if (!word.ends_with(file_below)) return false;
  word.remove_suffix(file_below.size());
  return word.empty() || word.ends_with('/') || word.ends_with(':');
}

}  // namespace

MainCfLines main_cf_lines(const postfix::PostfixConfig& config, std::span<const std::string> files) {
  MainCfLines lines;
  const postfix::Parameters& parameters = config.parameters();
  for (const postfix::Setting* setting : config.main().settings()) {
    const std::string folder = std::filesystem::path(setting->at.file).parent_path().generic_string() + "/";
    bool names_any = false;
    const auto expanded = parameters.expand(setting->value);
    const std::string value = expanded ? *expanded : setting->value;
    constexpr std::string_view separators = ", \t\r\n{}";  // postconf(5): commas or white space, `{ … }` for groups
    for (std::size_t start = value.find_first_not_of(separators); start != std::string::npos;) {
      const std::size_t end = std::min(value.find_first_of(separators, start), value.size());
      for (const std::string& file : files) {
        if (!file.starts_with(folder)) continue;
        if (!names_file(std::string_view(value).substr(start, end - start), file.substr(folder.size()))) continue;
        lines.uses.push_back({setting->at.line, file});
        names_any = true;
      }
      start = value.find_first_not_of(separators, end);
    }
    // A name of nobody's is a restriction class.
    const postfix::ParameterFact* fact = postfix::find_parameter(setting->name);
    const bool is_asked = fact == nullptr || fact->treatment == postfix::Treatment::modelled;
    if ((names_any && is_asked) || (can_decide(setting->name) && !is_off(parameters, setting->name, value))) {
      lines.rules.insert(setting->at.line);
    }
  }
  return lines;
}

}  // namespace watershed::harness
