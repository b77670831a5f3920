// The C library's own function behind one that the preloaded library stands in front of. dlsym(3), RTLD_NEXT
#pragma once

#include <dlfcn.h>

namespace watershed::sandbox::libc_only {

/// `static const auto real = real_call<decltype(&::open)>("open");`
template <class Function>
Function real_call(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace watershed::sandbox::libc_only
