// See record_reader.hpp.
#include "fakes/dns/record_reader.hpp"

#include "base/text.hpp"
#include "fakes/dns/record_form.hpp"
#include "talk/dns_name.hpp"
#include "talk/ldns_handles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace watershed::dns {

namespace {

using talk::RecordType;

constexpr std::array<std::string_view, 12> common_types = {"A",  "AAAA", "MX",  "TXT",  "CNAME", "PTR",
                                                           "NS", "SOA",  "SRV", "TLSA", "CAA",   "SPF"};

bool is_directive(const ZoneToken& token) { return token.text.starts_with('$'); }

bool ends_with_dot(std::string_view name) {
  if (name.empty() || name.back() != '.') return false;
  std::size_t backslashes = 0;
  while (backslashes + 1 < name.size() && name[name.size() - 2 - backslashes] == '\\') ++backslashes;
  return backslashes % 2 == 0;
}

bool is_all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Diagnostic RecordReader::problem(const SourcePosition& at, std::string message, std::string hint) const {
  return {Severity::error, at, std::move(message), std::string(line_of(file_text_, at.line)), std::move(hint)};
}

Result<std::optional<Record>, Diagnostic> RecordReader::read(const ZoneEntry& entry) {
  if (!entry.starts_with_blank && is_directive(entry.tokens[0])) return directive(entry);
  std::size_t next = 0;
  const Result<std::string, Diagnostic> owner = owner_of(entry, next);
  if (!owner) return owner.error();

  // RFC 1035 §5.1: TTL and class in either order, each at most once, then the type.
  std::optional<std::uint32_t> ttl_s;
  bool has_class = false;
  for (; next < entry.tokens.size(); ++next) {
    const ZoneToken& token = entry.tokens[next];
    if (!ttl_s && !token.text.empty() && token.text[0] >= '0' && token.text[0] <= '9') {
      const Result<std::uint32_t, Diagnostic> read_ttl = ttl_of(token);
      if (!read_ttl) return read_ttl.error();
      ttl_s = *read_ttl;
    } else if (!has_class && equal_ignoring_case(token.text, "IN")) {
      has_class = true;
    } else if (equal_ignoring_case(token.text, "CH") || equal_ignoring_case(token.text, "HS")) {
      return problem(token.at, fmt::format("class {}; expected IN", token.text));
    } else {
      break;
    }
  }
  if (next == entry.tokens.size()) {
    return problem(entry.tokens.back().at, "a record without type; expected: owner, TTL, type, data");
  }
  const ZoneToken& type_token = entry.tokens[next];
  const auto type = talk::parse_record_type(type_token.text);
  if (!type || *type == RecordType::any || *type == RecordType::opt) {
    const std::string near = nearest_match(type_token.text, common_types);
    return problem(type_token.at,
                   fmt::format("'{}' is not a record type; expected one such as A, AAAA, MX, TXT", type_token.text),
                   near.empty() ? "" : fmt::format("did you mean '{}'?", near));
  }
  if (ttl_s) state_.last_ttl_s = ttl_s;
  if (!ttl_s) ttl_s = state_.default_ttl_s ? state_.default_ttl_s : state_.last_ttl_s;
  if (!ttl_s) return problem(type_token.at, "no TTL; expected one before the type, or a $TTL line above");
  Result<Record, Diagnostic> record =
      data(*owner, *ttl_s, *type, type_token, std::span(entry.tokens).subspan(next + 1));
  if (!record) return record.error();
  record->at = entry.tokens[0].at;
  return std::optional<Record>(std::move(*record));
}

Result<std::optional<Record>, Diagnostic> RecordReader::directive(const ZoneEntry& entry) {
  const ZoneToken& name = entry.tokens[0];
  const bool is_origin = equal_ignoring_case(name.text, "$ORIGIN");
  if (!is_origin && !equal_ignoring_case(name.text, "$TTL")) {
    const bool known = equal_ignoring_case(name.text, "$INCLUDE") || equal_ignoring_case(name.text, "$GENERATE");
    return problem(name.at, fmt::format("{} is not {}; expected $ORIGIN or $TTL", name.text,
                                        known ? "supported: write its records here" : "a directive"));
  }
  if (entry.tokens.size() != 2) {
    return problem(name.at, fmt::format("{} with {} values; expected one", name.text, entry.tokens.size() - 1));
  }
  const ZoneToken& value = entry.tokens[1];
  if (is_origin) {
    Result<std::string, Diagnostic> origin = absolute(value);
    if (!origin) return origin.error();
    state_.origin = std::move(*origin);
  } else {
    const Result<std::uint32_t, Diagnostic> ttl = ttl_of(value);
    if (!ttl) return ttl.error();
    state_.default_ttl_s = *ttl;
  }
  return std::optional<Record>();
}

Result<std::string, Diagnostic> RecordReader::owner_of(const ZoneEntry& entry, std::size_t& next) {
  if (!entry.starts_with_blank) {
    next = 1;
    Result<std::string, Diagnostic> owner = absolute(entry.tokens[0]);
    if (owner) state_.last_owner = *owner;
    return owner;
  }
  if (state_.last_owner.empty()) {
    return problem(entry.tokens[0].at, "a line that begins with a blank continues the owner above, but there is none");
  }
  return state_.last_owner;
}

// The name with its trailing dot, the origin added where it was relative.
Result<std::string, Diagnostic> RecordReader::absolute(const ZoneToken& token) {
  if (token.text == "@" && !state_.origin.empty()) return state_.origin;
  std::string name = token.text;
  if (!ends_with_dot(name)) {
    if (state_.origin.empty()) {
      return problem(token.at, fmt::format("'{}' is relative, but no $ORIGIN is given", name),
                     "write the name with a dot at its end, or a $ORIGIN line above");
    }
    warn_about_missing_dot(token);
    name += state_.origin == "." ? "." : "." + state_.origin;
  }
  const Result<std::string, Error> wire_name = talk::to_wire_name(name);
  if (!wire_name || token.is_quoted()) {
    return problem(token.at, wire_name ? "a quoted string; expected a domain name" : wire_name.error().message);
  }
  return name;
}

// `mx.ctbto.int` in the zone ctbto.int means mx.ctbto.int.ctbto.int: the most common slip there is.
void RecordReader::warn_about_missing_dot(const ZoneToken& token) {
  if (state_.origin.size() < 2 || ends_with_dot(token.text)) return;
  const std::string origin = state_.origin.substr(0, state_.origin.size() - 1);
  const bool repeats = token.text.size() >= origin.size() &&
                       equal_ignoring_case(token.text.substr(token.text.size() - origin.size()), origin) &&
                       (token.text.size() == origin.size() || token.text[token.text.size() - origin.size() - 1] == '.');
  if (!repeats) return;
  Diagnostic warning = problem(token.at, fmt::format("'{0}' without trailing dot means {0}.{1}", token.text, origin),
                               fmt::format("did you mean '{}.'?", token.text));
  warning.severity = Severity::warning;
  warnings_.push_back(std::move(warning));
}

Result<std::uint32_t, Diagnostic> RecordReader::ttl_of(const ZoneToken& token) const {
  constexpr std::uint64_t ttl_max = 0x7fffffff;  // RFC 2181 §8
  std::uint64_t total = 0;
  std::uint64_t number = 0;
  bool has_number = false;
  bool bad = false;
  for (const char c : token.text) {
    if (c >= '0' && c <= '9') {
      number = std::min<std::uint64_t>(number * 10 + static_cast<std::uint64_t>(c - '0'), ttl_max + 1);
      has_number = true;
      continue;
    }
    constexpr std::array<std::pair<char, std::uint64_t>, 5> units = {
        {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}}};
    const auto* unit = std::find_if(units.begin(), units.end(), [&](auto u) { return u.first == to_lower(c); });
    bad = bad || unit == units.end() || !has_number;
    if (bad) break;
    total += number * unit->second;
    number = 0;
    has_number = false;
  }
  total += number;
  if (bad || token.text.empty() || total > ttl_max) {
    return problem(token.at,
                   fmt::format("'{}' is not a TTL; expected seconds up to {}, or 1h30m", token.text, ttl_max));
  }
  return static_cast<std::uint32_t>(total);
}

Result<void, Diagnostic> RecordReader::check_fields(RecordType type, std::span<const ZoneToken> fields) {
  if (!fields.empty() && fields[0].text == "\\#") return {};  // RFC 3597 §5: data in hexadecimal
  const std::size_t fixed = field_count_max(type);
  for (std::size_t index = 0; index < fields.size() && index < fixed; ++index) {
    const ldns_rdf_type form = form_of(type, index);
    const ZoneToken& field = fields[index];
    if (form == LDNS_RDF_TYPE_DNAME) {
      const Result<std::string, Diagnostic> name = absolute(field);
      if (!name) return name.error();
    }
    const std::uint64_t most = number_max(form);
    if (most == 0 || !is_all_digits(field.text)) continue;
    if (field.text.size() > 10 || std::stoull(field.text) > most) {
      return problem(field.at, fmt::format("{} is too large; expected at most {}", field.text, most));
    }
  }
  if (type == RecordType::txt && fields.size() > 1 &&
      std::none_of(fields.begin(), fields.end(), [](const ZoneToken& field) { return field.is_quoted(); })) {
    Diagnostic warning =
        problem(fields[1].at, "words without quotes are strings of their own, read without the blanks");
    warning.severity = Severity::warning;
    warning.hint = "put the text in quotes";
    warnings_.push_back(std::move(warning));
  }
  return {};
}

Diagnostic RecordReader::bad_data(RecordType type, const ZoneToken& type_token, std::span<const ZoneToken> fields,
                                  std::string_view reason) const {
  const std::string expected = fmt::format("{} needs {}", talk::to_string(type), expected_data(type));
  for (std::size_t index = 0; index < fields.size(); ++index) {
    const ldns_rdf_type form = form_of(type, index);
    if (index >= field_count_max(type)) {
      return problem(fields[index].at, fmt::format("'{}' is too much; {}", fields[index].text, expected));
    }
    std::string text = fields[index].text;
    if (fields[index].is_quoted()) text = text.substr(1, text.size() - 2);
    if (form == LDNS_RDF_TYPE_NONE || talk::LdnsField(ldns_rdf_new_frm_str(form, text.c_str()))) continue;
    return problem(fields[index].at, fmt::format("'{}' is wrong here; {}", fields[index].text, expected));
  }
  if (fields.size() < field_count_min(type)) {
    return problem(type_token.at,
                   fmt::format("the data of this {} ends too early; {}", talk::to_string(type), expected));
  }
  return problem(fields.empty() ? type_token.at : fields[0].at, fmt::format("{}; {}", reason, expected));
}

Result<Record, Diagnostic> RecordReader::data(const std::string& owner, std::uint32_t ttl_s, RecordType type,
                                              const ZoneToken& type_token, std::span<const ZoneToken> fields) {
  if (type == static_cast<RecordType>(LDNS_RR_TYPE_DNAME)) {
    return problem(type_token.at, "DNAME is not supported: the stub would not redirect; expected CNAME records");
  }
  const Result<void, Diagnostic> checked = check_fields(type, fields);
  if (!checked) return checked.error();
  std::string line = fmt::format("{} {} IN {}", owner, ttl_s, type_token.text);
  for (const ZoneToken& field : fields) line += " " + field.text;

  const std::string origin_text = state_.origin.empty() ? "." : state_.origin;
  const talk::LdnsField origin(ldns_dname_new_frm_str(origin_text.c_str()));
  ldns_rr* raw = nullptr;
  const ldns_status status = ldns_rr_new_frm_str(&raw, line.c_str(), ttl_s, origin.get(), nullptr);
  const talk::LdnsRecord read(raw);
  if (status != LDNS_STATUS_OK || !read) {
    return bad_data(type, type_token, fields, ldns_get_errorstr_by_id(status));
  }
  Record record{.owner = to_lower(*talk::to_wire_name(owner)), .type = type, .ttl_s = ttl_s, .rdata = {}, .at = {}};
  for (std::size_t index = 0; index < ldns_rr_rd_count(read.get()); ++index) {
    record.rdata += talk::bytes_of(ldns_rr_rdf(read.get(), index));
  }
  if (record.rdata.size() > 0xffff) return problem(type_token.at, "more than 65535 octets of data in one record");
  if (record.rdata.empty()) return bad_data(type, type_token, fields, "no data");
  return record;
}

}  // namespace watershed::dns
