// A path in place of the one that a program names, as long as a call lasts. See view.hpp.
#pragma once

#include "sandbox/libc_only/view.hpp"

#include <limits.h>

namespace watershed::sandbox::libc_only {

class RealPath {
 public:
  explicit RealPath(const char* shown) : path_(real_path(shown, buffer_)) {}
  RealPath(const RealPath&) = delete;
  RealPath& operator=(const RealPath&) = delete;

  operator const char*() const { return path_; }

 private:
  char buffer_[PATH_MAX];
  const char* path_;
};

}  // namespace watershed::sandbox::libc_only
