// How a scenario's message comes into being: a file or a few words, with the fields that an originator adds.
#pragma once

#include "base/diagnostic.hpp"
#include "harness/yaml/document.hpp"
#include "harness/yaml/shape.hpp"
#include "mail/message.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace watershed::harness {

struct MessageTemplate {
  std::string bytes;                                            ///< CRLF line ends, unless the file was read raw
  std::vector<std::pair<std::string, std::string>> set_fields;  ///< replaces or adds
  std::uint64_t size_octets = 0;  ///< the body is padded with text lines up to this size; 0: as it is
  bool raw = false;               ///< sent exactly as it is: no field is added
};

/// What an originator knows when it sends.
struct MessageFacts {
  std::string from;
  std::string to;
  std::string message_id;  ///< with angle brackets
  std::int64_t unix_seconds = 0;
};

/// The keys `message`, `text`, `headers`, `size`, `raw` that all sending steps share.
std::vector<yaml::Key> message_keys();

/// Reads them. A file is looked for in `messages_folder`, then in `scenario_folder`.
MessageTemplate read_message_template(const yaml::Node& node, const std::filesystem::path& messages_folder,
                                      const std::filesystem::path& scenario_folder, Diagnostics& diagnostics);

/// `bytes`, followed by lines of text up to that size.
std::string padded(std::string bytes, std::uint64_t size_octets);

/// From, To, Date and Message-ID are added where the template has none (RFC 5322 §3.6 asks for the first and third).
mail::Message make_message(const MessageTemplate& source, const MessageFacts& facts);

}  // namespace watershed::harness
