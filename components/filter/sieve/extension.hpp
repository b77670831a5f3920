// The Sieve capabilities that this engine knows, by the names that `require` uses.
#pragma once

#include <bitset>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace watershed::sieve {

enum class Extension {
  core,  ///< RFC 5228 without any capability; always there
  fileinto,
  envelope,
  encoded_character,
  copy,
  reject,
  ereject,
  variables,
  relational,
  regex,
  imap4flags,
  mailbox,
  subaddress,
  date,
  index,
  vacation,
  vacation_seconds,
  comparator_ascii_numeric,
  comparator_octet,
  comparator_ascii_casemap,
  comparator_unicode_casemap,
  body,
  spamtest,
  spamtestplus,
  virustest,
  editheader,
  enotify,
  ihave,
  environment,
  mime,
  foreverypart,
  replace,
  enclose,
  extracttext,
  include,
  extlists,
  duplicate,
  special_use,
  mboxmetadata,
  servermetadata,
  dovecot_environment,
  dovecot_debug,
  dovecot_testsuite,  ///< the language of .svtest files; only their runner switches it on
  count_              ///< how many there are
};

class ExtensionSet {
 public:
  bool contains(Extension extension) const { return bits_.test(static_cast<std::size_t>(extension)); }
  void insert(Extension extension) { bits_.set(static_cast<std::size_t>(extension)); }
  void erase(Extension extension) { bits_.reset(static_cast<std::size_t>(extension)); }

 private:
  std::bitset<static_cast<std::size_t>(Extension::count_)> bits_;
};

/// Every capability of scripts that mail is filtered with: all but dovecot_testsuite.
ExtensionSet all_extensions();

/// The name in `require`, e.g. "vacation-seconds"; "core" has none (empty).
std::string_view name(Extension extension);

/// Names ignore no case: RFC 5228 §6.1 compares them as octets.
std::optional<Extension> find_extension(std::string_view name);

/// All names, for the nearest match.
std::span<const std::string_view> extension_names();

/// What requiring `extension` brings along, e.g. vacation-seconds implies vacation (RFC 6131 §2). `core` for nothing.
Extension implied_by(Extension extension);

}  // namespace watershed::sieve
