// What a sandbox has to add to a Postfix folder, and nothing more: a layer after the given settings, which stay as they
// are or, where the layer sets the same name, are kept as comments. postconf(5)
#pragma once

#include "base/ip_address.hpp"
#include "components/router/postfix/config.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::harness {

struct SandboxSetting {
  std::string name;
  std::string value;
  std::string because;
};

/// The settings that this configuration needs here. Retry times are divided by `time_factor`, to no less than a second.
std::vector<SandboxSetting> sandbox_settings(const postfix::PostfixConfig& config, std::span<const IpAddress> addresses,
                                             double time_factor);

/// The given main.cf with the layer.
std::string with_layer(std::string_view main_cf, std::span<const SandboxSetting> layer);

/// The given master.cf with wake-up times divided in the same way: qmgr(8) looks into its incoming queue as often as it
/// is woken, and a file that it found locked waits there for the next time. master(5)
std::string with_shorter_wakeups(std::string_view master_cf, double time_factor);

}  // namespace watershed::harness
