// Owners for what ldns hands out. Included by .cpp files only, so that ldns stays out of everybody's headers.
#pragma once

// Before ldns, which otherwise makes macros of `bool`, `true` and `false`.
#include <stdbool.h>

#include <ldns/ldns.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace watershed::talk {

struct LdnsDeleter {
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
  void operator()(ldns_rr* record) const { ldns_rr_free(record); }
  void operator()(ldns_rdf* field) const { ldns_rdf_deep_free(field); }
  // What ldns allocates as plain memory comes from malloc.
  void operator()(std::uint8_t* bytes) const { std::free(bytes); }  // NOLINT(cppcoreguidelines-no-malloc)
};

using LdnsPacket = std::unique_ptr<ldns_pkt, LdnsDeleter>;
using LdnsRecord = std::unique_ptr<ldns_rr, LdnsDeleter>;
using LdnsField = std::unique_ptr<ldns_rdf, LdnsDeleter>;
using LdnsBytes = std::unique_ptr<std::uint8_t, LdnsDeleter>;

/// The field's bytes as on the wire, names uncompressed. Valid as long as the field.
inline std::string_view bytes_of(const ldns_rdf* field) {
  return {reinterpret_cast<const char*>(ldns_rdf_data(field)), ldns_rdf_size(field)};
}

inline const std::uint8_t* octets(std::string_view bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

}  // namespace watershed::talk
