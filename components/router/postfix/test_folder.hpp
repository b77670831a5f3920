// A Postfix folder for one test: written to a fresh temporary directory, removed with the object.
#pragma once

#include "components/router/postfix/config.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace watershed::postfix {

class TestFolder {
 public:
  TestFolder(std::initializer_list<std::pair<std::string_view, std::string_view>> files) {
    std::string pattern = (std::filesystem::temp_directory_path() / "watershed-postfix-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
    for (const auto& [name, text] : files) {
      std::filesystem::create_directories((path_ / name).parent_path());
      std::ofstream(path_ / name, std::ios::binary) << text;
    }
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  /// Read as the folder "pf" of a host 192.0.2.25 named "vm".
  Parsed<PostfixConfig> load() const {
    LoadOptions options;
    options.shown_folder = "pf";
    options.hostname = "vm";
    options.addresses = {*parse_ip_address("192.0.2.25")};
    return load_postfix(path_, options);
  }

  /// The same where the folder has to be good.
  PostfixConfig config() const {
    auto loaded = load();
    if (!loaded) ADD_FAILURE() << render(loaded.error());
    return loaded ? std::move(*loaded) : PostfixConfig();
  }

 private:
  std::filesystem::path path_;
};

}  // namespace watershed::postfix
