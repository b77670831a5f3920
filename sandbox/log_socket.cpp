// See log_socket.hpp.
#include "sandbox/log_socket.hpp"

#include <fmt/format.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace watershed::sandbox {

namespace {

constexpr std::size_t timestamp_octets = sizeof "Nov 25 17:00:00 " - 1;

}  // namespace

LogLine parse_log_line(std::string_view datagram) {
  LogLine line;
  while (!datagram.empty() && (datagram.back() == '\n' || datagram.back() == '\0')) datagram.remove_suffix(1);
  line.text = datagram;
  std::string_view rest = datagram;
  const std::size_t end_of_priority = rest.find('>');
  if (!rest.starts_with('<') || end_of_priority == std::string_view::npos) return line;
  rest.remove_prefix(end_of_priority + 1);
  if (rest.size() < timestamp_octets || rest[timestamp_octets - 1] != ' ') return line;
  rest.remove_prefix(timestamp_octets);
  const std::size_t colon = rest.find(": ");
  if (colon == std::string_view::npos) return line;
  std::string_view tag = rest.substr(0, colon);
  if (const std::size_t bracket = tag.find('['); bracket != std::string_view::npos && tag.ends_with(']')) {
    std::from_chars(tag.data() + bracket + 1, tag.data() + tag.size() - 1, line.pid);
    tag = tag.substr(0, bracket);
  }
  line.tag = tag;
  line.text = rest.substr(colon + 2);
  return line;
}

LogSocket::LogSocket(stage::RealExecutor& executor, OnLine on_line)
    : executor_(executor), on_line_(std::move(on_line)) {}

LogSocket::~LogSocket() {
  if (socket_ >= 0) ::close(socket_);
}

Result<void, Error> LogSocket::open(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string text = path.string();
  if (text.size() >= sizeof address.sun_path) return Error{"too long for a socket: " + text};
  std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
  socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int wanted_octets = 4 << 20;  // a busy run must not lose lines, nor make a program wait
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &wanted_octets, sizeof wanted_octets);
  // The address family decides what is behind the pointer. NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
  if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return Error{fmt::format("cannot listen at {}: {}", text, std::strerror(errno))};
  }
  ::chmod(text.c_str(), 0666);  // programs log as whoever they are
  input_ = std::make_unique<stage::InputWatch>(executor_, socket_);
  executor_.spawn(read());
  return {};
}

void LogSocket::drain() {
  std::array<char, 16 * 1024> buffer;
  for (;;) {
    const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (got <= 0) return;
    LogLine line = parse_log_line({buffer.data(), static_cast<std::size_t>(got)});
    line.at = executor_.now();
    lines_.push_back(std::move(line));
    if (lines_.size() > lines_max) {
      lines_.pop_front();
      ++forgotten_;
    }
    if (on_line_) on_line_(lines_.back());
  }
}

stage::Task<void> LogSocket::read() {
  for (;;) {
    co_await input_->wait();
    drain();
  }
}

}  // namespace watershed::sandbox
