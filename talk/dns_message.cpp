// See dns_message.hpp.
#include "talk/dns_message.hpp"

#include "base/text.hpp"
#include "talk/dns_name.hpp"
#include "talk/ldns_handles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace watershed::talk {

namespace {

constexpr std::array<std::pair<Rcode, std::string_view>, 7> rcode_names = {{{Rcode::no_error, "NOERROR"},
                                                                            {Rcode::format_error, "FORMERR"},
                                                                            {Rcode::server_failure, "SERVFAIL"},
                                                                            {Rcode::name_error, "NXDOMAIN"},
                                                                            {Rcode::not_implemented, "NOTIMP"},
                                                                            {Rcode::refused, "REFUSED"},
                                                                            {Rcode::bad_version, "BADVERS"}}};

void append_16(std::string& out, unsigned value) {
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value & 0xff);
}

std::string folded_name(const ldns_rdf* field) { return to_lower(to_text_name(bytes_of(field))); }

// The fields of one record, read only where the record really has them in that form.
class Fields {
 public:
  explicit Fields(const ldns_rr* record) : record_(record) {}

  std::size_t count() const { return ldns_rr_rd_count(record_); }
  const ldns_rdf* at(std::size_t index) const { return ldns_rr_rdf(record_, index); }
  bool are(std::initializer_list<ldns_rdf_type> types) const {
    if (count() != types.size()) return false;
    std::size_t index = 0;
    return std::all_of(types.begin(), types.end(),
                       [&](ldns_rdf_type type) { return at(index) && ldns_rdf_get_type(at(index++)) == type; });
  }
  std::uint8_t octet(std::size_t index) const { return ldns_rdf2native_int8(at(index)); }
  std::uint16_t word(std::size_t index) const { return ldns_rdf2native_int16(at(index)); }
  std::uint32_t long_word(std::size_t index) const { return ldns_rdf2native_int32(at(index)); }
  std::string name(std::size_t index) const { return folded_name(at(index)); }

 private:
  const ldns_rr* record_;
};

RecordData address_data(std::string_view bytes, bool is_v6) {
  IpAddress address;
  address.is_v6 = is_v6;
  std::copy_n(bytes.begin(), std::min(bytes.size(), address.bytes.size()), address.bytes.begin());
  return address;
}

RecordData opaque_data(const Fields& fields) {
  OpaqueData data;
  for (std::size_t index = 0; index < fields.count(); ++index) {
    if (fields.at(index) != nullptr) data.bytes += bytes_of(fields.at(index));
  }
  return data;
}

std::optional<TextStrings> text_data(const Fields& fields) {
  TextStrings data;
  for (std::size_t index = 0; index < fields.count(); ++index) {
    if (fields.at(index) == nullptr || ldns_rdf_get_type(fields.at(index)) != LDNS_RDF_TYPE_STR) return std::nullopt;
    data.strings.emplace_back(bytes_of(fields.at(index)).substr(1));  // the first octet is the length
  }
  return data;
}

// Nothing when the record's data does not have the form of its type.
std::optional<RecordData> typed_data(RecordType type, const Fields& fields) {
  switch (type) {
    case RecordType::a:
      if (!fields.are({LDNS_RDF_TYPE_A}) || ldns_rdf_size(fields.at(0)) != 4) return std::nullopt;
      return address_data(bytes_of(fields.at(0)), false);
    case RecordType::aaaa:
      if (!fields.are({LDNS_RDF_TYPE_AAAA}) || ldns_rdf_size(fields.at(0)) != 16) return std::nullopt;
      return address_data(bytes_of(fields.at(0)), true);
    case RecordType::mx:
      if (!fields.are({LDNS_RDF_TYPE_INT16, LDNS_RDF_TYPE_DNAME})) return std::nullopt;
      return MailExchanger{fields.word(0), fields.name(1)};
    case RecordType::cname:
    case RecordType::ns:
    case RecordType::ptr:
      if (!fields.are({LDNS_RDF_TYPE_DNAME})) return std::nullopt;
      return TargetName{fields.name(0)};
    case RecordType::txt: {
      std::optional<TextStrings> text = text_data(fields);
      if (!text) return std::nullopt;
      return std::move(*text);
    }
    case RecordType::soa:
      if (fields.count() != 7) return std::nullopt;
      return StartOfAuthority{fields.name(0), fields.name(1), fields.long_word(2), fields.long_word(6)};
    case RecordType::srv:
      if (fields.count() != 4) return std::nullopt;
      return ServiceLocation{fields.word(0), fields.word(1), fields.word(2), fields.name(3)};
    case RecordType::tlsa:
      if (fields.count() != 4) return std::nullopt;
      return TlsaAssociation{fields.octet(0), fields.octet(1), fields.octet(2), std::string(bytes_of(fields.at(3)))};
    default:
      return opaque_data(fields);
  }
}

Result<std::vector<DnsRecord>, Error> read_section(const ldns_rr_list* list) {
  std::vector<DnsRecord> records;
  for (std::size_t index = 0; index < ldns_rr_list_rr_count(list); ++index) {
    const ldns_rr* record = ldns_rr_list_rr(list, index);
    if (ldns_rr_get_class(record) != LDNS_RR_CLASS_IN) continue;
    const auto type = static_cast<RecordType>(ldns_rr_get_type(record));
    std::optional<RecordData> data = typed_data(type, Fields(record));
    if (!data) return Error{fmt::format("the data of a {} record does not have that type's form", to_string(type))};
    // RFC 2181 §8: a TTL with the most significant bit set means zero.
    const std::uint32_t ttl_s = ldns_rr_ttl(record) >> 31 != 0 ? 0 : ldns_rr_ttl(record);
    records.push_back({folded_name(ldns_rr_owner(record)), type, ttl_s, std::move(*data)});
  }
  return records;
}

}  // namespace

std::string to_string(RecordType type) {
  if (type == RecordType::any) return "ANY";
  const ldns_rr_descriptor* known = ldns_rr_descript(static_cast<std::uint16_t>(type));
  if (known != nullptr && known->_name != nullptr && known->_type == static_cast<ldns_rr_type>(type)) {
    return known->_name;
  }
  return fmt::format("TYPE{}", static_cast<unsigned>(type));
}

Result<RecordType, Error> parse_record_type(std::string_view text) {
  const std::string terminated(text);
  const unsigned number = terminated.find('\0') == std::string::npos
                              ? static_cast<unsigned>(ldns_get_rr_type_by_name(terminated.c_str()))
                              : 0;
  if (number == 0 || number > 0xffff) return Error{fmt::format("'{}' is not a DNS record type", text)};
  return static_cast<RecordType>(number);
}

std::string to_string(Rcode rcode) {
  for (const auto& [value, name] : rcode_names) {
    if (value == rcode) return std::string(name);
  }
  return fmt::format("RCODE{}", static_cast<unsigned>(rcode));
}

std::string TextStrings::joined() const {
  std::string all;
  for (const std::string& part : strings) all += part;
  return all;
}

Result<std::string, Error> encode_query(std::uint16_t id, std::string_view name, RecordType type,
                                        std::uint16_t edns_payload_octets) {
  const Result<std::string, Error> wire_name = to_wire_name(name);
  if (!wire_name) return wire_name.error();
  constexpr unsigned recursion_desired = 0x0100;
  const bool edns = edns_payload_octets > 0;
  std::string out;
  for (const unsigned word : {unsigned{id}, recursion_desired, 1U, 0U, 0U, edns ? 1U : 0U}) append_16(out, word);
  out += *wire_name;
  append_16(out, static_cast<unsigned>(type));
  append_16(out, LDNS_RR_CLASS_IN);
  if (edns) {
    // RFC 6891 §6.1.2: root owner, type OPT, class = payload size, TTL = extended rcode, version 0, flags; no options.
    out += '\0';
    append_16(out, static_cast<unsigned>(RecordType::opt));
    append_16(out, edns_payload_octets);
    out.append(6, '\0');
  }
  return text_result(std::move(out));
}

Result<DnsAnswer, Error> decode_answer(std::string_view wire) {
  ldns_pkt* raw = nullptr;
  const ldns_status status = ldns_wire2pkt(&raw, octets(wire), wire.size());
  const LdnsPacket packet(raw);
  if (status != LDNS_STATUS_OK || !packet) {
    return Error{fmt::format("not a DNS message: {}", ldns_get_errorstr_by_id(status))};
  }
  DnsAnswer answer;
  answer.id = ldns_pkt_id(packet.get());
  answer.is_response = ldns_pkt_qr(packet.get());
  answer.truncated = ldns_pkt_tc(packet.get());
  answer.authoritative = ldns_pkt_aa(packet.get());
  // RFC 6891 §6.1.3: OPT holds the upper eight bits of a 12-bit code.
  answer.rcode = static_cast<Rcode>(static_cast<unsigned>(ldns_pkt_get_rcode(packet.get())) |
                                    static_cast<unsigned>(ldns_pkt_edns_extended_rcode(packet.get())) << 4);
  const ldns_rr_list* questions = ldns_pkt_question(packet.get());
  if (ldns_rr_list_rr_count(questions) > 0) {
    const ldns_rr* question = ldns_rr_list_rr(questions, 0);
    answer.question_name = folded_name(ldns_rr_owner(question));
    answer.question_type = static_cast<RecordType>(ldns_rr_get_type(question));
  }
  const std::array<std::pair<const ldns_rr_list*, std::vector<DnsRecord>*>, 3> sections = {
      {{ldns_pkt_answer(packet.get()), &answer.records},
       {ldns_pkt_authority(packet.get()), &answer.authority},
       {ldns_pkt_additional(packet.get()), &answer.additional}}};
  for (const auto& [list, into] : sections) {
    Result<std::vector<DnsRecord>, Error> records = read_section(list);
    if (!records) return records.error();
    *into = std::move(*records);
  }
  return answer;
}

}  // namespace watershed::talk
