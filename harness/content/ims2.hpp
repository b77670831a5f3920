// IMS2.0/AutoDRM message content: the checksum (CHK2) that waveform sections carry, as an end-to-end integrity check.
// Source: the public description of IMS2.0 (WID2, DAT2, CHK2, CM6 and INT sub-formats).
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::harness {

/// One waveform section that was checked.
struct WaveformCheck {
  std::string station;
  std::string channel;
  std::int64_t samples_stated = 0;
  std::int64_t samples_found = 0;
  std::int64_t checksum_stated = 0;
  std::int64_t checksum_found = 0;

  bool holds() const { return samples_stated == samples_found && checksum_stated == checksum_found; }
};

/// Checks each WID2 … DAT2 … CHK2 section of a message body with CRLF or LF line ends. The error says which line cannot
/// be read; a body without any section, or one that does not end in STOP, is an error too: nothing was checked.
Result<std::vector<WaveformCheck>, Error> check_waveforms(std::string_view body);

/// CM6: second differences in 6-bit characters. Returns the samples.
Result<std::vector<std::int64_t>, Error> decode_cm6(std::string_view characters);

/// |sum modulo 10^8| with truncation toward zero, the sum being kept small as CHK2 defines it.
std::int64_t chk2(const std::vector<std::int64_t>& samples);

}  // namespace watershed::harness
