// Files for one test: a fresh temporary folder, removed with the object.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

namespace watershed {

class TestFiles {
 public:
  TestFiles() {
    std::string pattern = (std::filesystem::temp_directory_path() / "watershed-test-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TestFiles() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFiles(const TestFiles&) = delete;
  TestFiles& operator=(const TestFiles&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Makes the folders above it, too.
  void write(const std::filesystem::path& name, std::string_view text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace watershed
