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
};

}  // namespace

ExtensionSet all_extensions() {
  ExtensionSet all;
  for (std::size_t index = 0; index < names.size(); ++index) all.insert(static_cast<Extension>(index));
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
  return extension == Extension::vacation_seconds ? Extension::vacation : Extension::core;
}

}  // namespace watershed::sieve
