// A host's log: lines of syslog(3) taken apart, and read from the socket that programs write to.
#include "sandbox/log_socket.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace watershed::sandbox
