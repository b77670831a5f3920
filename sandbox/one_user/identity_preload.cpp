// Answers for the kernel when a program asks who it is, or becomes somebody else. Preloaded; see identity.hpp.
//
// The identity is kept in a resource limit that nothing here uses (RLIMIT_RTTIME, of real-time processes): the kernel
// hands limits on over fork and exec, and no program clears them as Postfix clears its environment.
#include "sandbox/one_user/identity.hpp"

#include <grp.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

namespace watershed::sandbox::one_user {

namespace {

Identity current;

Identity kept() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_RTTIME, &limit) != 0) return {};
  return unpacked(limit.rlim_cur);
}

// capabilities(7), "Effect of user ID changes on capabilities". Without them a folder that nobody may enter is closed
// to whoever has become a user, although the kernel still takes him for its owner and for root of the namespace.
void fit_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  if (::syscall(SYS_capget, &header, data) != 0) return;
  const bool for_good = !current.is_root() && current.real_user != 0;
  for (auto& each : data) {
    if (for_good) each.permitted = each.inheritable = 0;
    each.effective = current.is_root() ? each.permitted : 0;
  }
  ::syscall(SYS_capset, &header, data);
}

// A program that an execve(2) made: the kernel has given it root's capabilities anew.
[[gnu::constructor]] void take_over() {
  current = kept();
  if (!(current == Identity{})) fit_capabilities();
}

int take(const std::optional<Identity>& next) {
  if (!next) {
    errno = EPERM;
    return -1;
  }
  become(*next);
  return 0;
}

}  // namespace

const Identity& identity() { return current; }

void become(const Identity& next) {
  current = next;
  rlimit limit{};
  if (::getrlimit(RLIMIT_RTTIME, &limit) == 0) {
    limit.rlim_cur = packed(next);
    ::setrlimit(RLIMIT_RTTIME, &limit);
  }
  fit_capabilities();
}

}  // namespace watershed::sandbox::one_user

using namespace watershed::sandbox::one_user;  // NOLINT: what follows is the C library's to name

extern "C" {

uid_t getuid() noexcept { return identity().real_user; }
uid_t geteuid() noexcept { return identity().user; }
gid_t getgid() noexcept { return identity().real_group; }
gid_t getegid() noexcept { return identity().group; }

int getresuid(uid_t* real, uid_t* effective, uid_t* saved) noexcept {
  *real = *saved = identity().real_user;
  *effective = identity().user;
  return 0;
}
int getresgid(gid_t* real, gid_t* effective, gid_t* saved) noexcept {
  *real = *saved = identity().real_group;
  *effective = identity().group;
  return 0;
}

int setuid(uid_t user) noexcept { return take(with_user(identity(), user)); }
int seteuid(uid_t user) noexcept { return take(with_users(identity(), unchanged, user)); }
int setreuid(uid_t real, uid_t effective) noexcept { return take(with_users(identity(), real, effective)); }
int setresuid(uid_t real, uid_t effective, uid_t) noexcept { return take(with_users(identity(), real, effective)); }
int setgid(gid_t group) noexcept { return take(with_group(identity(), group)); }
int setegid(gid_t group) noexcept { return take(with_groups(identity(), unchanged, group)); }
int setregid(gid_t real, gid_t effective) noexcept { return take(with_groups(identity(), real, effective)); }
int setresgid(gid_t real, gid_t effective, gid_t) noexcept { return take(with_groups(identity(), real, effective)); }

// Further groups give no right here, where all files are one user's; nobody is in any.
int setgroups(size_t, const gid_t*) noexcept {
  if (identity().is_root()) return 0;
  errno = EPERM;
  return -1;
}
int initgroups(const char*, gid_t) { return setgroups(0, nullptr); }
int getgroups(int, gid_t*) noexcept { return 0; }
}
