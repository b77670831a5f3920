// See logical_lines.hpp.
#include "components/router/postfix/logical_lines.hpp"

namespace watershed::postfix {

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<LogicalLine> logical_lines(std::string_view file_text) {
  std::vector<LogicalLine> lines;
  int number = 0;
  while (!file_text.empty()) {
    const std::size_t end = file_text.find('\n');
    const std::string_view line = file_text.substr(0, end);
    file_text.remove_prefix(end == std::string_view::npos ? file_text.size() : end + 1);
    ++number;
    const std::string_view content = trim_blanks(line);
    if (content.empty() || content.front() == '#') continue;
    const bool continues = is_blank(line.front());
    if (continues && !lines.empty()) {
      lines.back().text += line;
    } else {
      lines.push_back(LogicalLine{std::string(line), number, continues});
    }
  }
  return lines;
}

std::vector<std::string_view> split_protecting_braces(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  std::size_t at = 0;
  while (true) {
    while (at < text.size() && separators.find(text[at]) != std::string_view::npos) ++at;
    if (at >= text.size()) return parts;
    const std::size_t start = at;
    int depth = 0;
    for (; at < text.size(); ++at) {
      if (text[at] == '{') ++depth;
      if (text[at] == '}' && depth > 0) --depth;
      if (depth == 0 && separators.find(text[at]) != std::string_view::npos) break;
    }
    parts.push_back(text.substr(start, at - start));
  }
}

std::optional<std::string_view> braced_content(std::string_view text) {
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return std::nullopt;
  int depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '{') ++depth;
    if (text[at] == '}' && --depth == 0 && at + 1 < text.size()) return std::nullopt;
  }
  if (depth != 0) return std::nullopt;
  return trim_blanks(text.substr(1, text.size() - 2));
}

}  // namespace watershed::postfix
