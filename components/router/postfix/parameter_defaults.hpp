// The parameter names and defaults of Postfix 3.7, as text, by how the model treats them. Read once by parameters.cpp.
#pragma once

#include <string_view>

namespace watershed::postfix {

// Each holds lines of `name = default`.
extern const std::string_view modelled_parameter_defaults;
extern const std::string_view not_modelled_parameter_defaults;
extern const std::string_view harmless_parameter_defaults;

}  // namespace watershed::postfix
