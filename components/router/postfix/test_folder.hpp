// A Postfix folder for one test: written to a fresh temporary directory, removed with the object.
#pragma once

#include "base/test_files.hpp"
#include "components/router/postfix/config.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace watershed::postfix {

class TestFolder {
 public:
  TestFolder(std::initializer_list<std::pair<std::string_view, std::string_view>> files) {
    for (const auto& [name, text] : files) files_.write(name, text);
  }

  /// Read as the folder "pf" of a host 192.0.2.25 named "vm".
  Parsed<PostfixConfig> load() const {
    LoadOptions options;
    options.shown_folder = "pf";
    options.hostname = "vm";
    options.addresses = {*parse_ip_address("192.0.2.25")};
    return load_postfix(files_.path(), options);
  }

  /// The same where the folder has to be good.
  PostfixConfig config() const {
    auto loaded = load();
    if (!loaded) ADD_FAILURE() << render(loaded.error());
    return loaded ? std::move(*loaded) : PostfixConfig();
  }

 private:
  TestFiles files_;
};

}  // namespace watershed::postfix
