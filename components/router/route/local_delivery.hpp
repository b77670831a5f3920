// One recipient's way through local(8).
#pragma once

#include "components/router/route/local_rules.hpp"

#include <span>

namespace watershed::router {

/// See LocalAgent::deliver.
LocalDelivery deliver_locally(const LocalAgent::Rules& rules, std::span<const std::string> delivered_to,
                              const mail::ReversePath& reverse_path, const mail::Address& recipient);

}  // namespace watershed::router
