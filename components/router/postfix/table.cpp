// See table.hpp. Which type:name is opened by what.
#include "components/router/postfix/table.hpp"

#include "base/contains.hpp"
#include "components/router/postfix/logical_lines.hpp"
#include "components/router/postfix/table_kinds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace watershed::postfix {

namespace {

constexpr std::array<std::string_view, 7> keyed_types = {"btree", "cdb", "dbm", "hash", "lmdb", "sdbm", "texthash"};
constexpr std::array<std::string_view, 3> rule_types = {"cidr", "pcre", "regexp"};

// DATABASE_README: types of Postfix 3.7 whose answers come from outside the folder or from chance.
constexpr std::array<std::string_view, 14> outside_types = {"environ",   "internal", "ldap",    "memcache", "mysql",
                                                            "netinfo",   "nis",      "nisplus", "pgsql",    "randmap",
                                                            "socketmap", "sqlite",   "tcp",     "unix"};

Parsed<OpenedTable> open_from_file(const TableRequest& request, const TableSource& source) {
  const bool is_inline = contains(rule_types, request.type) && request.name.starts_with("{");
  std::optional<TableSource::File> file;
  if (is_inline) {
    const auto content = braced_content(request.name);
    if (!content) return request_error(request, fmt::format("{}:{{…}} has unbalanced braces", request.type));
    file = TableSource::File{request.at.file, {}};
    for (const std::string_view rule : split_protecting_braces(*content, list_separators)) {
      const auto text = braced_content(rule);
      if (!text)
        return request_error(request,
                             fmt::format("each rule inside {}:{{…}} needs braces, at \"{}\"", request.type, rule));
      file->text += std::string(*text) + "\n";
    }
    if (file->text.empty()) return request_error(request, fmt::format("{}:{{…}} holds no rule", request.type));
  } else {
    file = source.read_file(request.name);
    if (!file) {
      return request_error(
          request, fmt::format("table {}:{}: there is no such file in the folder", request.type, request.name),
          source.expected_at
              ? "expected " + source.expected_at(request.name) + ", as source text: a .db or .lmdb file is not read"
              : "a table is read from its source text, not from a .db or .lmdb file");
    }
  }
  if (const std::size_t nul = file->text.find('\0'); nul != std::string::npos) {
    const auto line = 1 + std::count(file->text.begin(), file->text.begin() + static_cast<std::ptrdiff_t>(nul), '\n');
    Diagnostics errors;
    errors.push_back(
        {Severity::error, {file->shown_path, static_cast<int>(line), 0}, "a NUL byte; a table is text", {}, {}});
    return errors;
  }
  return is_inline || contains(rule_types, request.type) ? open_rules(request, *file) : open_keyed_file(request, *file);
}

Parsed<OpenedTable> open_unix(const TableRequest& request, const TableSource& source) {
  if (request.name != "passwd.byname") return open_not_understood(request, "only unix:passwd.byname is modelled");
  const std::optional<TableSource::File> file = source.read_file("/etc/passwd");
  if (!file) return open_not_understood(request, "the folder has no passwd file, so the host's accounts are not known");
  return open_passwd(request, *file);
}

}  // namespace

Diagnostics request_error(const TableRequest& request, std::string message, std::string hint) {
  Diagnostics errors;
  errors.push_back({Severity::error, request.at, std::move(message), {}, std::move(hint)});
  return errors;
}

Parsed<OpenedTable> open_table(std::string_view type_and_name, const SourcePosition& at, const TableSource& source,
                               TableUse use) {
  // proxymap(8) answers as the table itself would.
  while (type_and_name.starts_with("proxy:")) type_and_name.remove_prefix(6);
  const std::size_t colon = type_and_name.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == type_and_name.size()) {
    TableRequest request{{}, std::string(type_and_name), at, use};
    return request_error(request, fmt::format("a table is written type:name, not \"{}\"", type_and_name));
  }
  const TableRequest request{std::string(type_and_name.substr(0, colon)), std::string(type_and_name.substr(colon + 1)),
                             at, use};
  if (request.type == "inline") return open_inline(request);
  if (request.type == "static") return open_static(request);
  if (request.type == "fail") return open_fail(request);
  if (request.type == "pipemap" || request.type == "unionmap") return open_compound(request, source);
  if (request.type == "unix") return open_unix(request, source);
  if (contains(keyed_types, request.type) || contains(rule_types, request.type)) return open_from_file(request, source);
  if (contains(outside_types, request.type))
    return open_not_understood(request, "its answers come from outside the folder");
  return request_error(request, fmt::format("'{}' is no table type of Postfix 3.7", request.type));
}

TablePtr unanswerable_table(std::string_view type_and_name, const SourcePosition& at, const std::string& reason) {
  const std::size_t colon = std::min(type_and_name.find(':'), type_and_name.size());
  const std::string_view name = type_and_name.substr(std::min(colon + 1, type_and_name.size()));
  const TableRequest request{std::string(type_and_name.substr(0, colon)), std::string(name), at, {}};
  return open_not_understood(request, reason).table;
}

Lookup Maps::find(std::string_view key, bool fixed_keys_only) const {
  // maps_find(): an empty key is never looked up.
  if (key.empty()) return std::optional<Hit>();
  for (const TablePtr& table : tables_) {
    if (fixed_keys_only && !table->has_fixed_keys()) continue;
    Lookup found = table->lookup(key);
    if (!found || !*found) {
      if (!found) return found;
      continue;
    }
    if ((*found)->value.empty()) {
      return LookupError{fmt::format("{}: the value for \"{}\" is empty", table->type_and_name(), key), (*found)->at,
                         false};
    }
    return found;
  }
  return std::optional<Hit>();
}

}  // namespace watershed::postfix
