// Requests to the kernel's routing tables, one at a time. rtnetlink(7)
#pragma once

#include "base/result.hpp"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace watershed::sandbox {

class NetlinkRequest {
 public:
  NetlinkRequest(std::uint16_t type, std::uint16_t flags);

  /// The fixed part after the header: ifinfomsg, ifaddrmsg, rtmsg, fib_rule_hdr.
  template <class Body>
  NetlinkRequest& with(const Body& body) {
    append(&body, sizeof body);
    return *this;
  }
  NetlinkRequest& attribute(std::uint16_t type, std::span<const std::uint8_t> value);
  NetlinkRequest& attribute(std::uint16_t type, std::uint32_t value);

  std::span<const std::uint8_t> bytes();

 private:
  void append(const void* data, std::size_t octets);

  std::array<std::uint8_t, 512> buffer_{};
  std::size_t used_ = 0;
};

class Netlink {
 public:
  Netlink();
  ~Netlink();
  Netlink(const Netlink&) = delete;
  Netlink& operator=(const Netlink&) = delete;

  /// Sends a request and waits for the kernel's verdict; `what` opens the error's sentence. EEXIST is no error.
  Result<void, Error> ask(NetlinkRequest request, std::string_view what);

 private:
  int socket_;
};

}  // namespace watershed::sandbox
