// A host's log: lines of syslog(3) taken apart, and read from the socket that programs write to.
#include "sandbox/log_socket.hpp"

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

namespace watershed::sandbox {
namespace {

TEST(LogLine, TakesTagPidAndTextApart) {
  const LogLine line = parse_log_line("<22>Nov 25 17:00:00 postfix/smtpd[123]: connect from mx.example[192.0.2.1]");
  EXPECT_EQ(line.tag, "postfix/smtpd");
  EXPECT_EQ(line.pid, 123);
  EXPECT_EQ(line.text, "connect from mx.example[192.0.2.1]");
}

TEST(LogLine, KeepsATagWithoutPid) {
  const LogLine line = parse_log_line("<22>Nov  5 17:00:00 dovecot: master: Dovecot starting up\n");
  EXPECT_EQ(line.tag, "dovecot");
  EXPECT_EQ(line.pid, 0);
  EXPECT_EQ(line.text, "master: Dovecot starting up");
}

TEST(LogLine, KeepsWhatItDoesNotUnderstand) {
  for (const char* text : {"", "<", "no syslog at all", "<22>short", "<22>Nov 25 17:00:00 no colon"}) {
    EXPECT_EQ(parse_log_line(text).text, text);
  }
}

TEST(LogSocket, CountsTheLinesThatItDoesNotKeep) {
  const auto path = std::filesystem::temp_directory_path() / ("watershed-log-test-" + std::to_string(::getpid()));
  std::filesystem::remove(path);
  stage::RealExecutor executor;
  LogSocket log(executor, nullptr);
  ASSERT_TRUE(log.open(path));
  const int sender = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::strncpy(to.sun_path, path.c_str(), sizeof to.sun_path - 1);
  ASSERT_EQ(::connect(sender, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  const auto say = [&](std::string_view text) {
    if (::send(sender, text.data(), text.size(), 0) >= 0) return;
    log.drain();  // a socket holds some at a time
    EXPECT_GE(::send(sender, text.data(), text.size(), 0), 0);
  };
  say("first");
  for (std::size_t line = 1; line < LogSocket::lines_max; ++line) say("x");
  log.drain();
  EXPECT_EQ(log.forgotten(), 0U);
  EXPECT_EQ(log.lines().front().text, "first");
  say("one too many");
  log.drain();
  EXPECT_EQ(log.forgotten(), 1U);
  EXPECT_EQ(log.lines().size(), LogSocket::lines_max);
  ::close(sender);
  executor.shut_down();
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace watershed::sandbox
