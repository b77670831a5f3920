// See record_form.hpp.
#include "fakes/dns/record_form.hpp"

namespace watershed::dns {

using talk::RecordType;

namespace {

const ldns_rr_descriptor* description_of(RecordType type) { return ldns_rr_descript(static_cast<std::uint16_t>(type)); }

}  // namespace

std::size_t field_count_min(RecordType type) { return ldns_rr_descriptor_minimum(description_of(type)); }

std::size_t field_count_max(RecordType type) { return ldns_rr_descriptor_maximum(description_of(type)); }

std::string_view expected_data(RecordType type) {
  switch (type) {
    case RecordType::a:
      return "an IPv4 address such as 192.0.2.25";
    case RecordType::aaaa:
      return "an IPv6 address such as 2001:db8::25";
    case RecordType::mx:
      return "a preference from 0 to 65535 and a host: 10 mx.example.";
    case RecordType::txt:
      return "one or more strings of at most 255 octets";
    case RecordType::cname:
    case RecordType::ns:
    case RecordType::ptr:
      return "one domain name";
    case RecordType::soa:
      return "primary server, mailbox, serial, refresh, retry, expire, minimum";
    case RecordType::srv:
      return "priority, weight, port and a host";
    case RecordType::tlsa:
      return "usage, selector, matching type and hexadecimal data";
    default:
      return "data in the form of its type's RFC";
  }
}

std::uint64_t number_max(ldns_rdf_type form) {
  switch (form) {
    case LDNS_RDF_TYPE_INT8:
    case LDNS_RDF_TYPE_ALG:
    case LDNS_RDF_TYPE_CERTIFICATE_USAGE:
    case LDNS_RDF_TYPE_SELECTOR:
    case LDNS_RDF_TYPE_MATCHING_TYPE:
      return 0xff;
    case LDNS_RDF_TYPE_INT16:
      return 0xffff;
    case LDNS_RDF_TYPE_INT32:
    case LDNS_RDF_TYPE_PERIOD:
      return 0xffffffff;
    default:
      return 0;
  }
}

ldns_rdf_type form_of(RecordType type, std::size_t field) {
  return field < field_count_max(type) ? ldns_rr_descriptor_field_type(description_of(type), field)
                                       : LDNS_RDF_TYPE_NONE;
}

}  // namespace watershed::dns
