// For tests: DNS answers from text, encoded by ldns alone, and a name server on the in-memory network that gives them.
#pragma once

#include "stage/memory_network.hpp"
#include "talk/dns_message.hpp"
#include "talk/ldns_handles.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace watershed::talk {

struct AnswerText {
  int rcode = 0;
  std::vector<std::string> answer = {};  ///< records in master file form
  std::vector<std::string> authority = {};
  bool truncated = false;
};

inline std::string encode_answer(std::uint16_t id, const std::string& name, RecordType type, const AnswerText& text) {
  const LdnsPacket packet(ldns_pkt_new());
  ldns_pkt_set_id(packet.get(), id);
  ldns_pkt_set_qr(packet.get(), true);
  ldns_pkt_set_aa(packet.get(), true);
  ldns_pkt_set_tc(packet.get(), text.truncated);
  ldns_pkt_set_rcode(packet.get(), static_cast<std::uint8_t>(text.rcode));
  ldns_rr* question = ldns_rr_new();
  ldns_rr_set_question(question, true);
  ldns_rr_set_owner(question, ldns_dname_new_frm_str(name.c_str()));
  ldns_rr_set_type(question, static_cast<ldns_rr_type>(type));
  ldns_rr_set_class(question, LDNS_RR_CLASS_IN);
  ldns_pkt_push_rr(packet.get(), LDNS_SECTION_QUESTION, question);
  const auto push = [&](ldns_pkt_section section, const std::vector<std::string>& records) {
    for (const std::string& line : records) {
      ldns_rr* record = nullptr;
      if (ldns_rr_new_frm_str(&record, line.c_str(), 0, nullptr, nullptr) == LDNS_STATUS_OK) {
        ldns_pkt_push_rr(packet.get(), section, record);
      }
    }
  };
  push(LDNS_SECTION_ANSWER, text.answer);
  push(LDNS_SECTION_AUTHORITY, text.authority);
  std::uint8_t* raw = nullptr;
  std::size_t size = 0;
  ldns_pkt2wire(&raw, packet.get(), &size);
  const LdnsBytes bytes(raw);
  return {reinterpret_cast<const char*>(raw), size};
}

/// Gives the answers of its table; what is not in it is NXDOMAIN. Counts what it was asked.
class ScriptedNameServer {
 public:
  using Question = std::pair<std::string, RecordType>;

  std::map<Question, AnswerText> answers;
  std::vector<Question> asked;
  int silent_first = 0;             ///< so many questions are not answered
  std::uint16_t id_offset = 0;      ///< added to the id: somebody else's answers
  std::string other_question_name;  ///< when set, what the answers say they answer

  stage::Task<std::optional<std::string>> answer(std::string query, stage::Time) {
    const auto decoded = decode_answer(query);
    if (!decoded) co_return std::nullopt;
    const Question question{decoded->question_name, decoded->question_type};
    asked.push_back(question);
    if (silent_first-- > 0) co_return std::nullopt;
    const auto found = answers.find(question);
    const AnswerText text = found == answers.end() ? AnswerText{.rcode = 3} : found->second;
    const auto id = static_cast<std::uint16_t>(decoded->id + id_offset);
    co_return encode_answer(id, other_question_name.empty() ? question.first : other_question_name, question.second,
                            text);
  }
};

}  // namespace watershed::talk
