// One entry of a master file as a record: owner, TTL, class, type and data. ldns reads the data; what ldns would let
// pass in silence (numbers out of range, names without origin, forgotten dots) is checked here, token by token.
#pragma once

#include "fakes/dns/zone.hpp"
#include "fakes/dns/zone_text.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace watershed::dns {

/// What the entries before leave to the next one (RFC 1035 §5.1, RFC 2308 §4).
struct ReaderState {
  std::string origin;                          ///< text with trailing dot; empty: none given yet
  std::string last_owner;                      ///< as `origin`
  std::optional<std::uint32_t> default_ttl_s;  ///< $TTL
  std::optional<std::uint32_t> last_ttl_s;
};

/// `file_text` is for the source lines of the diagnostics. Warnings are appended to `warnings`.
class RecordReader {
 public:
  RecordReader(std::string_view file_text, ReaderState state, Diagnostics& warnings)
      : file_text_(file_text), state_(std::move(state)), warnings_(warnings) {}

  /// A record, nothing for a directive, or what is wrong.
  Result<std::optional<Record>, Diagnostic> read(const ZoneEntry& entry);

 private:
  Result<std::optional<Record>, Diagnostic> directive(const ZoneEntry& entry);
  Result<std::string, Diagnostic> owner_of(const ZoneEntry& entry, std::size_t& next);
  Result<std::string, Diagnostic> absolute(const ZoneToken& token);
  Result<std::uint32_t, Diagnostic> ttl_of(const ZoneToken& token) const;
  Result<Record, Diagnostic> data(const std::string& owner, std::uint32_t ttl_s, talk::RecordType type,
                                  const ZoneToken& type_token, std::span<const ZoneToken> fields);
  Result<void, Diagnostic> check_fields(talk::RecordType type, std::span<const ZoneToken> fields);
  Diagnostic bad_data(talk::RecordType type, const ZoneToken& type_token, std::span<const ZoneToken> fields,
                      std::string_view reason) const;
  void warn_about_missing_dot(const ZoneToken& token);
  Diagnostic problem(const SourcePosition& at, std::string message, std::string hint = {}) const;

  std::string_view file_text_;
  ReaderState state_;
  Diagnostics& warnings_;
};

}  // namespace watershed::dns
