// A lookup table as Postfix's dict interface gives it: key in, value or nothing or an error out. DATABASE_README(5),
// postmap(1). Every hit names the line of the source text that made it.
#pragma once

#include "base/diagnostic.hpp"
#include "base/result.hpp"
#include "components/router/postfix/provenance.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::postfix {

struct Hit {
  std::string value;
  SourcePosition at;
};

/// A lookup that Postfix would answer with "temporary lookup failure" (`fail:`), or one that we cannot answer.
struct LookupError {
  std::string message;
  SourcePosition at;
  bool not_understood = false;  ///< true: the table's kind is not modelled; the verdict is inconclusive
};

using Lookup = Result<std::optional<Hit>, LookupError>;

/// One table. Immutable after loading; lookups have no side effects.
class Table {
 public:
  Table(std::string type, std::string name) : type_(std::move(type)), name_(std::move(name)) {}
  virtual ~Table() = default;
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  virtual Lookup lookup(std::string_view key) const = 0;

  /// False for regexp:, pcre:, cidr: …: Postfix asks those for the whole key only, never for `@domain`, parent domains
  /// or `user` (DICT_FLAG_FIXED against DICT_FLAG_PATTERN; regexp_table(5) "TABLE SEARCH ORDER").
  virtual bool has_fixed_keys() const { return true; }

  const std::string& type() const { return type_; }
  const std::string& name() const { return name_; }
  std::string type_and_name() const { return type_ + ":" + name_; }

 private:
  std::string type_;
  std::string name_;
};

using TablePtr = std::shared_ptr<const Table>;

/// How a table is going to be used; some uses forbid pattern substitution.
struct TableUse {
  bool no_regexp_substitution = false;  ///< alias maps and other security-sensitive ones (DICT_FLAG_NO_REGSUB)
  bool is_alias_file = false;           ///< the source text of an indexed file has aliases(5) format
};

/// Opens tables by their `type:name`. Files are found through `read_file` so that the reading stays pure.
struct TableSource {
  /// The text of the file that `name` (as written in main.cf) stands for, and the path to show in messages.
  struct File {
    std::string shown_path;
    std::string text;
  };
  std::function<std::optional<File>(std::string_view name)> read_file;
  /// Where that file is expected, for messages; empty: not said.
  std::function<std::string(std::string_view name)> expected_at = {};
};

struct OpenedTable {
  TablePtr table;
  std::vector<NotUnderstood> not_understood;  ///< e.g. an unsupported type: the table then answers with an error
  Diagnostics warnings;
};

/// Opens `hash:/etc/postfix/x`, `inline:{…}`, `pipemap:{…}` …; `at` is the place of that text in main.cf. Wrong source
/// text or a missing file is an error with file:line:col.
Parsed<OpenedTable> open_table(std::string_view type_and_name, const SourcePosition& at, const TableSource& source,
                               TableUse use = {});

/// Stands in for a table that nobody can answer for: each lookup is "not understood", with `reason`.
TablePtr unanswerable_table(std::string_view type_and_name, const SourcePosition& at, const std::string& reason);

/// Several tables asked in order, first hit wins: what `virtual_alias_maps = hash:a, regexp:b` means.
class Maps {
 public:
  Maps() = default;
  Maps(std::string parameter, std::vector<TablePtr> tables)
      : parameter_(std::move(parameter)), tables_(std::move(tables)) {}

  /// `fixed_keys_only` skips pattern tables (for partial keys).
  Lookup find(std::string_view key, bool fixed_keys_only = false) const;

  bool empty() const { return tables_.empty(); }
  const std::string& parameter() const { return parameter_; }
  const std::vector<TablePtr>& tables() const { return tables_; }

 private:
  std::string parameter_;
  std::vector<TablePtr> tables_;
};

}  // namespace watershed::postfix
