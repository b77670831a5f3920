// See netlink.hpp.
#include "sandbox/netlink.hpp"

#include <fmt/format.h>

#include <sys/socket.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstring>

namespace watershed::sandbox {

NetlinkRequest::NetlinkRequest(std::uint16_t type, std::uint16_t flags) {
  nlmsghdr header{};
  header.nlmsg_type = type;
  header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
  append(&header, sizeof header);
}

void NetlinkRequest::append(const void* data, std::size_t octets) {
  assert(used_ + NLMSG_ALIGN(octets) <= buffer_.size());
  std::memcpy(buffer_.data() + used_, data, octets);
  used_ += NLMSG_ALIGN(octets);
}

NetlinkRequest& NetlinkRequest::attribute(std::uint16_t type, std::span<const std::uint8_t> value) {
  const rtattr header{static_cast<std::uint16_t>(RTA_LENGTH(value.size())), type};
  append(&header, sizeof header);
  append(value.data(), value.size());
  return *this;
}

NetlinkRequest& NetlinkRequest::attribute(std::uint16_t type, std::uint32_t value) {
  std::array<std::uint8_t, sizeof value> octets{};
  std::memcpy(octets.data(), &value, sizeof value);
  return attribute(type, octets);
}

std::span<const std::uint8_t> NetlinkRequest::bytes() {
  const auto length = static_cast<std::uint32_t>(used_);
  std::memcpy(buffer_.data(), &length, sizeof length);  // nlmsg_len is the first member
  return {buffer_.data(), used_};
}

Netlink::Netlink() : socket_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)) {}

Netlink::~Netlink() {
  if (socket_ >= 0) ::close(socket_);
}

Result<void, Error> Netlink::ask(NetlinkRequest request, std::string_view what) {
  const auto refused = [&](int error) { return Error{fmt::format("{}: {}", what, std::strerror(error))}; };
  const std::span<const std::uint8_t> bytes = request.bytes();
  if (::send(socket_, bytes.data(), bytes.size(), 0) < 0) return refused(errno);
  std::array<std::uint8_t, 4096> answer{};
  const ssize_t got = ::recv(socket_, answer.data(), answer.size(), 0);
  if (got < 0) return refused(errno);
  nlmsghdr header{};
  nlmsgerr verdict{};
  if (static_cast<std::size_t>(got) < sizeof header + sizeof verdict.error) return refused(EPROTO);
  std::memcpy(&header, answer.data(), sizeof header);
  if (header.nlmsg_type != NLMSG_ERROR) return refused(EPROTO);
  std::memcpy(&verdict.error, answer.data() + sizeof header, sizeof verdict.error);
  if (verdict.error != 0 && verdict.error != -EEXIST) return refused(-verdict.error);
  return {};
}

}  // namespace watershed::sandbox
