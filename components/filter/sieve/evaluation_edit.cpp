// Changes to the message while a script runs: RFC 5293 (fields), RFC 5703 §5 (parts). See evaluation.hpp.
#include "components/filter/sieve/evaluation.hpp"

#include <algorithm>
#include <utility>

namespace watershed::sieve {

void Evaluation::receive_message(std::shared_ptr<const mail::Message> received) {
  received_ = received;
  replace_message(std::move(received));
}

void Evaluation::replace_message(std::shared_ptr<const mail::Message> edited) {
  headers_.reset();
  structure_.reset();
  edited_ = std::move(edited);
  message_ = edited_.get();
}

const std::shared_ptr<const MimeMessage>& Evaluation::structure() {
  if (!structure_) structure_ = std::make_shared<MimeMessage>(MimeMessage{edited_, parse_mime(message(), limits())});
  return structure_;
}

bool Evaluation::replace_part(const std::vector<std::size_t>& path, std::string_view entity) {
  const std::shared_ptr<const MimeMessage> tree = structure();
  const MimePart* const part = find_part(tree->root, path);
  if (part == nullptr) return false;
  if (path.empty()) {
    replace_message(std::make_shared<const mail::Message>(mail::Message::parse(std::string(entity))));
  } else {
    // Everything around the part keeps its octets. Header and body of a part lie in one piece within the body.
    const std::string_view body = message().body();
    const char* const begin = part->header.empty() ? part->body.data() : part->header.data();
    std::size_t from = static_cast<std::size_t>(begin - body.data());
    // A part without fields starts with the empty line before its body.
    if (part->header.empty()) {
      if (from > 0 && body[from - 1] == '\n') --from;
      if (from > 0 && body[from - 1] == '\r') --from;
    }
    const std::size_t to = static_cast<std::size_t>(part->body.data() - body.data()) + part->body.size();
    std::string bytes(message().header_section());
    bytes.append("\r\n").append(body.substr(0, from)).append(entity).append(body.substr(to));
    replace_message(std::make_shared<const mail::Message>(mail::Message::parse(std::move(bytes))));
  }
  replaced_.push_back(path);
  return true;
}

bool Evaluation::is_within_replaced(const MimePart& part) const {
  return std::any_of(replaced_.begin(), replaced_.end(), [&](const std::vector<std::size_t>& path) {
    return path.size() < part.path.size() && std::equal(path.begin(), path.end(), part.path.begin());
  });
}

}  // namespace watershed::sieve
