// What a run has where the kernel gives no namespaces: a part of 127.0.0.0/8 for its addresses, a folder, and a library
// that is loaded into every program and shows it the world (see view.hpp). What the library does not stand in front of
// is not kept in: a system call made past libc, a statically linked program.
#pragma once

#include "base/address_map.hpp"
#include "base/result.hpp"

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace watershed::sandbox::libc_only {

/// A path as programs name it, and what they get.
struct Shown {
  std::filesystem::path real;
  std::filesystem::path shown;
};

struct Confinement {
  std::filesystem::path work;
  std::filesystem::path library;
  AddressMap addresses;         ///< the world's to 127.x.y.n
  IpAddress network;            ///< 127.x.y.0
  std::vector<Shown> programs;  ///< copies of set-user-ID programs, without those bits
};

/// Part of 127.0.0.0/8 that is this process's as long as the descriptor is open.
struct Claim {
  IpAddress network;
  AddressMap addresses;
  int lock = -1;
};

/// Takes a free 127.x.y.0/24 and gives every address one in it. The error says why there is none, or that the ports of
/// mail and DNS cannot be had.
Result<Claim, Error> claim_addresses(std::span<const IpAddress> world);

/// Makes the folder and what belongs into it.
Result<Confinement, Error> make_confinement(const Claim& claim);

/// One host's view as a file. `address`: the host's first.
struct HostView {
  std::string hostname;
  IpAddress address;
  std::vector<Shown> paths;  ///< in order, as mounts would be made
};

/// Of an environment: name and value.
using Settings = std::map<std::string, std::string>;

/// Writes it; the settings that every program of the host needs.
Result<Settings, Error> write_view(const Confinement& confinement, const HostView& view);

}  // namespace watershed::sandbox::libc_only
