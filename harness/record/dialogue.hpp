// Listens in on connections and keeps what was said, line by line, for the stories of messages.
//
// Message content is counted, not kept: it would be most of the memory, and the stored copies have it already.
#pragma once

#include "harness/outcome_parts.hpp"
#include "stage/memory_network.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace watershed::harness {

class DialogueRecorder {
 public:
  /// What the network is to call. The recorder must outlive the network's use of it.
  stage::MemoryNetwork::Listening listener();

  void hear(stage::ConnectionId connection, bool from_client, stage::Time at, std::string_view bytes);

  /// The connections get other numbers: `numbers[n - 1]` for n; those beyond are forgotten.
  void renumber(std::span<const stage::ConnectionId> numbers);

  /// The dialogue of a connection, or nullptr when it was one too many (or silent).
  const Dialogue* find(stage::ConnectionId connection) const;
  bool is_incomplete() const { return is_incomplete_; }

 private:
  struct Heard {
    Dialogue dialogue;
    std::string client_rest;  // a line that is not complete yet
    std::string server_rest;
    bool wants_content = false;  // the server answered 354 to DATA
    bool in_content = false;
    std::uint64_t chunk_left = 0;  // octets of a BDAT chunk (RFC 3030) still to come
    std::uint64_t content_octets = 0;
  };

  /// Takes content from `rest`; true when it came to its end.
  static bool hear_content(Heard& heard, stage::Time at, std::string_view& rest);
  static void hear_client(Heard& heard, stage::Time at, std::string_view bytes);
  static void add_line(Heard& heard, bool from_client, stage::Time at, std::string text);

  std::unordered_map<stage::ConnectionId, Heard> connections_;
  bool is_incomplete_ = false;
};

}  // namespace watershed::harness
