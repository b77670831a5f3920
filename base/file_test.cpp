// A file comes whole, with every octet; what cannot be read is empty.
#include "base/file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace watershed {
namespace {

TEST(FileBytes, ComeWholeOrNotAtAll) {
  const auto path = std::filesystem::temp_directory_path() / ("file-test-" + std::to_string(::getpid()));
  const std::string octets("one\r\n\0\xff two\n", 12);
  std::ofstream(path, std::ios::binary) << octets;
  EXPECT_EQ(file_bytes(path), octets);
  std::filesystem::remove(path);
  EXPECT_EQ(file_bytes(path), "");
  EXPECT_EQ(file_bytes(std::filesystem::temp_directory_path()), "");  // reading a folder fails
}

}  // namespace
}  // namespace watershed
