// The table implementations behind open_table(), one function a file. Internal to postfix/.
#pragma once

#include "components/router/postfix/table.hpp"

#include <string>
#include <string_view>

namespace watershed::postfix {

/// What every kind is given: `type` and `name` as in `type:name`, and the place of that text.
struct TableRequest {
  std::string type;
  std::string name;
  SourcePosition at;
  TableUse use;
};

/// hash:, btree:, lmdb:, cdb:, dbm:, texthash: from source text, and inline:. postmap(1), postalias(1).
Parsed<OpenedTable> open_keyed_file(const TableRequest& request, const TableSource::File& file);
Parsed<OpenedTable> open_inline(const TableRequest& request);
/// unix:passwd.byname from the text of a passwd file.
Parsed<OpenedTable> open_passwd(const TableRequest& request, const TableSource::File& file);

/// static: and fail:, and tables that we cannot answer for.
Parsed<OpenedTable> open_static(const TableRequest& request);
Parsed<OpenedTable> open_fail(const TableRequest& request);
OpenedTable open_not_understood(const TableRequest& request, const std::string& reason);

/// pipemap: and unionmap:.
Parsed<OpenedTable> open_compound(const TableRequest& request, const TableSource& source);

/// regexp:, pcre: and cidr:, from a file or from `{ { rule }, … }`.
Parsed<OpenedTable> open_rules(const TableRequest& request, const TableSource::File& file);

/// A diagnostic of severity error at the request's place.
Diagnostics request_error(const TableRequest& request, std::string message, std::string hint = {});

}  // namespace watershed::postfix
