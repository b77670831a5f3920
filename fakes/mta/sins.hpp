// What a peer did against the RFCs in a message that was accepted all the same. A fake is stricter than the real thing.
#pragma once

#include "mail/envelope.hpp"
#include "mail/message.hpp"

#include <string>
#include <vector>

namespace watershed::mta {

/// One sentence a sin: bare line feeds, lines over 998 octets, 8-bit content that was not declared, broken or missing
/// trace fields.
std::vector<std::string> find_sins(const mail::Envelope& envelope, const mail::Message& message);

}  // namespace watershed::mta
