// static:, fail:, pipemap:, unionmap:, and the stand-in for tables that we cannot answer for. DATABASE_README.
#include "components/router/postfix/logical_lines.hpp"
#include "components/router/postfix/table_kinds.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::postfix {

namespace {

class StaticTable : public Table {
 public:
  StaticTable(const TableRequest& request, std::string value)
      : Table(request.type, request.name), hit_{std::move(value), request.at} {}
  Lookup lookup(std::string_view) const override { return std::optional<Hit>(hit_); }

 private:
  Hit hit_;
};

/// Every lookup ends in an error: fail: on purpose, others because the model has no answer.
class FailingTable : public Table {
 public:
  FailingTable(const TableRequest& request, std::string message, bool not_understood)
      : Table(request.type, request.name), error_{std::move(message), request.at, not_understood} {}
  Lookup lookup(std::string_view) const override { return error_; }
  bool has_fixed_keys() const override { return error_.not_understood; }

 private:
  LookupError error_;
};

/// pipemap: the output of one table is the key for the next. unionmap: all tables' outputs, joined by commas.
class CompoundTable : public Table {
 public:
  CompoundTable(const TableRequest& request, std::vector<TablePtr> tables)
      : Table(request.type, request.name), tables_(std::move(tables)), is_pipe_(request.type == "pipemap") {}

  Lookup lookup(std::string_view key) const override { return is_pipe_ ? pipe(key) : unite(key); }

  bool has_fixed_keys() const override {
    return std::all_of(tables_.begin(), tables_.end(), [](const TablePtr& table) { return table->has_fixed_keys(); });
  }

 private:
  Lookup pipe(std::string_view key) const {
    std::optional<Hit> hit;
    for (const TablePtr& table : tables_) {
      Lookup found = table->lookup(hit ? std::string_view(hit->value) : key);
      if (!found || !*found) return found;
      hit = std::move(**found);
    }
    return hit;
  }

  Lookup unite(std::string_view key) const {
    std::optional<Hit> hit;
    for (const TablePtr& table : tables_) {
      Lookup found = table->lookup(key);
      if (!found) return found;
      if (!*found) continue;
      if (hit)
        hit->value += "," + (*found)->value;
      else
        hit = std::move(**found);
    }
    return hit;
  }

  std::vector<TablePtr> tables_;
  bool is_pipe_;
};

}  // namespace

Parsed<OpenedTable> open_static(const TableRequest& request) {
  const std::optional<std::string_view> braced = braced_content(request.name);
  OpenedTable opened;
  opened.table = std::make_shared<StaticTable>(request, std::string(braced ? *braced : std::string_view(request.name)));
  return opened;
}

Parsed<OpenedTable> open_fail(const TableRequest& request) {
  OpenedTable opened;
  opened.table = std::make_shared<FailingTable>(request, "fail:" + request.name, false);
  return opened;
}

OpenedTable open_not_understood(const TableRequest& request, const std::string& reason) {
  OpenedTable opened;
  const std::string text = fmt::format("table {}:{}: {}", request.type, request.name, reason);
  opened.table = std::make_shared<FailingTable>(request, text, true);
  opened.not_understood.push_back({request.at, text});
  return opened;
}

Parsed<OpenedTable> open_compound(const TableRequest& request, const TableSource& source) {
  const std::optional<std::string_view> content = braced_content(request.name);
  if (!content || content->empty()) {
    return request_error(request, fmt::format("a {0} is written {0}:{{type:name, type:name …}}", request.type));
  }
  OpenedTable opened;
  std::vector<TablePtr> tables;
  for (const std::string_view part : split_protecting_braces(*content, list_separators)) {
    if (part.starts_with(request.type + ":{") && request.name.size() > 10'000) {
      return request_error(request, "the compound table is too large");
    }
    auto inner = open_table(part, request.at, source, request.use);
    if (!inner) return inner.error();
    tables.push_back(inner->table);
    std::move(inner->not_understood.begin(), inner->not_understood.end(), std::back_inserter(opened.not_understood));
    std::move(inner->warnings.begin(), inner->warnings.end(), std::back_inserter(opened.warnings));
  }
  opened.table = std::make_shared<CompoundTable>(request, std::move(tables));
  return opened;
}

}  // namespace watershed::postfix
