// The parameters of MAIL FROM and RCPT TO. RFC 5321 §4.1.2; each parameter's RFC is named where it is read.
#pragma once

#include "mail/envelope.hpp"
#include "mail/reply.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace watershed::mail {

/// Reads what follows the path of MAIL FROM into the envelope. Nothing, or the reply that refuses.
std::optional<Reply> read_mail_parameters(std::string_view text, Envelope& envelope);
/// The same for RCPT TO.
std::optional<Reply> read_rcpt_parameters(std::string_view text, Recipient& recipient);

/// A decimal number of 1 to 20 digits (RFC 1870 §3, RFC 3030 §2). What does not fit is the greatest number there is:
/// too large for every limit.
std::optional<std::uint64_t> parse_octets(std::string_view text);

/// 501 5.5.4 with this text.
Reply syntax_refusal(std::string_view text);

}  // namespace watershed::mail
