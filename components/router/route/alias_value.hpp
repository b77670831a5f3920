// The right-hand sides that local(8) reads: values of aliases(5) and of :include: lists, and luser_relay.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace watershed::router {

/// The parts of an alias value: a comma outside quotes separates; `"|command args"` is one part. None is empty.
std::vector<std::string> split_destinations(std::string_view value);

/// The text without the quotes around it, where it has both.
std::string without_quotes(std::string_view text);

/// An address as local(8) takes it apart, in internal form.
struct LuserAddress {
  std::string address;
  std::string local;  ///< with extension
  std::string user;   ///< without
};

/// postconf(5) luser_relay: `setting` with $user, $local, $extension, $domain, $recipient and $recipient_delimiter
/// replaced, also in the forms ${name} and $(name).
std::string expand_luser_relay(std::string_view setting, const LuserAddress& unknown);

}  // namespace watershed::router
