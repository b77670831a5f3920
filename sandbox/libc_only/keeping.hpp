// See keeping_preload.cpp.
#pragma once

namespace watershed::sandbox::libc_only {

/// Whether a program started from this file has the library in front of it. True of what cannot be started at all.
bool goes_along(const char* program);

}  // namespace watershed::sandbox::libc_only
