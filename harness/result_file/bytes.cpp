// Bytes in a result file: see result_file.hpp.
#include "base/text.hpp"
#include "harness/result_file/result_file.hpp"

namespace watershed::harness {

namespace {

// U+10FE80 … U+10FEFF in UTF-8 (RFC 3629 §3): F4 8F BA 80 … F4 8F BB BF.
bool is_stand_in(std::string_view sequence) {
  return sequence.size() == 4 && (sequence.starts_with("\xf4\x8f\xba") || sequence.starts_with("\xf4\x8f\xbb"));
}

void append_stand_in(std::string& out, unsigned char byte) {
  out += "\xf4\x8f";
  out += byte < 0xc0 ? '\xba' : '\xbb';
  out += static_cast<char>(0x80 | (byte & 0x3f));
}

}  // namespace

std::string to_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    std::size_t length = utf8_sequence_length(bytes);
    if (length == 0 || is_stand_in(bytes.substr(0, length))) {
      length = length == 0 ? 1 : length;
      for (const char c : bytes.substr(0, length)) append_stand_in(out, static_cast<unsigned char>(c));
    } else {
      out += bytes.substr(0, length);
    }
    bytes.remove_prefix(length);
  }
  return out;
}

std::string from_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t index = 0; index < text.size(); ++index) {
    if (!is_stand_in(text.substr(index, 4))) {
      out += text[index];
      continue;
    }
    const int high = text[index + 2] == '\xba' ? 0x80 : 0xc0;
    out += static_cast<char>(high | (text[index + 3] & 0x3f));
    index += 3;
  }
  return out;
}

}  // namespace watershed::harness
