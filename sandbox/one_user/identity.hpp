// Who a process takes itself for where the kernel knows one user only. Mail programs start as root and become others;
// at Level::single_user there is nobody else to become, so a preloaded library keeps the identity and answers for the
// kernel, by the kernel's own rules: a program that checks that it cannot get root back must not get it back.
// setuid(2), seteuid(2), setresuid(2), credentials(7)
#pragma once

#include <cstdint>
#include <optional>

namespace watershed::sandbox::one_user {

using Id = std::uint32_t;
inline constexpr Id unchanged = ~Id{0};
/// Greater ids cannot be kept; no Debian package has any (the harness's own begin at 5000).
inline constexpr Id id_max = 0xffff;

/// The saved ids are not kept apart from the real ones: what a process took on for a while it gives back by them.
struct Identity {
  Id real_user = 0;
  Id user = 0;  ///< the effective one
  Id real_group = 0;
  Id group = 0;

  constexpr bool is_root() const { return user == 0; }
  friend bool operator==(const Identity&, const Identity&) = default;
};

/// One number for all four ids, such that root everywhere is ~0: what a resource limit is when nobody has set it.
constexpr std::uint64_t packed(const Identity& identity) {
  const auto at = [](Id id, unsigned place) { return std::uint64_t{id & id_max} << (16 * place); };
  return ~(at(identity.real_user, 0) | at(identity.user, 1) | at(identity.real_group, 2) | at(identity.group, 3));
}
constexpr Identity unpacked(std::uint64_t number) {
  const auto at = [number](unsigned place) { return static_cast<Id>((~number >> (16 * place)) & id_max); };
  return {at(0), at(1), at(2), at(3)};
}

/// setresuid(2): whoever is not root may choose among the ids that he has. Nothing: EPERM.
constexpr std::optional<Identity> with_users(const Identity& now, Id real, Id effective) {
  const auto may = [&now](Id id) { return now.is_root() || id == unchanged || id == now.real_user || id == now.user; };
  if (!may(real) || !may(effective)) return std::nullopt;
  Identity next = now;
  if (real != unchanged) next.real_user = real;
  if (effective != unchanged) next.user = effective;
  return next;
}
/// setresgid(2): the right comes with the user, not with the group.
constexpr std::optional<Identity> with_groups(const Identity& now, Id real, Id effective) {
  const auto may = [&now](Id id) {
    return now.is_root() || id == unchanged || id == now.real_group || id == now.group;
  };
  if (!may(real) || !may(effective)) return std::nullopt;
  Identity next = now;
  if (real != unchanged) next.real_group = real;
  if (effective != unchanged) next.group = effective;
  return next;
}
/// setuid(2): root becomes somebody else for good; others change the effective user only.
constexpr std::optional<Identity> with_user(const Identity& now, Id user) {
  return with_users(now, now.is_root() ? user : unchanged, user);
}
constexpr std::optional<Identity> with_group(const Identity& now, Id group) {
  return with_groups(now, now.is_root() ? group : unchanged, group);
}

/// This process's identity.
const Identity& identity();
/// Keeps it over fork and exec, and gives root's capabilities up or takes them back as the kernel would.
void become(const Identity& next);

}  // namespace watershed::sandbox::one_user
