// Tables with fixed keys: the indexed types read from their source text, inline:, and unix:passwd.byname.
// postmap(1) "INPUT FILE FORMAT", postalias(1), DATABASE_README "inline".
#include "components/router/postfix/logical_lines.hpp"
#include "components/router/postfix/main_cf.hpp"
#include "components/router/postfix/table_kinds.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <unordered_map>

namespace watershed::postfix {

namespace {

struct KeyHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view key) const noexcept { return std::hash<std::string_view>()(key); }
};

/// Keys are held and asked for in lower case: postmap(1) folds by default, and so does every lookup the model does.
class KeyedTable : public Table {
 public:
  using Table::Table;

  Lookup lookup(std::string_view key) const override {
    const auto found = entries_.find(to_lower(key));
    if (found == entries_.end()) return std::optional<Hit>();
    return std::optional<Hit>(found->second);
  }

  /// False when the key exists; postmap(1) keeps the first entry and warns.
  bool add(std::string_view key, std::string_view value, const SourcePosition& at) {
    return entries_.emplace(to_lower(key), Hit{std::string(value), at}).second;
  }

 private:
  std::unordered_map<std::string, Hit, KeyHash, std::equal_to<>> entries_;
};

struct KeyAndValue {
  std::string key;
  std::string_view value;
};

/// Length of the first word; white space inside double quotes belongs to it. npos: the quotes never close.
std::size_t quoted_word_length(std::string_view text) {
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (quoted && text[at] == '\\' && at + 1 < text.size()) {
      ++at;
    } else if (text[at] == '"') {
      quoted = !quoted;
    } else if (!quoted && is_blank(text[at])) {
      return at;
    }
  }
  return quoted ? std::string_view::npos : text.size();
}

Result<KeyAndValue, Error> split_map_line(std::string_view text) {
  const std::size_t length = quoted_word_length(text);
  if (length == std::string_view::npos) return Error{"a double quote is never closed"};
  const std::string_view value = trim_blanks(text.substr(length));
  if (value.empty()) return Error{fmt::format("a key and a value were expected, only \"{}\" was found", text)};
  return KeyAndValue{std::string(text.substr(0, length)), value};
}

/// aliases(5): `name: value`, the name may be in double quotes.
Result<KeyAndValue, Error> split_alias_line(std::string_view text) {
  std::string key;
  bool quoted = false;
  std::size_t at = 0;
  for (; at < text.size() && (quoted || text[at] != ':'); ++at) {
    if (text[at] == '"') {
      quoted = !quoted;
    } else {
      if (text[at] == '\\' && at + 1 < text.size()) ++at;
      key += text[at];
    }
  }
  if (at >= text.size()) return Error{"an alias is written name: value; there is no ':'"};
  const std::string_view name = trim_blanks(key);
  if (name.empty()) return Error{"an alias needs a name before ':'"};
  if (name.find('@') != std::string_view::npos && text.front() != '"') {
    return Error{fmt::format("an alias is a local name; \"{}\" has a domain", name)};
  }
  const std::string_view value = trim_blanks(text.substr(at + 1));
  if (value.empty()) return Error{fmt::format("alias \"{}\" has no value", name)};
  return KeyAndValue{std::string(name), value};
}

}  // namespace

Parsed<OpenedTable> open_keyed_file(const TableRequest& request, const TableSource::File& file) {
  auto table = std::make_shared<KeyedTable>(request.type, request.name);
  // postalias(1) writes indexed files only; a texthash: alias map has postmap's format.
  const bool is_alias_file = request.use.is_alias_file && request.type != "texthash";
  OpenedTable opened;
  Diagnostics errors;
  for (const LogicalLine& line : logical_lines(file.text)) {
    const SourcePosition at{file.shown_path, line.line, 1};
    if (line.starts_with_blank) {
      errors.push_back(
          {Severity::error, at, "the first entry starts with white space; Postfix skips it", line.text, {}});
      continue;
    }
    const auto entry = is_alias_file ? split_alias_line(line.text) : split_map_line(line.text);
    if (!entry) {
      errors.push_back({Severity::error, at, entry.error().message, line.text, {}});
      continue;
    }
    if (!is_alias_file && entry->key.ends_with(':')) {
      opened.warnings.push_back({Severity::warning,
                                 at,
                                 fmt::format("the key \"{}\" ends with ':', as in an alias file", entry->key),
                                 line.text,
                                 {}});
    }
    if (!table->add(entry->key, entry->value, at)) {
      opened.warnings.push_back({Severity::warning,
                                 at,
                                 fmt::format("\"{}\" is listed again; Postfix keeps the first", entry->key),
                                 line.text,
                                 {}});
    }
  }
  if (!errors.empty()) return errors;
  opened.table = std::move(table);
  return opened;
}

Parsed<OpenedTable> open_inline(const TableRequest& request) {
  const std::optional<std::string_view> content = braced_content(request.name);
  if (!content || content->empty()) {
    return request_error(request, "an inline table is written inline:{ name=value, { name = longer value } }");
  }
  auto table = std::make_shared<KeyedTable>(request.type, request.name);
  OpenedTable opened;
  for (const std::string_view part : split_protecting_braces(*content, list_separators)) {
    const std::optional<std::string_view> braced = braced_content(part);
    std::string_view text = braced ? *braced : part;
    std::string quoted_key;
    if (text.starts_with('"')) {
      const std::size_t end = text.find('"', 1);
      if (end == std::string_view::npos)
        return request_error(request, fmt::format("a quote is never closed in \"{}\"", text));
      quoted_key = std::string(text.substr(1, end - 1));
      text.remove_prefix(end + 1);
      text = trim_blanks(text);
      if (!text.starts_with('='))
        return request_error(request, fmt::format("'=' was expected after \"{}\"", quoted_key));
    }
    const std::string assignment_text = quoted_key.empty() ? std::string(text) : "quoted" + std::string(text);
    const auto assignment = split_assignment(assignment_text);
    if (!assignment) {
      return request_error(request, fmt::format("in inline table, at \"{}\": {}", part, assignment.error().message));
    }
    const std::string key = quoted_key.empty() ? std::string(assignment->name) : quoted_key;
    if (!table->add(key, assignment->value, request.at)) {
      opened.warnings.push_back(
          {Severity::warning, request.at, fmt::format("inline key \"{}\" is listed again", key), {}, {}});
    }
  }
  opened.table = std::move(table);
  return opened;
}

Parsed<OpenedTable> open_passwd(const TableRequest& request, const TableSource::File& file) {
  auto table = std::make_shared<KeyedTable>(request.type, request.name);
  Diagnostics errors;
  for (const LogicalLine& line : logical_lines(file.text)) {
    const SourcePosition at{file.shown_path, line.line, 1};
    const std::size_t colon = line.text.find(':');
    if (colon == std::string::npos || colon == 0) {
      errors.push_back({Severity::error, at, "a passwd line is name:password:uid:gid:…", line.text, {}});
      continue;
    }
    table->add(std::string_view(line.text).substr(0, colon), line.text, at);
  }
  if (!errors.empty()) return errors;
  OpenedTable opened;
  opened.table = std::move(table);
  return opened;
}

}  // namespace watershed::postfix
