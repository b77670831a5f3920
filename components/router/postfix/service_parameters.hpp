// Which parameters the model reads with a service's own -o overrides on top. master(5): "-o name=value … override the
// named main.cf configuration parameter", for that service's process alone.
#pragma once

#include <string_view>

namespace watershed::postfix {

/// Whether an override of `name` for a service that runs `command` has its effect here, or has none in Postfix either.
bool is_override_modelled(std::string_view command, std::string_view name);

}  // namespace watershed::postfix
