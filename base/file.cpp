#include "base/file.hpp"

#include <fstream>
#include <sstream>

namespace watershed {

std::string file_bytes(const std::filesystem::path& path) {
  // By operator<<, which notes an error of reading; a stream's iterator throws it.
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(text).str();
}

}  // namespace watershed
