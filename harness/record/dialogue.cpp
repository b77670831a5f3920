// See dialogue.hpp.
#include "harness/record/dialogue.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace watershed::harness {

namespace {

constexpr std::size_t connections_max = 500;  // a load's connections are alike
constexpr std::size_t lines_max = 200;
constexpr std::size_t line_octets_max = 1000;  // RFC 5321 §4.5.3.1.5 allows 512 for a reply, 1000 for text

// RFC 3030 §2: `BDAT 1234 LAST`.
std::uint64_t chunk_size(std::string_view line) {
  if (!starts_with_ignoring_case(line, "BDAT ")) return 0;
  std::uint64_t size = 0;
  std::from_chars(line.data() + 5, line.data() + line.size(), size);
  return size;
}

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

stage::MemoryNetwork::Listening DialogueRecorder::listener() {
  return [this](stage::ConnectionId connection, bool from_client, stage::Time at, std::string_view bytes) {
    hear(connection, from_client, at, bytes);
  };
}

void DialogueRecorder::add_line(Heard& heard, bool from_client, stage::Time at, std::string text) {
  if (heard.dialogue.lines.size() >= lines_max) {
    heard.dialogue.is_cut = true;
    return;
  }
  if (text.size() > line_octets_max) {
    text = fmt::format("{} … ({} octets)", std::string_view(text).substr(0, line_octets_max), text.size());
  }
  heard.dialogue.lines.push_back({at.count(), from_client, std::move(text)});
}

void DialogueRecorder::renumber(std::span<const stage::ConnectionId> numbers) {
  std::unordered_map<stage::ConnectionId, Heard> renumbered;
  for (auto& [connection, heard] : connections_) {
    if (connection == 0 || connection > numbers.size()) continue;
    heard.dialogue.connection = numbers[connection - 1];
    renumbered.emplace(heard.dialogue.connection, std::move(heard));
  }
  connections_ = std::move(renumbered);
}

void DialogueRecorder::hear(stage::ConnectionId connection, bool from_client, stage::Time at, std::string_view bytes) {
  auto found = connections_.find(connection);
  if (found == connections_.end()) {
    if (connections_.size() >= connections_max) {
      is_incomplete_ = true;
      return;
    }
    found = connections_.try_emplace(connection).first;
    found->second.dialogue.connection = connection;
  }
  Heard& heard = found->second;
  // A load's sessions go on for thousands of messages: nothing that is said from here on is kept.
  if (heard.dialogue.lines.size() >= lines_max) {
    heard.dialogue.is_cut = true;
    return;
  }
  if (from_client) return hear_client(heard, at, bytes);
  heard.server_rest += bytes;
  std::string_view rest = heard.server_rest;
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    const std::string_view line = without_line_end(rest.substr(0, end + 1));
    heard.wants_content = line.starts_with("354");
    add_line(heard, false, at, std::string(line));
    rest.remove_prefix(end + 1);
  }
  heard.server_rest = std::string(rest);
}

void DialogueRecorder::hear_client(Heard& heard, stage::Time at, std::string_view bytes) {
  if (heard.wants_content) {
    heard.wants_content = false;
    heard.in_content = true;
    heard.content_octets = 0;
  }
  heard.client_rest += bytes;
  std::string_view rest = heard.client_rest;
  while (!rest.empty()) {
    if (heard.chunk_left > 0) {
      const std::size_t taken = std::min<std::size_t>(rest.size(), heard.chunk_left);
      heard.chunk_left -= taken;
      rest.remove_prefix(taken);
      continue;
    }
    if (heard.in_content) {
      if (!hear_content(heard, at, rest)) break;
      continue;
    }
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) break;
    const std::string_view line = without_line_end(rest.substr(0, end + 1));
    heard.chunk_left = chunk_size(line);
    add_line(heard, true, at, std::string(line));
    if (heard.chunk_left > 0)
      add_line(heard, true, at, fmt::format("[{} octets of message content]", heard.chunk_left));
    rest.remove_prefix(end + 1);
  }
  heard.client_rest = std::string(rest);
}

// RFC 5321 §4.1.1.4: the content ends with a line that is only a full stop. What is kept back always begins a line.
bool DialogueRecorder::hear_content(Heard& heard, stage::Time at, std::string_view& rest) {
  const bool is_empty = rest.starts_with(".\r\n");
  const std::size_t end = is_empty ? 0 : rest.find("\r\n.\r\n");
  if (end == std::string_view::npos) {
    const std::size_t last = rest.rfind("\r\n");
    if (last == std::string_view::npos) return false;
    heard.content_octets += last + 2;
    rest.remove_prefix(last + 2);
    return false;
  }
  heard.content_octets += is_empty ? 0 : end + 2;
  rest.remove_prefix(is_empty ? 3 : end + 5);
  heard.in_content = false;
  add_line(heard, true, at, fmt::format("[{} octets of message content]", heard.content_octets));
  add_line(heard, true, at, ".");
  return true;
}

const Dialogue* DialogueRecorder::find(stage::ConnectionId connection) const {
  const auto found = connections_.find(connection);
  return found == connections_.end() ? nullptr : &found->second.dialogue;
}

}  // namespace watershed::harness
