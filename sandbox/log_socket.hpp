// Where a host's programs write their log: the other end of its /dev/log. syslog(3), RFC 3164 §4.1
#pragma once

#include "base/result.hpp"
#include "stage/input_watch.hpp"

#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace watershed::sandbox {

struct LogLine {
  stage::Time at{};  ///< when it was read
  std::string tag;   ///< `postfix/smtpd`
  pid_t pid = 0;     ///< 0 where the line names none
  std::string text;
};

/// Reads `<22>Nov 25 17:00:00 postfix/smtpd[123]: connect from …`. What does not look like this becomes the text.
LogLine parse_log_line(std::string_view datagram);

class LogSocket {
 public:
  using OnLine = std::function<void(const LogLine&)>;

  LogSocket(stage::RealExecutor& executor, OnLine on_line);
  ~LogSocket();
  LogSocket(const LogSocket&) = delete;
  LogSocket& operator=(const LogSocket&) = delete;

  /// Listens at `path` and reads as long as the executor runs its tasks.
  Result<void, Error> open(const std::filesystem::path& path);
  /// Reads what is there now.
  void drain();
  /// The newest. A host that has mail for hours fills no memory.
  const std::deque<LogLine>& lines() const { return lines_; }
  /// How many went before them and are gone.
  std::size_t forgotten() const { return forgotten_; }

  static constexpr std::size_t lines_max = 100'000;

 private:
  stage::Task<void> read();

  stage::RealExecutor& executor_;
  OnLine on_line_;
  int socket_ = -1;
  std::unique_ptr<stage::InputWatch> input_;
  std::deque<LogLine> lines_;
  std::size_t forgotten_ = 0;
};

}  // namespace watershed::sandbox
