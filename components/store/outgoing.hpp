// What the carrying out of a script's actions needs to know of the delivery it belongs to.
#pragma once

#include "components/store/mail_store.hpp"

namespace watershed::store {

struct MailStore::Outgoing {
  const mail::Envelope& envelope;
  const mail::Recipient& recipient;
  std::shared_ptr<const mail::Message> message;
  stage::Custody custody;
};

}  // namespace watershed::store
