// Any bytes after DATA, cut anyhow: the same content; and any content survives encoding.
#include "mail/data_codec.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace watershed::mail;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Outcome {
  bool complete;
  bool too_large;
  bool bare_newline;
  std::size_t used;
  std::string content;
  bool operator==(const Outcome&) const = default;
};

Outcome decode(std::string_view bytes, BareNewlinePolicy policy, std::uint64_t limit, std::size_t piece) {
  DataDecoder decoder(policy, limit);
  std::size_t used = 0;
  while (used < bytes.size() && !decoder.is_complete()) used += decoder.feed(bytes.substr(used, piece));
  const bool complete = decoder.is_complete();
  return {complete, decoder.is_too_large(), decoder.has_bare_newline(), used, decoder.take_content()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto policy = static_cast<BareNewlinePolicy>(data[0] % 3);
  const std::uint64_t limit = data[0] / 3 % 32;
  const std::size_t piece = data[1] % 16U + 1;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const Outcome whole = decode(bytes, policy, limit, bytes.size() + 1);
  require(decode(bytes, policy, limit, piece) == whole);
  require(whole.content.size() <= (limit == 0 ? bytes.size() * 2 : limit));
  if (policy == BareNewlinePolicy::normalize) require(!has_bare_newline(whole.content));

  const std::string encoded = encode_data(bytes);
  const Outcome decoded = decode(encoded + "QUIT", BareNewlinePolicy::keep, 0, piece);
  require(decoded.complete && decoded.used == encoded.size());
  const bool is_ended = bytes.empty() || bytes.ends_with("\r\n");
  require(decoded.content == std::string(bytes) + (is_ended ? "" : "\r\n"));
  return 0;
}
