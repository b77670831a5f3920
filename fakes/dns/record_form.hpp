// What the data of each record type looks like: the fields of its presentation form. RFC 1035 §3.3 and each type's RFC;
// the tables are ldns's.
#pragma once

#include "talk/dns_message.hpp"

#include <ldns/ldns.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace watershed::dns {

/// The data that a type needs, for error texts: "an IPv4 address such as 192.0.2.25".
std::string_view expected_data(talk::RecordType type);

std::size_t field_count_min(talk::RecordType type);
std::size_t field_count_max(talk::RecordType type);

/// The form of the n-th field of a type's data; NONE beyond its last (ldns asserts that nobody asks for those).
ldns_rdf_type form_of(talk::RecordType type, std::size_t field);

/// The greatest number that a field of this form holds; 0 where the form is no plain number.
std::uint64_t number_max(ldns_rdf_type form);

}  // namespace watershed::dns
