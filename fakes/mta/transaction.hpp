// What a fake MTA keeps of a message that it accepted: the evidence, as received, nothing added.
#pragma once

#include "mail/envelope.hpp"
#include "mail/message.hpp"
#include "stage/journal.hpp"

namespace watershed::mta {

struct ReceivedTransaction {
  mail::Envelope envelope;  ///< with the recipients that were accepted
  mail::Message message;
  std::uint64_t body_hash = 0;  ///< mail::Message::body_hash of the message
  stage::Time at{};
  stage::Custody custody = 0;
  stage::ConnectionId connection = 0;
  std::uint32_t transaction = 0;
  IpAddress client;
  std::string helo;
};

}  // namespace watershed::mta
