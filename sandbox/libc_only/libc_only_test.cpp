// What programs see behind the library: other people's, which know nothing of it. And what happens to what they try
// beyond it.
#include "sandbox/libc_only/confinement.hpp"
#include "sandbox/libc_only/view.hpp"
#include "sandbox/process.hpp"
#include "sandbox/sandbox.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>

namespace watershed::sandbox {
namespace {

namespace fs = std::filesystem;
using libc_only::HostView;

const IpAddress mx = *parse_ip_address("192.0.2.25");
const IpAddress store = *parse_ip_address("192.0.2.30");

class LibcOnlySandbox : public testing::Test {
 protected:
  void SetUp() override {
    if (!works(Level::loopback_addresses)) GTEST_SKIP() << "no sandbox of loopback addresses here";
  }

  static SandboxOptions options() {
    SandboxOptions wanted;
    wanted.level = Level::loopback_addresses;
    wanted.addresses = {mx, store};
    return wanted;
  }

  static int run(const std::function<int(const Inside&)>& body) {
    auto sandbox = Sandbox::start(options(), body);
    if (sandbox) return sandbox->wait();
    ADD_FAILURE() << sandbox.error().message;
    return -1;
  }

  // The exit code of a shell script as a program of mx.example, whose /etc/postfix and /run are folders of its own.
  static int run(const std::string& script) {
    return run([&](const Inside& inside) { return as_host(inside, "mx.example", mx, script); });
  }

  static int as_host(const Inside& inside, const char* name, const IpAddress& address, const std::string& script) {
    const fs::path folder = inside.work / "hosts" / name;
    fs::create_directories(folder / "run");
    fs::create_directories(folder / "postfix");
    std::ofstream(folder / "postfix/shown") << name;
    const auto settings = libc_only::write_view(
        *inside.confinement, {name, address, {{folder / "run", "/run"}, {folder / "postfix", "/etc/postfix"}}});
    if (!settings) return 100;
    const pid_t child = ::fork();
    if (child == 0) {
      for (const auto& [variable, value] : *settings) ::setenv(variable.c_str(), value.c_str(), 1);
      ::execl("/bin/bash", "bash", "-ec", script.c_str(), nullptr);
      ::_exit(101);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 102;
  }
};

// A socket at an address of the run, as the kernel has it.
int socket_at(const Inside& inside, int type, unsigned last_octet, std::uint16_t port) {
  const int socket = ::socket(AF_INET, type, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  std::memcpy(&at.sin_addr, inside.confinement->network.bytes.data(), 4);
  at.sin_addr.s_addr |= htonl(last_octet);
  const timeval patience{5, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) return -1;
  return socket;
}

const std::string serve_once =
    "perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalAddr => q(192.0.2.25:25), Listen => 1) or die $!; "
    "mkdir q(/run/ready); $c = $s->accept; print $c $c->sockhost, q( ), $c->peerhost, qq(\\n)' & "
    "until [ -d /run/ready ]; do sleep 0.01; done; ";
const std::string ask_once = "exec 3<>/dev/tcp/192.0.2.25/25; read -r line <&3; ";

TEST_F(LibcOnlySandbox, SocketsSpeakOfTheWorldsAddresses) {
  EXPECT_EQ(run(serve_once + ask_once + "[ \"$line\" = '192.0.2.25 192.0.2.25' ]"), 0);
}

TEST_F(LibcOnlySandbox, AHostSpeaksFromItsOwnAddress) {
  EXPECT_EQ(run([](const Inside& inside) {
              const int served = as_host(inside, "mx.example", mx, serve_once + "disown");
              return served == 0
                         ? as_host(inside, "store.example", store, ask_once + "[ \"$line\" = '192.0.2.25 192.0.2.30' ]")
                         : 99;
            }),
            0);
}

TEST_F(LibcOnlySandbox, WhatGoesOutsideGoesNowhereAndIsTold) {
  EXPECT_EQ(run([](const Inside& inside) {
              const int notices = socket_at(inside, SOCK_DGRAM, libc_only::notice_octet, libc_only::notice_port);
              if (notices < 0) return 1;
              const std::string script = "! (exec 3<>/dev/tcp/203.0.113.99/25) 2>&1 | grep -q 'Network is unreachable'";
              if (as_host(inside, "mx.example", mx, "! " + script.substr(2)) == 0) return 2;
              if (as_host(inside, "mx.example", mx, script.substr(2)) != 0) return 3;
              libc_only::Notice notice;
              if (::recv(notices, &notice, sizeof notice, 0) != sizeof notice) return 4;
              const unsigned char expected[4] = {203, 0, 113, 99};
              const bool is_right = notice.family == AF_INET && notice.protocol == IPPROTO_TCP && notice.port[0] == 0 &&
                                    notice.port[1] == 25 && std::memcmp(notice.address, expected, 4) == 0;
              return is_right ? 0 : 5;
            }),
            0);
}

TEST_F(LibcOnlySandbox, TheMachinesOwnLoopbackIsNotReached) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t octets = sizeof at;
  ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&at), &octets);
  const std::string target = fmt::format("/dev/tcp/127.0.0.1/{}", ntohs(at.sin_port));
  EXPECT_EQ(std::system(fmt::format("bash -c 'exec 3<>{}'", target).c_str()), 0) << "it is there to be reached";
  EXPECT_EQ(run("! (exec 3<>" + target + ") 2>/dev/null"), 0);
  ::close(listener);
}

TEST_F(LibcOnlySandbox, NamesAreAskedOfTheHostsOwnNameServer) {
  for (const char* question : {"getent ahosts mail.example || true", "perl -e 'gethostbyname(q(mail.example))'"}) {
    EXPECT_EQ(run([&](const Inside& inside) {
                const int server = socket_at(inside, SOCK_DGRAM, libc_only::first_address_octet, 53);
                if (server < 0) return 1;
                if (as_host(inside, "mx.example", mx, std::string("timeout 1 ") + question + " || true") != 0) return 2;
                char query[512] = {};
                const ssize_t got = ::recv(server, query, sizeof query, 0);
                const std::string_view text(query, got > 0 ? static_cast<std::size_t>(got) : 0);
                return text.find("\4mail\7example") == std::string_view::npos ? 3 : 0;
              }),
              0)
        << question;
  }
}

TEST_F(LibcOnlySandbox, FilesOfTheHostStandInForTheMachines) {
  EXPECT_EQ(run("[ $(cat /etc/postfix/shown) = mx.example ]; [ \"$(ls /etc//postfix/.)\" = shown ]"), 0);
  EXPECT_EQ(
      run("cd /etc; cat ./postfix/shown; cd /; cat etc/postfix/shown; cd /run; cat ../etc/postfix/shown && exit 1; "
          "cat /run/../etc/postfix/shown"),
      0)
      << "but .. of a folder laid over leads to where it really is";
  EXPECT_EQ(run("echo x > /run/new; mv /run/new /var/run/old; [ -f /run/old ]; rm /run/old; [ ! -e /run/old ]"), 0);
  EXPECT_EQ(run("cd /etc/postfix; [ $(cat shown) = mx.example ]; ln -s /etc/postfix/shown link; cat link"), 0);
  EXPECT_EQ(run("f=$(mktemp /run/x.XXXXXX); [[ $f = /run/x.?????? ]]; [ -f $f ]; mkdir -p /run/a/b; [ -d /run/a/b ]"),
            0);
  EXPECT_FALSE(fs::exists("/run/old"));
  EXPECT_FALSE(fs::exists("/run/a/b"));
}

TEST_F(LibcOnlySandbox, UnixSocketsAreBelowTheHostsFolders) {
  EXPECT_EQ(run("perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Local => q(/run/s), Listen => 1) or die; "
                "IO::Socket::UNIX->new(Peer => q(/run/s)) or die; $s->accept or die'; [ -S /run/s ]"),
            0);
  EXPECT_FALSE(fs::exists("/run/s"));
}

TEST_F(LibcOnlySandbox, HostsHaveNamesOfTheirOwn) {
  EXPECT_EQ(run("[ $(hostname) = mx.example ]; [ $(uname -n) = mx.example ]"), 0);
}

TEST_F(LibcOnlySandbox, ACleanEnvironmentLosesNothing) {
  EXPECT_EQ(run("env -i /bin/sh -c '/bin/cat /etc/postfix/shown'"), 0);
  EXPECT_EQ(run("env -i /usr/bin/perl -e 'exit(system(q(/bin/cat /etc/postfix/shown)) ? 1 : 0)'"), 0);
  EXPECT_EQ(
      run("perl -e '%ENV = (); open(F, q(-|), q(exec cat /etc/postfix/shown)); exit(<F> eq q(mx.example) ? 0 : 1)'"),
      0);
}

TEST_F(LibcOnlySandbox, ProgramsThatNoLibraryKeepsInAreNotStarted) {
  EXPECT_EQ(run("/sbin/ldconfig --version"), 126) << "statically linked";
  EXPECT_EQ(run("cp /bin/true /run/set-id; /run/set-id; chmod 4755 /run/set-id; /run/set-id"), 126);
  EXPECT_EQ(run("printf '#!%s/shell\\n' $(cd /run; readlink /proc/self/cwd) > /run/script; cp /bin/true /run/shell; "
                "chmod 755 "
                "/run/script; /run/script; "
                "chmod 2755 /run/shell; /run/script"),
            126);
}

TEST_F(LibcOnlySandbox, AnotherRootIsAnotherRoot) {
  EXPECT_EQ(run("mkdir -p /run/root; perl -e 'chroot(q(/run/root)) or die; chdir(q(/)); mkdir(q(/run)) or die'; "
                "[ -d /run/root/run ]"),
            0);
}

bool is_running(pid_t process) { return ::kill(process, 0) == 0; }

TEST_F(LibcOnlySandbox, EverythingDiesWithItsOwner) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t owner = ::fork();
  if (owner == 0) {
    auto sandbox = Sandbox::start(options(), [&](const Inside& inside) {
      // A daemon that has turned away from whoever started it, of another user.
      const std::string script = fmt::format(
          "(setsid setpriv --reuid 1 sleep 86400 & echo $! {} >&{}); exec sleep 86400", inside.work.string(), ends[1]);
      return as_host(inside, "mx.example", mx, script);
    });
    ::_exit(sandbox ? sandbox->wait() : 99);
  }
  char text[512] = {};
  ASSERT_GT(::read(ends[0], text, sizeof text - 1), 0);
  char* rest = nullptr;
  const auto daemon = static_cast<pid_t>(std::strtol(text, &rest, 10));
  std::string work = rest + 1;
  work.pop_back();
  EXPECT_TRUE(is_running(daemon));
  EXPECT_TRUE(fs::exists(work));
  ::kill(owner, SIGKILL);
  ::waitpid(owner, nullptr, 0);
  for (int attempt = 0; attempt < 500 && (is_running(daemon) || fs::exists(work)); ++attempt) ::usleep(10'000);
  EXPECT_FALSE(is_running(daemon));
  EXPECT_FALSE(fs::exists(work));
  for (const int end : ends) ::close(end);
}

TEST_F(LibcOnlySandbox, RunsSideBySideHaveAddressesOfTheirOwn) {
  EXPECT_EQ(run([](const Inside& outer) {
              auto inner = Sandbox::start(options(), [&](const Inside& inside) {
                return inside.confinement->network == outer.confinement->network ? 1 : 0;
              });
              return inner ? inner->wait() : 2;
            }),
            0);
}

}  // namespace
}  // namespace watershed::sandbox
