// The table of capabilities. See extension.hpp.
#include "components/filter/sieve/extension.hpp"

#include <algorithm>
#include <array>

namespace watershed::sieve {

namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, static_cast<std::size_t>(Extension::count_)> names = {
    "",
    "fileinto",
    "envelope",
    "encoded-character",
    "copy",        // RFC 3894
    "reject",      // RFC 5429
    "ereject",     // RFC 5429
    "variables",   // RFC 5229
    "relational",  // RFC 5231
    "regex",       // draft-ietf-sieve-regex
    "imap4flags",  // RFC 5232
    "mailbox",     // RFC 5490
    "subaddress",  // RFC 5233
    "date",        // RFC 5260
    "index",       // RFC 5260
    "vacation",    // RFC 5230
    "vacation-seconds",
    "comparator-i;ascii-numeric",
    "comparator-i;octet",
    "comparator-i;ascii-casemap",
    "comparator-i;unicode-casemap",  // RFC 5051
    "body",                          // RFC 5173
    "spamtest",                      // RFC 5235
    "spamtestplus",
    "virustest",
    "editheader",    // RFC 5293
    "enotify",       // RFC 5435
    "ihave",         // RFC 5463
    "environment",   // RFC 5183
    "mime",          // RFC 5703
    "foreverypart",  // RFC 5703
    "replace",       // RFC 5703
    "enclose",       // RFC 5703
    "extracttext",   // RFC 5703
    "include",       // RFC 6609
    "extlists",      // RFC 6134
    "duplicate",     // RFC 7352
    "special-use",   // RFC 8579
    "mboxmetadata",  // RFC 5490
    "servermetadata",
    "vnd.dovecot.environment",
    "vnd.dovecot.debug",
    "vnd.dovecot.testsuite",
};

}  // namespace

ExtensionSet all_extensions() {
  ExtensionSet all;
  for (std::size_t index = 0; index < names.size(); ++index) all.insert(static_cast<Extension>(index));
  all.erase(Extension::dovecot_testsuite);
  return all;
}

std::string_view name(Extension extension) { return names[static_cast<std::size_t>(extension)]; }

std::optional<Extension> find_extension(std::string_view name) {
  const auto* const found = std::find(names.begin() + 1, names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Extension>(found - names.begin());
}

std::span<const std::string_view> extension_names() { return std::span(names).subspan(1); }

Extension implied_by(Extension extension) {
  switch (extension) {
    case Extension::vacation_seconds:
      return Extension::vacation;
    case Extension::spamtestplus:
      return Extension::spamtest;
    case Extension::dovecot_environment:
      return Extension::environment;
    default:
      return Extension::core;
  }
}

}  // namespace watershed::sieve
