// See ims2.hpp.
#include "harness/content/ims2.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <optional>

namespace watershed::harness {

namespace {

constexpr std::int64_t modulo = 100'000'000;
constexpr std::int64_t sample_max = std::int64_t{1} << 40;  // no digitizer has more bits; keeps sums from overflowing

// The alphabet + - 0-9 A-Z a-z stands for 0 … 63.
int cm6_value(char c) {
  if (c == '+') return 0;
  if (c == '-') return 1;
  if (c >= '0' && c <= '9') return c - '0' + 2;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 12;
  if (c >= 'a' && c <= 'z') return c - 'a' + 38;
  return -1;
}

std::optional<std::int64_t> integer(std::string_view text) {
  text = trim(text);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Columns count from 1, as the format's description does.
std::string_view columns(std::string_view line, std::size_t first, std::size_t last) {
  if (line.size() < first) return {};
  return line.substr(first - 1, last - first + 1);
}

struct Section {
  WaveformCheck check;
  std::string format;
  std::string data;
};

Result<std::vector<std::int64_t>, Error> samples_of(const Section& section) {
  if (section.format == "CM6") return decode_cm6(section.data);
  if (section.format != "INT")
    return Error{fmt::format("sub-format '{}' is not read, expected CM6 or INT", section.format)};
  std::vector<std::int64_t> samples;
  for (const std::string_view word : split(section.data, " ")) {
    const auto sample = integer(word);
    if (!sample || std::llabs(*sample) > sample_max) return Error{fmt::format("'{}' is not a sample", word)};
    samples.push_back(*sample);
  }
  return samples;
}

}  // namespace

Result<std::vector<std::int64_t>, Error> decode_cm6(std::string_view characters) {
  std::vector<std::int64_t> samples;
  std::int64_t difference = 0;
  std::int64_t sample = 0;
  for (std::size_t at = 0; at < characters.size();) {
    // The first character has a continuation bit (32), a sign bit (16) and 4 data bits, later ones 5 data bits.
    int value = cm6_value(characters[at]);
    if (value < 0) return Error{fmt::format("'{}' is not a CM6 character", printable(characters.substr(at, 1)))};
    const bool negative = (value & 16) != 0;
    std::int64_t number = value & 15;
    ++at;
    while ((value & 32) != 0) {
      if (at == characters.size()) return Error{"the CM6 data ends in the middle of a number"};
      value = cm6_value(characters[at]);
      if (value < 0) return Error{fmt::format("'{}' is not a CM6 character", printable(characters.substr(at, 1)))};
      number = number * 32 + (value & 31);
      if (number > sample_max) return Error{"a CM6 number is longer than any sample"};
      ++at;
    }
    difference += negative ? -number : number;
    sample += difference;
    if (std::llabs(sample) > sample_max) return Error{"the CM6 data runs away: no sample is that large"};
    samples.push_back(sample);
  }
  return samples;
}

std::int64_t chk2(const std::vector<std::int64_t>& samples) {
  std::int64_t sum = 0;
  for (const std::int64_t sample : samples) sum = (sum + sample % modulo) % modulo;
  return std::llabs(sum);
}

Result<std::vector<WaveformCheck>, Error> check_waveforms(std::string_view body) {
  std::vector<WaveformCheck> checks;
  std::optional<Section> section;
  bool in_data = false;
  bool stopped = false;
  int line_number = 0;
  while (!body.empty()) {
    const std::size_t end = body.find('\n');
    std::string_view line = body.substr(0, end);
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++line_number;
    if (line.starts_with("WID2 ")) {
      if (section) return Error{fmt::format("line {}: a WID2 before the CHK2 of the one before", line_number)};
      const auto samples = integer(columns(line, 49, 56));
      if (!samples) return Error{fmt::format("line {}: no sample count in columns 49 to 56 of WID2", line_number)};
      section.emplace();
      section->check.station = trim(columns(line, 30, 34));
      section->check.channel = trim(columns(line, 36, 38));
      section->format = trim(columns(line, 45, 47));
      section->check.samples_stated = *samples;
    } else if (line == "DAT2") {
      if (!section) return Error{fmt::format("line {}: a DAT2 without WID2", line_number)};
      in_data = true;
    } else if (line.starts_with("CHK2 ")) {
      const auto stated = integer(columns(line, 6, 13));
      if (!section || !stated)
        return Error{fmt::format("line {}: a CHK2 without WID2 or without a number", line_number)};
      const auto samples = samples_of(*section);
      if (!samples) return Error{fmt::format("line {}: {}", line_number, samples.error().message)};
      section->check.checksum_stated = *stated;
      section->check.checksum_found = chk2(*samples);
      section->check.samples_found = static_cast<std::int64_t>(samples->size());
      checks.push_back(std::move(section->check));
      section.reset();
      in_data = false;
    } else if (line == "STOP") {
      stopped = true;
    } else if (in_data) {
      section->data += line;
      if (section->format != "CM6") section->data += ' ';
    }
  }
  if (section) return Error{"the last waveform section has no CHK2"};
  if (checks.empty()) return Error{"there is no waveform section with a CHK2"};
  if (!stopped) return Error{"the message has no STOP line: it is cut off"};
  return checks;
}

}  // namespace watershed::harness
