// The tables of parameters: what is called modelled must be applied by some code, else a folder that sets it would be
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

struct Sources {
  std::string all;
  std::string clients;  // settings.cpp, where names are put together from a transport and a last part
};

Sources router_sources() {
  Sources sources;
  const std::filesystem::path root = std::filesystem::path(WATERSHED_SOURCE_DIR) / "components/router";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".cpp" || name.starts_with("parameter_defaults") || name.ends_with("_test.cpp"))
      continue;
    if (name == "config_loader.cpp") continue;  // it opens the tables that a value names, and asks none
    std::ifstream file(entry.path());
    const std::string text(std::istreambuf_iterator<char>(file), {});
    sources.all += text;
    if (name == "settings.cpp") sources.clients = text;
  }
  return sources;
}

// The client reads smtp_x and lmtp_x as one; a transport's own parameters are read by their last part.
bool is_applied(const Sources& sources, std::string_view name) {
  const auto has = [](const std::string& source, std::string_view text) {
    return source.find('"' + std::string(text) + '"') != std::string::npos;
  };
  if (has(sources.all, name)) return true;
  for (const std::string_view prefix : {"smtp_", "lmtp_", "local_", "default_", "virtual_", "relay_"}) {
    if (name.starts_with(prefix) && has(sources.clients, name.substr(prefix.size()))) return true;
  }
  return false;
}

TEST(ParameterTables, EveryModelledParameterIsApplied) {
  const Sources sources = router_sources();
  // Applied through the default of another: virtual_alias_maps = $virtual_maps; $mail_version in banners. Applied by
  // the loader: which files have aliases(5) format, and where the folder is.
  const std::vector<std::string_view> applied_elsewhere = {"alias_database", "config_directory", "mail_version",
                                                           "virtual_maps"};
  for (const ParameterFact& fact : known_parameters()) {
    if (fact.treatment != Treatment::modelled) continue;
    if (std::find(applied_elsewhere.begin(), applied_elsewhere.end(), fact.name) != applied_elsewhere.end()) continue;
    EXPECT_TRUE(is_applied(sources, fact.name)) << fact.name << " is called modelled, but no source applies it";
  }
  EXPECT_FALSE(is_applied(sources, "smtp_bind_address")) << "this test cannot fail";
  EXPECT_FALSE(is_applied(sources, "smtp_header_checks")) << "that cleanup reads header_checks says nothing of it";
}

}  // namespace
}  // namespace watershed::postfix
