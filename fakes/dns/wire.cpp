// See wire.hpp.
#include "fakes/dns/wire.hpp"

#include "base/text.hpp"
#include "talk/dns_name.hpp"
#include "talk/ldns_handles.hpp"

#include <algorithm>
#include <optional>

namespace watershed::dns {

namespace {

using talk::Rcode;
using talk::RecordType;

constexpr std::size_t header_octets = 12;
constexpr std::size_t opt_octets = 11;
constexpr std::size_t udp_octets_most = 4096;  // RFC 6891 §6.2.5: a good compromise for what a server sends
constexpr unsigned qr_bit = 0x8000;
constexpr unsigned tc_bit = 0x0200;
constexpr unsigned rd_bit = 0x0100;
constexpr unsigned ra_bit = 0x0080;

unsigned word_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned>(static_cast<unsigned char>(bytes[at])) << 8 | static_cast<unsigned char>(bytes[at + 1]);
}

void put_word(std::string& bytes, std::size_t at, unsigned value) {
  bytes[at] = static_cast<char>(value >> 8);
  bytes[at + 1] = static_cast<char>(value & 0xff);
}

void append_word(std::string& bytes, unsigned value) {
  bytes += static_cast<char>(value >> 8);
  bytes += static_cast<char>(value & 0xff);
}

// The octets of a name that may end in a compression pointer; 0 when cut short.
std::size_t compressed_name_length(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t length = static_cast<unsigned char>(bytes[at]);
    if (length == 0) return at + 1;
    if (length >= 0xc0) return at + 2 <= bytes.size() ? at + 2 : 0;
    if (length > 63) return 0;
    at += 1 + length;
  }
  return 0;
}

Query& refusal(Query& query, Rcode rcode, std::string_view problem) {
  query.kind = Query::Kind::refusal;
  query.rcode = rcode;
  query.problem = problem;
  return query;
}

bool are_options(std::string_view data) {
  while (data.size() >= 4) {
    const std::size_t length = word_at(data, 2);
    if (data.size() - 4 < length) return false;
    data.remove_prefix(4 + length);
  }
  return data.empty();
}

// Reads the OPT record among the additional ones; false when the section is malformed.
bool read_additional(std::string_view bytes, unsigned count, Query& query, unsigned& version) {
  for (; count > 0; --count) {
    const std::size_t name_length = compressed_name_length(bytes);
    if (name_length == 0 || bytes.size() < name_length + 10) return false;
    const std::string_view fixed = bytes.substr(name_length, 10);
    const std::size_t data_length = word_at(fixed, 8);
    if (bytes.size() - name_length - 10 < data_length) return false;
    if (word_at(fixed, 0) == static_cast<unsigned>(RecordType::opt)) {
      // RFC 6891 §6.1.1: more than one OPT record is a FORMERR; §6.1.2: its name must be the root.
      if (query.has_edns || name_length != 1) return false;
      if (!are_options(bytes.substr(name_length + 10, data_length))) return false;
      query.has_edns = true;
      // RFC 6891 §6.2.3: values under 512 are read as 512.
      query.udp_octets_max = std::clamp<std::size_t>(word_at(fixed, 2), 512, udp_octets_most);
      version = static_cast<unsigned char>(fixed[5]);
      query.dnssec_ok = (static_cast<unsigned char>(fixed[6]) & 0x80) != 0;
    }
    bytes.remove_prefix(name_length + 10 + data_length);
  }
  return bytes.empty();
}

std::optional<std::pair<Rcode, std::string_view>> objection_to_type(unsigned type) {
  switch (type) {
    case 0:
    case LDNS_RR_TYPE_OPT:
    case LDNS_RR_TYPE_TKEY:
    case LDNS_RR_TYPE_TSIG:
      return {{Rcode::format_error, "a type that cannot be asked for"}};
    case LDNS_RR_TYPE_IXFR:
    case LDNS_RR_TYPE_AXFR:
      return {{Rcode::refused, "zone transfer"}};
    case LDNS_RR_TYPE_MAILB:
    case LDNS_RR_TYPE_MAILA:
      return {{Rcode::not_implemented, "an obsolete type"}};
    default:
      return std::nullopt;
  }
}

talk::LdnsRecord to_ldns(const AnswerRecord& answer) {
  std::string wire = answer.owner;
  append_word(wire, static_cast<unsigned>(answer.record->type));
  append_word(wire, LDNS_RR_CLASS_IN);
  append_word(wire, answer.ttl_s >> 16);
  append_word(wire, answer.ttl_s & 0xffff);
  append_word(wire, static_cast<unsigned>(answer.record->rdata.size()));
  wire += answer.record->rdata;
  ldns_rr* record = nullptr;
  std::size_t at = 0;
  if (ldns_wire2rr(&record, talk::octets(wire), wire.size(), &at, LDNS_SECTION_ANSWER) != LDNS_STATUS_OK) return {};
  return talk::LdnsRecord(record);
}

// Nothing when it does not fit a message.
std::optional<std::string> to_wire(std::string_view name, RecordType type, const Findings& findings,
                                   bool with_additional) {
  const talk::LdnsPacket packet(ldns_pkt_new());
  ldns_pkt_set_qr(packet.get(), true);
  ldns_pkt_set_aa(packet.get(), findings.rcode == Rcode::no_error || findings.rcode == Rcode::name_error);
  ldns_pkt_set_ra(packet.get(), true);
  ldns_pkt_set_rcode(packet.get(), static_cast<std::uint8_t>(findings.rcode));
  ldns_rr* question = ldns_rr_new();
  ldns_rr_set_question(question, true);
  ldns_rr_set_owner(question, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, name.size(), name.data()));
  ldns_rr_set_type(question, static_cast<ldns_rr_type>(type));
  ldns_rr_set_class(question, LDNS_RR_CLASS_IN);
  ldns_pkt_push_rr(packet.get(), LDNS_SECTION_QUESTION, question);
  const auto push = [&](ldns_pkt_section section, const std::vector<AnswerRecord>& records) {
    return std::all_of(records.begin(), records.end(), [&](const AnswerRecord& answer) {
      talk::LdnsRecord record = to_ldns(answer);
      return record && ldns_pkt_push_rr(packet.get(), section, record.release());
    });
  };
  if (!push(LDNS_SECTION_ANSWER, findings.answer) || !push(LDNS_SECTION_AUTHORITY, findings.authority)) return {};
  if (with_additional && !push(LDNS_SECTION_ADDITIONAL, findings.additional)) return {};
  std::uint8_t* raw = nullptr;
  std::size_t size = 0;
  if (ldns_pkt2wire(&raw, packet.get(), &size) != LDNS_STATUS_OK) return {};
  const talk::LdnsBytes bytes(raw);
  if (size + opt_octets > 0xffff) return {};
  return std::string(reinterpret_cast<const char*>(raw), size);
}

void append_opt(std::string& wire, const Query& query, Rcode rcode) {
  if (!query.has_edns) return;
  wire += '\0';
  append_word(wire, static_cast<unsigned>(RecordType::opt));
  append_word(wire, udp_octets_most);
  append_word(wire, (static_cast<unsigned>(rcode) >> 4) << 8);  // upper bits of the code; version 0
  append_word(wire, query.dnssec_ok ? 0x8000 : 0);              // RFC 3225 §3: DO is copied
  append_word(wire, 0);
  put_word(wire, 10, word_at(wire, 10) + 1);
}

}  // namespace

Query parse_query(std::string_view bytes) {
  Query query;
  if (bytes.size() < header_octets) {
    query.problem = "shorter than a DNS header";
    return query;
  }
  query.id = static_cast<std::uint16_t>(word_at(bytes, 0));
  const unsigned flags = word_at(bytes, 2);
  if ((flags & qr_bit) != 0) {
    query.problem = "a response, not a query";
    return query;
  }
  query.opcode = static_cast<std::uint8_t>((flags >> 11) & 0xf);
  query.recursion_desired = (flags & rd_bit) != 0;
  if (query.opcode != 0) return refusal(query, Rcode::not_implemented, "an opcode other than QUERY");
  if (word_at(bytes, 4) != 1) return refusal(query, Rcode::format_error, "not one question");
  if (word_at(bytes, 6) != 0 || word_at(bytes, 8) != 0) {
    return refusal(query, Rcode::format_error, "a query with answers");
  }
  const std::string_view rest = bytes.substr(header_octets);
  const std::size_t name_length = talk::wire_name_length(rest);
  if (name_length == 0 || rest.size() < name_length + 4) {
    return refusal(query, Rcode::format_error, "no readable question");
  }
  unsigned version = 0;
  if (!read_additional(rest.substr(name_length + 4), word_at(bytes, 10), query, version)) {
    query.has_edns = false;
    return refusal(query, Rcode::format_error, "a malformed additional section, or bytes after the end");
  }
  query.question = rest.substr(0, name_length + 4);
  query.name = to_lower(rest.substr(0, name_length));
  const unsigned type = word_at(rest, name_length);
  query.type = static_cast<RecordType>(type);
  // RFC 6891 §6.1.3: a version that is not known gets BADVERS.
  if (version != 0) return refusal(query, Rcode::bad_version, "an EDNS version other than 0");
  const unsigned class_number = word_at(rest, name_length + 2);
  if (class_number != LDNS_RR_CLASS_IN && class_number != LDNS_RR_CLASS_ANY) {
    return refusal(query, Rcode::refused, "a class other than IN");
  }
  if (const auto objection = objection_to_type(type)) return refusal(query, objection->first, objection->second);
  query.kind = Query::Kind::question;
  return query;
}

EncodedAnswer encode(std::string_view name, RecordType type, const Findings& findings) {
  EncodedAnswer encoded{.wire = {},
                        .question_end = header_octets + name.size() + 4,
                        .additional_start = 0,
                        .rcode = findings.rcode,
                        .decision = findings.decision,
                        .decided_by = findings.decided_by,
                        .outside = findings.outside};
  std::optional<std::string> core = to_wire(name, type, findings, false);
  if (!core) {
    Findings failure;
    failure.rcode = encoded.rcode = Rcode::server_failure;
    encoded.decision = Decision::broken_zone;
    encoded.decided_by += " (too much data for one message)";
    core = to_wire(name, type, failure, false);
  }
  // Names are only ever compressed towards the front, so the answer without additional records is a prefix of the
  // whole.
  encoded.additional_start = core->size();
  std::optional<std::string> whole;
  if (!findings.additional.empty()) whole = to_wire(name, type, findings, true);
  encoded.wire = whole ? std::move(*whole) : std::move(*core);
  return encoded;
}

std::string finish(const EncodedAnswer& encoded, const Query& query, bool over_tcp, bool force_truncation,
                   bool& truncated) {
  const std::size_t room = (over_tcp ? 0xffff : query.udp_octets_max) - (query.has_edns ? opt_octets : 0);
  std::string wire = encoded.wire;
  if (wire.size() > room) {
    // RFC 2181 §9: additional data that does not fit is left out without setting TC.
    wire.resize(encoded.additional_start);
    put_word(wire, 10, 0);
  }
  truncated = wire.size() > room || (force_truncation && !over_tcp);
  if (truncated) {
    wire.resize(encoded.question_end);
    for (const std::size_t count_at : {6U, 8U, 10U}) put_word(wire, count_at, 0);
  }
  put_word(wire, 0, query.id);
  const unsigned flags = word_at(wire, 2);
  put_word(wire, 2, flags | (query.recursion_desired ? rd_bit : 0) | (truncated ? tc_bit : 0));
  std::copy(query.question.begin(), query.question.end(), wire.begin() + header_octets);
  append_opt(wire, query, encoded.rcode);
  return wire;
}

std::string refuse(const Query& query, Rcode rcode) {
  const unsigned flags = qr_bit | static_cast<unsigned>(query.opcode) << 11 | (query.recursion_desired ? rd_bit : 0) |
                         ra_bit | (static_cast<unsigned>(rcode) & 0xf);
  std::string wire;
  for (const unsigned word : {unsigned{query.id}, flags, query.question.empty() ? 0U : 1U, 0U, 0U, 0U}) {
    append_word(wire, word);
  }
  wire += query.question;
  append_opt(wire, query, rcode);
  return wire;
}

}  // namespace watershed::dns
