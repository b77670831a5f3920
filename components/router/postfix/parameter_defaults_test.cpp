// The tables of parameters: what is called modelled must be read by some code, else a folder that sets it would be
// judged as if it had not.
#include "components/router/postfix/parameters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace watershed::postfix {
namespace {

std::string router_sources() {
  std::string all;
  const std::filesystem::path root = std::filesystem::path(WATERSHED_SOURCE_DIR) / "components/router";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".cpp" || name.starts_with("parameter_defaults") || name.ends_with("_test.cpp"))
      continue;
    std::ifstream file(entry.path());
    all.append(std::istreambuf_iterator<char>(file), {});
  }
  return all;
}

// The client reads smtp_x and lmtp_x as one; a transport's own parameters are read by their last part.
bool is_read(const std::string& sources, std::string_view name) {
  const auto has = [&](std::string_view text) {
    return sources.find('"' + std::string(text) + '"') != std::string::npos;
  };
  if (has(name)) return true;
  for (const std::string_view prefix : {"smtp_", "lmtp_", "local_", "default_", "virtual_", "relay_"}) {
    if (name.starts_with(prefix) && has(name.substr(prefix.size()))) return true;
  }
  return false;
}

TEST(ParameterTables, EveryModelledParameterIsRead) {
  const std::string sources = router_sources();
  // Read through the default of another: virtual_alias_maps = $virtual_maps; $mail_version in banners.
  const std::vector<std::string_view> read_by_reference = {"mail_version", "virtual_maps"};
  for (const ParameterFact& fact : known_parameters()) {
    if (fact.treatment != Treatment::modelled) continue;
    if (std::find(read_by_reference.begin(), read_by_reference.end(), fact.name) != read_by_reference.end()) continue;
    EXPECT_TRUE(is_read(sources, fact.name)) << fact.name << " is called modelled, but no source reads it";
  }
  EXPECT_FALSE(is_read(sources, "smtp_bind_address")) << "this test cannot fail";
}

}  // namespace
}  // namespace watershed::postfix
