// The client's side of DNS messages: a query out, an answer in, as values. RFC 1035 §4, RFC 6891 (EDNS), RFC 3596
// (AAAA), RFC 2782 (SRV), RFC 6698 (TLSA). The bytes are read and written by ldns.
#pragma once

#include "base/ip_address.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace watershed::talk {

/// The types the project has words for; any other number is legal too (RFC 3597).
enum class RecordType : std::uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  ptr = 12,
  mx = 15,
  txt = 16,
  aaaa = 28,
  srv = 33,
  opt = 41,
  tlsa = 52,
  any = 255,
};

/// `MX`, `AAAA`, `TYPE65280` (RFC 3597 §5).
std::string to_string(RecordType type);
/// Reads the above without regard to case.
Result<RecordType, Error> parse_record_type(std::string_view text);

/// The number as on the wire, with the upper bits that EDNS adds (RFC 6891 §6.1.3).
enum class Rcode : std::uint16_t {
  no_error = 0,
  format_error = 1,
  server_failure = 2,
  name_error = 3,
  not_implemented = 4,
  refused = 5,
  bad_version = 16,
};

/// `NOERROR`, `NXDOMAIN`, `SERVFAIL` …, else `RCODE23`.
std::string to_string(Rcode rcode);

// What a record says. Names are text in lower case without trailing dot (dns_name.hpp).
struct MailExchanger {
  std::uint16_t preference = 0;
  std::string host;  ///< "." in a null MX (RFC 7505)

  bool operator==(const MailExchanger&) const = default;
};
/// CNAME, NS, PTR.
struct TargetName {
  std::string name;

  bool operator==(const TargetName&) const = default;
};
/// TXT: its character-strings, unescaped. SPF and DKIM join them without a blank (RFC 7208 §3.3).
struct TextStrings {
  std::vector<std::string> strings;

  std::string joined() const;
  bool operator==(const TextStrings&) const = default;
};
struct StartOfAuthority {
  std::string primary_server;
  std::string mailbox;
  std::uint32_t serial = 0;
  std::uint32_t minimum_s = 0;  ///< bounds how long a negative answer is kept (RFC 2308 §4)

  bool operator==(const StartOfAuthority&) const = default;
};
struct ServiceLocation {
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  std::uint16_t port = 0;
  std::string target;

  bool operator==(const ServiceLocation&) const = default;
};
struct TlsaAssociation {
  std::uint8_t usage = 0;
  std::uint8_t selector = 0;
  std::uint8_t matching_type = 0;
  std::string data;  ///< bytes

  bool operator==(const TlsaAssociation&) const = default;
};
/// The bytes of any other type.
struct OpaqueData {
  std::string bytes;

  bool operator==(const OpaqueData&) const = default;
};

using RecordData = std::variant<IpAddress, MailExchanger, TargetName, TextStrings, StartOfAuthority, ServiceLocation,
                                TlsaAssociation, OpaqueData>;

struct DnsRecord {
  std::string name;
  RecordType type = RecordType::a;
  std::uint32_t ttl_s = 0;
  RecordData data;

  bool operator==(const DnsRecord&) const = default;
};

struct DnsAnswer {
  std::uint16_t id = 0;
  bool is_response = false;
  Rcode rcode = Rcode::no_error;
  bool truncated = false;
  bool authoritative = false;
  std::string question_name;  ///< empty when the message has no question
  RecordType question_type = RecordType::a;
  std::vector<DnsRecord> records;  ///< the answer section
  std::vector<DnsRecord> authority;
  std::vector<DnsRecord> additional;  ///< without OPT
};

/// Without EDNS a UDP message holds 512 octets (RFC 1035 §4.2.1).
inline constexpr std::uint16_t udp_payload_octets_without_edns = 512;

/// One question of class IN with RD set. `edns_payload_octets` 0: no OPT record. Fails when `name` is no domain name.
Result<std::string, Error> encode_query(std::uint16_t id, std::string_view name, RecordType type,
                                        std::uint16_t edns_payload_octets);

/// Reads a whole message; hostile bytes are an error, never more. Records of another class than IN are left out.
Result<DnsAnswer, Error> decode_answer(std::string_view wire);

}  // namespace watershed::talk
