// See dns_watch.hpp.
#include "witness/dns_watch.hpp"

#include <fmt/format.h>

namespace watershed::witness {

void DnsWatch::take(const Endpoint& client, const Endpoint& server, std::string_view message, bool over_tcp,
                    std::int64_t unix_ns) {
  const auto decoded = talk::decode_answer(message);
  if (!decoded) {
    seen_.faults.push_back({unix_ns, fmt::format("a DNS message between {} and {} could not be read: {}",
                                                 to_string(client), to_string(server), decoded.error().message)});
    return;
  }
  const Key key{client, server, decoded->id, decoded->question_name, decoded->question_type};
  if (!decoded->is_response) {
    const auto [position, is_new] = waiting_.try_emplace(key, seen_.lookups.size());
    if (!is_new) return;  // asked again because no answer came: one lookup
    SeenLookup lookup;
    lookup.client = client;
    lookup.server = server;
    lookup.over_tcp = over_tcp;
    lookup.id = decoded->id;
    lookup.name = decoded->question_name;
    lookup.type = decoded->question_type;
    lookup.asked_ns = unix_ns;
    seen_.lookups.push_back(std::move(lookup));
    return;
  }
  const auto asked = waiting_.find(key);
  if (asked == waiting_.end()) return;  // a second answer to one question
  SeenLookup& lookup = seen_.lookups[asked->second];
  lookup.rcode = decoded->rcode;
  lookup.answers = decoded->records.size();
  lookup.is_truncated = decoded->truncated;
  lookup.answered_ns = unix_ns;
  waiting_.erase(asked);
}

void DnsStream::take(bool from_client, std::string_view bytes,
                     const std::function<void(std::string_view)>& on_message) {
  std::string& input = from_client ? from_client_ : from_server_;
  input += bytes;
  std::size_t begin = 0;
  for (;;) {
    const std::string_view rest = std::string_view(input).substr(begin);
    if (rest.size() < 2) break;
    const std::size_t length =
        static_cast<std::size_t>(static_cast<unsigned char>(rest[0])) << 8 | static_cast<unsigned char>(rest[1]);
    if (rest.size() < 2 + length) break;
    on_message(rest.substr(2, length));
    begin += 2 + length;
  }
  input.erase(0, begin);
}

}  // namespace watershed::witness
