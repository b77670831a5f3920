// IP addresses as values: text forms, literals, networks.
#include "base/ip_address.hpp"

#include <gtest/gtest.h>

namespace watershed {
namespace {

IpAddress address(std::string_view text) {
  const auto parsed = parse_ip_address(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? *parsed : IpAddress();
}

TEST(IpAddress, TextFormsRoundTrip) {
  for (const std::string text : {"192.0.2.1", "0.0.0.0", "2001:db8::1", "::", "::ffff:192.0.2.1"}) {
    EXPECT_EQ(to_string(address(text)), text);
  }
  EXPECT_EQ(to_string(address("2001:DB8:0:0::1")), "2001:db8::1");
  EXPECT_EQ(address("192.0.2.1").bytes[3], 1);
  EXPECT_FALSE(address("192.0.2.1").is_v6);
}

TEST(IpAddress, RefusesWhatIsNone) {
  const std::string_view bad[] = {"",
                                  "192.0.2",
                                  "192.0.2.256",
                                  "[192.0.2.1]",
                                  "::1%lo",
                                  "1.2.3.4 ",
                                  "fe80:::1",
                                  std::string_view("::1\0", 4),
                                  "host.example"};
  for (const std::string_view text : bad) EXPECT_FALSE(parse_ip_address(text)) << text;
}

TEST(IpAddress, EndpointsAndLiterals) {
  EXPECT_EQ(to_string(Endpoint{address("192.0.2.1"), 25}), "192.0.2.1:25");
  EXPECT_EQ(to_string(Endpoint{address("2001:db8::1"), 25}), "[2001:db8::1]:25");
  EXPECT_EQ(to_address_literal(address("192.0.2.1")), "[192.0.2.1]");
  EXPECT_EQ(to_address_literal(address("2001:db8::1")), "[IPv6:2001:db8::1]");
}

TEST(IpAddress, NetworksCompareTheirPrefix) {
  struct Case {
    const char* address;
    const char* network;
    int prefix_bits;
    bool inside;
  };
  constexpr Case cases[] = {
      {"192.0.2.129", "192.0.2.128", 25, true},  {"192.0.2.127", "192.0.2.128", 25, false},
      {"192.0.2.1", "198.51.100.1", 0, true},    {"192.0.2.1", "192.0.2.1", 32, true},
      {"192.0.2.1", "192.0.2.0", 32, false},     {"2001:db8::1", "2001:db8::", 127, true},
      {"2001:db8::2", "2001:db8::", 127, false}, {"2001:db8::1", "0.0.0.0", 0, false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(in_network(address(c.address), address(c.network), c.prefix_bits), c.inside)
        << c.address << " in " << c.network << '/' << c.prefix_bits;
  }
  EXPECT_NE(IpAddressHash{}(address("192.0.2.1")), IpAddressHash{}(address("192.0.2.2")));
}

}  // namespace
}  // namespace watershed
