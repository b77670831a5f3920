// The envelope: what SMTP says about a message, apart from the message. RFC 5321 §2.3.1, RFC 3461 (DSN parameters),
// RFC 1870 (SIZE), RFC 6152 and RFC 3030 (BODY), RFC 6531 (SMTPUTF8).
#pragma once

#include "mail/path.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace watershed::mail {

enum class BodyType { seven_bit, eight_bit_mime, binary_mime };

/// RFC 3461 §4.3 RET=.
enum class DsnReturn { unspecified, full, headers };

/// RFC 3461 §4.1 NOTIFY=. Unspecified means failure (and possibly delay) is reported.
struct DsnNotify {
  bool specified = false;
  bool never = false;
  bool success = false;
  bool failure = false;
  bool delay = false;

  bool wants_failure() const { return !specified || failure; }
  bool wants_delay() const { return !specified || delay; }
  bool wants_success() const { return specified && success; }
  bool operator==(const DsnNotify&) const = default;
};

struct Recipient {
  ForwardPath forward_path;
  DsnNotify notify;
  std::string original_recipient;  ///< ORCPT value `rfc822;a@b`, xtext decoded; empty when not given

  bool operator==(const Recipient&) const = default;
};

struct Envelope {
  ReversePath reverse_path;
  std::vector<Recipient> recipients;
  BodyType body_type = BodyType::seven_bit;
  bool smtputf8 = false;
  std::optional<std::uint64_t> declared_size_octets;
  DsnReturn dsn_return = DsnReturn::unspecified;
  std::string envelope_id;  ///< ENVID, xtext decoded; empty when not given

  bool operator==(const Envelope&) const = default;
};

}  // namespace watershed::mail
