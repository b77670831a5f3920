// Rendering of diagnostics, and the nearest-match hint. See diagnostic.hpp.
#include "base/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace watershed {

namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t in_a = 1; in_a <= a.size(); ++in_a) {
    std::size_t diagonal = row[0];
    row[0] = in_a;
    for (std::size_t in_b = 1; in_b <= b.size(); ++in_b) {
      const std::size_t replaced = diagonal + (a[in_a - 1] == b[in_b - 1] ? 0 : 1);
      diagonal = row[in_b];
      row[in_b] = std::min({row[in_b] + 1, row[in_b - 1] + 1, replaced});
    }
  }
  return row.back();
}

// Source lines are shown on a terminal: control characters of a hostile file must not reach it.
std::string printable(std::string_view line) {
  constexpr std::size_t length_max = 160;
  std::string out;
  for (const char c : line.substr(0, length_max)) {
    const auto byte = static_cast<unsigned char>(c);
    out += c == '\t' ? ' ' : (byte < 0x20 || byte == 0x7f ? '?' : c);
  }
  return out;
}

}  // namespace

std::string to_file_line(const SourcePosition& at) {
  if (at.file.empty()) return {};
  if (at.line <= 0) return at.file;
  const fmt::format_int line(at.line);
  std::string out;
  out.reserve(at.file.size() + 1 + line.size());
  out += at.file;
  out += ':';
  return out.append(line.data(), line.size());
}

std::string render(const Diagnostic& diagnostic) {
  const SourcePosition& at = diagnostic.at;
  std::string out = at.file;
  if (at.line > 0) out += fmt::format(":{}", at.line);
  if (at.line > 0 && at.column > 0) out += fmt::format(":{}", at.column);
  if (!out.empty()) out += ": ";
  out += diagnostic.severity == Severity::error ? "error: " : "warning: ";
  out += diagnostic.message + "\n";
  if (!diagnostic.source_line.empty()) {
    out += fmt::format("{:>6} | {}\n", at.line, printable(diagnostic.source_line));
    if (at.column > 0) out += fmt::format("{:>6} | {:>{}}\n", "", "^", at.column);
  }
  if (!diagnostic.hint.empty()) out += diagnostic.hint + "\n";
  return out;
}

std::string render(std::span<const Diagnostic> diagnostics) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics) out += render(diagnostic);
  return out;
}

std::string nearest_match(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view best;
  std::size_t best_distance = word.size() / 3 + 2;  // further away it is another word, not a slip
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return std::string(best);
}

}  // namespace watershed
