// What a provider puts into, or does to, a message that it takes: trace and stamp fields, and the changes of content
// that a tenant has asked for. Pure.
#pragma once

#include "fakes/cloud/tenant.hpp"
#include "mail/message.hpp"
#include "talk/content_filter.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::cloud {

struct StampRequest {
  const Tenant& tenant;
  std::string_view hostname;
  std::string_view client;  ///< its address as text
  std::string_view helo;
  std::string_view id;  ///< of this copy, for Received
  std::string_view protocol = "ESMTP";
  std::string_view for_path;  ///< only for a message with one recipient
  bool is_internal = false;
  talk::FilterAction verdict = talk::FilterAction::accept;
  std::int64_t unix_seconds = 0;
};

/// Puts the stamps (when the tenant has them on) and the Received field on top. Stamps that came along are removed
/// first: they speak for this provider, and the one who wrote them was another.
void stamp(mail::Message& message, const StampRequest& request);

/// The Received field alone, for what moves inside the provider.
void stamp_received(mail::Message& message, const StampRequest& request);

/// Does what the tenant's mutations ask for to mail from outside; one sentence for each change made.
std::vector<std::string> mutate(mail::Message& message, const Mutations& mutations);

}  // namespace watershed::cloud
