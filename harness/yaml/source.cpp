// See source.hpp.
#include "harness/yaml/source.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace watershed::yaml {

namespace {

constexpr std::size_t caret_column_max = 160;  // base/diagnostic.cpp shows no more of a line

std::vector<std::size_t> find_line_starts(std::string_view text) {
  std::vector<std::size_t> starts = {0};
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', end + 1)) {
    starts.push_back(end + 1);
  }
  return starts;
}

// Why the character at the start of `rest` may not be in a file, or empty. `rest` is not empty.
std::string_view refusal(std::string_view rest, std::size_t length) {
  const auto lead = static_cast<unsigned char>(rest[0]);
  if (length == 0) return "is not valid UTF-8";
  if (length == 1) {
    if (lead == 0x7f || (lead < 0x20 && lead != '\t' && lead != '\n' && lead != '\r')) return "is a control character";
    if (lead == '\r' && (rest.size() < 2 || rest[1] != '\n')) return "is a carriage return without a line feed";
    return {};
  }
  const std::string_view sequence = rest.substr(0, length);
  if (lead == 0xc2 && static_cast<unsigned char>(rest[1]) < 0xa0) return "is a control character";
  if (sequence == "\u2028" || sequence == "\u2029") return "is a line separator that editors do not count";
  if (sequence == "\ufeff") return "is a byte order mark inside the text";
  if (sequence == "\ufffe" || sequence == "\uffff") return "is not a character";
  return {};
}

}  // namespace

std::string Source::line_for_caret(int line, int column) const {
  if (line < 1 || static_cast<std::size_t>(line) > line_starts.size()) return {};
  if (column < 0 || static_cast<std::size_t>(column) > caret_column_max) return {};
  const std::size_t start = line_starts[static_cast<std::size_t>(line) - 1];
  std::string_view shown(text);
  shown = shown.substr(start);
  shown = shown.substr(0, shown.find('\n'));
  if (shown.ends_with('\r')) shown.remove_suffix(1);
  std::size_t length = std::min(shown.size(), caret_column_max);
  while (length < shown.size() && length > 0 && (static_cast<unsigned char>(shown[length]) & 0xc0) == 0x80) --length;
  return std::string(shown.substr(0, length));
}

Diagnostic Source::error(int line, int column, std::string message, std::string hint) const {
  return {.severity = Severity::error,
          .at = {.file = file, .line = line, .column = column},
          .message = std::move(message),
          .source_line = line_for_caret(line, column),
          .hint = std::move(hint)};
}

Parsed<std::shared_ptr<const Source>> make_source(std::string text, std::string file) {
  auto source = std::make_shared<Source>();
  source->file = std::move(file);
  if (text.size() > file_size_max) {
    return Diagnostics{
        source->error(0, 0, fmt::format("the file has {} bytes; at most {} are read", text.size(), file_size_max))};
  }
  if (text.starts_with("\ufeff")) text.erase(0, std::string_view("\ufeff").size());
  source->text = std::move(text);
  source->line_starts = find_line_starts(source->text);

  int line = 1;
  int column = 1;
  std::string_view rest = source->text;
  while (!rest.empty()) {
    const auto lead = static_cast<unsigned char>(rest[0]);
    const std::size_t length = lead >= 0x20 && lead < 0x7f ? 1 : utf8_sequence_length(rest);
    if (const std::string_view reason = refusal(rest, length); !reason.empty()) {
      const std::string bytes = printable(rest.substr(0, std::max<std::size_t>(length, 1)));
      Diagnostic found =
          source->error(line, column, fmt::format("'{}' {}; YAML files are plain UTF-8 text", bytes, reason));
      if (length == 0) found.source_line.clear();
      return Diagnostics{std::move(found)};
    }
    column = lead == '\n' ? 1 : column + 1;
    line += lead == '\n' ? 1 : 0;
    rest.remove_prefix(length);
  }
  return std::shared_ptr<const Source>(std::move(source));
}

Parsed<std::shared_ptr<const Source>> read_source(const std::string& path) {
  const auto failed = [&] {
    return Diagnostics{{.severity = Severity::error,
                        .at = {.file = path},
                        .message = fmt::format("cannot be read: {}", std::strerror(errno)),
                        .source_line = {},
                        .hint = {}}};
  };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!in) return failed();
  std::string text;
  std::size_t got = 0;
  do {
    constexpr std::size_t step = 64U << 10;
    const std::size_t had = text.size();
    text.resize(had + step);
    got = std::fread(text.data() + had, 1, step, in.get());
    text.resize(had + got);
  } while (got > 0 &&
           text.size() <= file_size_max);  // one step more than the limit is enough for make_source to refuse
  if (std::ferror(in.get()) != 0) return failed();
  return make_source(std::move(text), path);
}

}  // namespace watershed::yaml
