// Hostile main.cf and master.cf, and hostile text for the ${…} expander.
#include "components/router/postfix/expand.hpp"
#include "components/router/postfix/main_cf.hpp"
#include "components/router/postfix/master_cf.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace watershed::postfix;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto main = MainCf::parse(text, "main.cf");
  if (main) {
    const NameLookup lookup = [&](std::string_view name) -> std::optional<std::string_view> {
      const Setting* setting = main->find(name);
      if (setting == nullptr) return std::nullopt;
      return setting->value;
    };
    for (const Setting* setting : main->settings()) {
      const auto expanded = expand_references(setting->value, lookup);
      if (expanded && expanded->size() > (1U << 21)) __builtin_trap();
      referenced_names(setting->value);
    }
  } else if (main.error().empty()) {
    __builtin_trap();
  }
  const auto master = MasterCf::parse(text, "master.cf");
  if (!master && master.error().empty()) __builtin_trap();
  return 0;
}
