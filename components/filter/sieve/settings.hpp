// What a site sets about the Sieve engine, under the names that Pigeonhole's administrators know (dovecot.conf of 2.3
// and 2.4, doc/wiki of dovecot-core: Pigeonhole/Sieve/Configuration). Numbers that bound a run are in limits.hpp.
#pragma once

#include "base/result.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::sieve {

struct CompileOptions;

/// One of spamtest and virustest: which header field says how bad a message is. RFC 5235.
struct ScoreSource {
  enum class Kind { score, length, text } kind = Kind::score;
  std::string status_header;  ///< `Name` or `Name: regex`; empty: not configured
  std::string max_header;     ///< the same for the highest value
  std::string max_value;
  std::array<std::string, 11> texts;  ///< for Kind::text: what the field says for each value

  bool operator==(const ScoreSource&) const = default;
};

struct Settings {
  /// RFC 5233 §3: what stands between user and detail in a local part. Each character is a separator of its own.
  std::string subaddress_separator = "+";
  ScoreSource spamtest;
  ScoreSource virustest;
  std::vector<std::string> fields_not_added;    ///< sieve_editheader_forbid_add and _protected
  std::vector<std::string> fields_not_deleted;  ///< sieve_editheader_forbid_delete and _protected
  std::string user_email;                       ///< the owner, where the recipient is not
  std::string redirect_envelope_from = "sender";
  std::string notify_envelope_from;
  bool vacation_checks_recipient = true;
  bool vacation_sends_from_recipient = false;
  bool vacation_uses_original_recipient = false;
  std::string vacation_default_subject;
  std::string vacation_default_subject_template;
  bool vacation_to_header_ignores_envelope = false;
};

/// Sets one setting by its Pigeonhole name; nothing where the name is unknown, an error where the value is wrong.
/// An empty optional value puts the default back.
std::optional<Result<void, Error>> apply_setting(CompileOptions& options, std::string_view name,
                                                 const std::optional<std::string>& value);

}  // namespace watershed::sieve
