// See pcapng.hpp.
#include "witness/pcapng.hpp"

#include <fmt/format.h>

namespace watershed::witness {

namespace {

// Little-endian, whatever the machine: the section header's byte-order magic says so.
template <class Number>
void append_number(Number value, std::string& out) {
  for (std::size_t shift = 0; shift < sizeof value * 8; shift += 8) {
    out += static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xff);
  }
}

void append_padded(std::string_view bytes, std::string& out) {
  out += bytes;
  out.append((4 - bytes.size() % 4) % 4, '\0');
}

void append_option(std::uint16_t code, std::string_view value, std::string& out) {
  append_number(code, out);
  append_number(static_cast<std::uint16_t>(value.size()), out);
  append_padded(value, out);
}

void append_block(std::uint32_t type, std::string_view body, std::string& out) {
  const auto length = static_cast<std::uint32_t>(body.size() + 12);
  append_number(type, out);
  append_number(length, out);
  out += body;
  append_number(length, out);
}

constexpr std::uint32_t section_header = 0x0a0d0d0a;
constexpr std::uint32_t interface_description = 1;
constexpr std::uint32_t enhanced_packet = 6;

}  // namespace

void append_pcapng_head(LinkType link, std::string_view device, std::uint32_t snapshot_octets, std::string& out) {
  std::string body;
  append_number(std::uint32_t{0x1a2b3c4d}, body);
  append_number(std::uint16_t{1}, body);
  append_number(std::uint16_t{0}, body);
  append_number(~std::uint64_t{0}, body);  // the section's length is not known yet
  constexpr std::uint16_t shb_userappl = 4;
  append_option(shb_userappl, "watershed", body);
  append_option(0, "", body);
  append_block(section_header, body, out);

  body.clear();
  append_number(static_cast<std::uint16_t>(link), body);
  append_number(std::uint16_t{0}, body);
  append_number(snapshot_octets, body);
  constexpr std::uint16_t if_name = 2;
  constexpr std::uint16_t if_tsresol = 9;
  append_option(if_name, device, body);
  append_option(if_tsresol, "\x09", body);  // 10^-9 s
  append_option(0, "", body);
  append_block(interface_description, body, out);
}

void append_pcapng_packet(const RawPacket& packet, std::string& out) {
  // The block's length is known beforehand: no copy of the packet is made.
  const std::size_t padding = (4 - packet.bytes.size() % 4) % 4;
  const auto length = static_cast<std::uint32_t>(32 + packet.bytes.size() + padding);
  const auto stamp = static_cast<std::uint64_t>(packet.unix_ns);
  append_number(enhanced_packet, out);
  append_number(length, out);
  append_number(std::uint32_t{0}, out);
  append_number(static_cast<std::uint32_t>(stamp >> 32), out);
  append_number(static_cast<std::uint32_t>(stamp & 0xffffffff), out);
  append_number(static_cast<std::uint32_t>(packet.bytes.size()), out);
  append_number(packet.original_octets, out);
  append_padded(packet.bytes, out);
  append_number(length, out);
}

Result<PcapngFile, Error> PcapngFile::create(const std::string& path, LinkType link, std::string_view device,
                                             std::uint32_t snapshot_octets) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (!out) return Error{fmt::format("{} cannot be written", path)};
  PcapngFile file(std::move(out));
  append_pcapng_head(link, device, snapshot_octets, file.block_);
  file.out_ << file.block_;
  return file;
}

void PcapngFile::write(const RawPacket& packet) {
  block_.clear();
  append_pcapng_packet(packet, block_);
  out_.write(block_.data(), static_cast<std::streamsize>(block_.size()));
}

bool PcapngFile::close() {
  out_.close();
  return !out_.fail();
}

}  // namespace watershed::witness
