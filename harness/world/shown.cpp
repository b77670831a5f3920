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
  // As large as the file says, and whatever comes beyond: what is no plain file has no size.
  std::string text;
  const auto size_octets = std::filesystem::file_size(file, error);
  if (!error && size_octets > 0) {
    text.resize(size_octets);
    in.read(text.data(), static_cast<std::streamsize>(size_octets));
    text.resize(static_cast<std::size_t>(in.gcount()));
  }
  if (in) text.append(std::istreambuf_iterator<char>(in), {});
  return text;
}

Parsed<yaml::Node> load_shown(const std::filesystem::path& file, const std::string& shown, const yaml::Shape& shape) {
  auto text = read_text(file, shown, {shown, 0, 0});
  if (!text) return text.error();
  return yaml::load_text(std::move(*text), shown, shape);
}

}  // namespace watershed::harness
