// The stub's side of the wire: queries read with suspicion, answers encoded once and finished for each asker.
// RFC 1035 §4.1, RFC 6891 (EDNS), RFC 2181 §9 (truncation). ldns encodes the records.
#pragma once

#include "fakes/dns/zone_tree.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace watershed::dns {

struct Query {
  enum class Kind {
    question,  ///< one question of class IN
    refusal,   ///< to be answered with `rcode`
    silence,   ///< not to be answered at all
  };
  Kind kind = Kind::silence;
  talk::Rcode rcode = talk::Rcode::no_error;
  std::string problem;  ///< what is wrong with it, unless a question
  std::uint16_t id = 0;
  std::uint8_t opcode = 0;
  bool recursion_desired = false;
  bool has_edns = false;
  bool dnssec_ok = false;
  std::size_t udp_octets_max = 512;
  std::string question;  ///< name, type and class as sent; empty when it could not be read
  std::string name;      ///< wire name in lower case
  talk::RecordType type = talk::RecordType::a;
};

/// Reads any bytes.
Query parse_query(std::string_view bytes);

/// An answer with id 0 and no OPT, from which finish() makes each asker's.
struct EncodedAnswer {
  std::string wire;
  std::size_t question_end = 12;
  std::size_t additional_start = 12;  ///< what comes from here on may be left out
  talk::Rcode rcode = talk::Rcode::no_error;
  Decision decision = Decision::records;
  std::string decided_by;
  std::string outside;  ///< see Findings
};

/// Encodes with names compressed. Over 65535 octets: SERVFAIL, broken_zone.
EncodedAnswer encode(std::string_view name, talk::RecordType type, const Findings& findings);

/// The answer for one query: its id, its spelling of the name, its EDNS; cut to what fits. `truncated` is set when TC
/// is.
std::string finish(const EncodedAnswer& encoded, const Query& query, bool over_tcp, bool force_truncation,
                   bool& truncated);

/// An answer without records: FORMERR, NOTIMP, REFUSED, BADVERS, SERVFAIL.
std::string refuse(const Query& query, talk::Rcode rcode);

}  // namespace watershed::dns
