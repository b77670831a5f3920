// One direction of a TCP connection, put back in order. RFC 9293 §3.4.
//
// Retransmissions and overlaps give the bytes that came first; what comes early waits for what is before it. A byte
// that never came is a gap: nothing after it is handed out, and nothing is guessed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace watershed::witness {

class Reassembly {
 public:
  /// The SYN's sequence number. The first byte of the stream follows it.
  void start(std::uint32_t initial_sequence);
  bool is_started() const { return started_; }

  /// A segment's payload. In-order bytes, with those that had waited for them, are appended to `out`. Segments before
  /// `start`, which is a gap, or after a gap was declared give nothing.
  void feed(std::uint32_t sequence, std::string_view payload, std::string& out);

  /// The FIN's sequence number, of the byte after the last.
  void finish(std::uint32_t sequence);

  /// True once all bytes up to the FIN were handed out.
  bool is_complete() const { return finished_ && next_ >= end_; }
  /// True while bytes are missing before others that came, or before the FIN; at the end of the connection that is a
  /// gap. True for good when too much waits, or bytes came and the SYN did not.
  bool has_gap() const { return headless_ || overflowed_ || !waiting_.empty() || (finished_ && next_ < end_); }
  /// A retransmission said something else than the first transmission.
  bool has_conflict() const { return conflict_; }
  /// Handed out so far: the offset of the gap, where there is one.
  std::uint64_t octets() const { return next_; }

 private:
  std::uint64_t offset_of(std::uint32_t sequence) const;
  void compare_overlap(std::uint64_t offset, std::string_view payload);
  void wait(std::uint64_t offset, std::string_view payload);

  static constexpr std::size_t waiting_octets_max = 16 * 1024 * 1024;
  static constexpr std::size_t recent_octets_max = 64 * 1024;

  bool started_ = false;
  bool headless_ = false;
  bool finished_ = false;
  bool overflowed_ = false;
  bool conflict_ = false;
  std::uint32_t first_sequence_ = 0;
  std::uint64_t next_ = 0;  // offset of the next byte to hand out
  std::uint64_t end_ = 0;
  std::map<std::uint64_t, std::string> waiting_;  // by offset, each beyond next_; they may overlap
  std::size_t waiting_octets_ = 0;
  std::string recent_;  // the last bytes handed out, to compare retransmissions with
};

}  // namespace watershed::witness
