// See shown.hpp.
#include "harness/world/shown.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

namespace watershed::harness {

Parsed<std::string> read_text(const std::filesystem::path& file, const std::string& shown,
                              const SourcePosition& asked_for) {
  std::error_code error;
  std::ifstream in(file, std::ios::binary);
  if (!in || std::filesystem::is_directory(file, error)) {
    return Diagnostics{{Severity::error, asked_for, fmt::format("cannot read '{}'; expected a file", shown), {}, {}}};
  }
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Parsed<yaml::Node> load_shown(const std::filesystem::path& file, const std::string& shown, const yaml::Shape& shape) {
  auto text = read_text(file, shown, {shown, 0, 0});
  if (!text) return text.error();
  return yaml::load_text(std::move(*text), shown, shape);
}

}  // namespace watershed::harness
