// See reassembly.hpp.
#include "witness/reassembly.hpp"

#include <algorithm>

namespace watershed::witness {

void Reassembly::start(std::uint32_t initial_sequence) {
  started_ = true;
  first_sequence_ = initial_sequence + 1;
}

// The offset in the stream that lies nearest to what is expected next: sequence numbers wrap around every 4 GiB. What
// lies before the stream's first byte (a keep-alive repeats the SYN's number) wraps to a huge offset.
std::uint64_t Reassembly::offset_of(std::uint32_t sequence) const {
  const auto expected = static_cast<std::uint32_t>(first_sequence_ + static_cast<std::uint32_t>(next_));
  const auto distance = static_cast<std::int32_t>(sequence - expected);
  return next_ + static_cast<std::uint64_t>(static_cast<std::int64_t>(distance));
}

void Reassembly::compare_overlap(std::uint64_t offset, std::string_view payload) {
  const std::uint64_t recent_begin = next_ - recent_.size();
  if (offset < recent_begin) {
    const std::uint64_t forgotten = recent_begin - offset;
    if (forgotten >= payload.size()) return;
    payload.remove_prefix(forgotten);
    offset = recent_begin;
  }
  if (offset >= next_) return;
  const std::size_t count = std::min<std::uint64_t>(payload.size(), next_ - offset);
  const std::string_view known = std::string_view(recent_).substr(offset - recent_begin, count);
  if (known != payload.substr(0, count)) conflict_ = true;
}

void Reassembly::wait(std::uint64_t offset, std::string_view payload) {
  std::string& held = waiting_[offset];
  const std::size_t common = std::min(held.size(), payload.size());
  if (std::string_view(held).substr(0, common) != payload.substr(0, common)) conflict_ = true;
  if (payload.size() <= held.size()) return;
  waiting_octets_ += payload.size() - held.size();
  held.append(payload.substr(held.size()));  // the first transmission's bytes stay
  if (waiting_octets_ <= waiting_octets_max) return;
  overflowed_ = true;
  waiting_.clear();
}

void Reassembly::feed(std::uint32_t sequence, std::string_view payload, std::string& out) {
  if (!started_ && !payload.empty()) headless_ = true;
  if (!started_ || overflowed_ || payload.empty()) return;
  std::uint64_t offset = offset_of(sequence);
  constexpr std::uint64_t before_the_stream = std::uint64_t{1} << 63;
  if (offset >= before_the_stream) {
    const std::uint64_t early = 0 - offset;
    if (early >= payload.size()) return;
    payload.remove_prefix(early);
    offset = 0;
  }
  if (offset > next_) return wait(offset, payload);
  const auto take = [&](std::uint64_t at, std::string_view bytes) {
    compare_overlap(at, bytes);
    const std::uint64_t known = next_ - at;
    if (known >= bytes.size()) return;
    bytes.remove_prefix(known);
    out += bytes;
    next_ += bytes.size();
    recent_ += bytes.size() > recent_octets_max ? bytes.substr(bytes.size() - recent_octets_max) : bytes;
    if (recent_.size() > 2 * recent_octets_max) recent_.erase(0, recent_.size() - recent_octets_max);
  };
  take(offset, payload);
  while (!waiting_.empty() && waiting_.begin()->first <= next_) {
    const auto first = waiting_.extract(waiting_.begin());
    waiting_octets_ -= first.mapped().size();
    take(first.key(), first.mapped());
  }
}

void Reassembly::finish(std::uint32_t sequence) {
  if (!started_ || finished_) return;
  finished_ = true;
  const std::uint64_t offset = offset_of(sequence);
  end_ = offset >= std::uint64_t{1} << 63 ? 0 : offset;
}

}  // namespace watershed::witness
