// Sender rewriting: a forwarder puts its own domain into the reverse-path, so that SPF holds at the next host, and
// folds the original one into the local part, so that a bounce finds its way back. The form is that of Exchange Online:
//   <forwarder>+SRS=<hash>=<timestamp>=<original domain>=<original local part>@<forwarder's domain>
//   bounces+SRS=<hash>=<timestamp>@<default domain>       when the local part would be over 64 octets (not decodable)
// Pure. The hash keeps strangers from using the decoder as a relay; it need not withstand more in a fake.
#pragma once

#include "base/result.hpp"
#include "mail/address.hpp"

#include <cstdint>
#include <string_view>

namespace watershed::cloud {

struct SrsKey {
  std::string_view secret;
  std::int64_t unix_seconds = 0;  ///< now
};

/// How long a bounce may take to come back.
inline constexpr std::int64_t srs_valid_days = 21;

mail::Address srs_encode(const mail::Address& reverse_path, const mail::Address& forwarder,
                         std::string_view default_domain, const SrsKey& key);

/// True when the local part claims to be SRS.
bool is_srs(const mail::Address& address);

/// The original reverse-path. The error says what is wrong: forged, expired, malformed, or the long form.
Result<mail::Address, Error> srs_decode(const mail::Address& address, const SrsKey& key);

}  // namespace watershed::cloud
