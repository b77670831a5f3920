// See alias_value.hpp.
#include "components/router/route/alias_value.hpp"

#include "base/text.hpp"
#include "components/router/route/address_form.hpp"

#include <utility>

namespace watershed::router {

std::vector<std::string> split_destinations(std::string_view value) {
  std::vector<std::string> parts;
  std::string part;
  bool quoted = false;
  for (std::size_t at = 0; at < value.size(); ++at) {
    const char c = value[at];
    if (c == '\\' && at + 1 < value.size()) {
      part += c;
      part += value[++at];
    } else if (c == '"') {
      quoted = !quoted;
      part += c;
    } else if (c == ',' && !quoted) {
      parts.push_back(std::move(part));
      part.clear();
    } else {
      part += c;
    }
  }
  parts.push_back(std::move(part));
  for (std::string& each : parts) each = std::string(trim(each));
  std::erase_if(parts, [](const std::string& each) { return each.empty(); });
  return parts;
}

std::string without_quotes(std::string_view text) {
  if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"')) text = text.substr(1, text.size() - 2);
  return std::string(text);
}

std::string expand_luser_relay(std::string_view setting, const LuserAddress& unknown) {
  const auto& [address, local, user] = unknown;
  const std::string extension = local.size() > user.size() ? local.substr(user.size() + 1) : std::string{};
  std::string target(setting);
  const std::pair<std::string_view, std::string> values[] = {
      {"recipient_delimiter", local.size() > user.size() ? local.substr(user.size(), 1) : std::string{}},
      {"recipient", address},
      {"extension", extension},
      {"domain", std::string(domain_of(address))},
      {"local", local},
      {"user", user}};
  for (const auto& [name, value] : values) {
    for (const std::string& form :
         {"${" + std::string(name) + "}", "$(" + std::string(name) + ")", "$" + std::string(name)}) {
      for (std::size_t at = target.find(form); at != std::string::npos; at = target.find(form, at + value.size())) {
        target.replace(at, form.size(), value);
      }
    }
  }
  return target;
}

}  // namespace watershed::router
