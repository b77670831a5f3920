// What a sandbox must hold in: addresses, packets, files, processes; also when its owner is killed.
#include "sandbox/sandbox.hpp"

#include "sandbox/descendants.hpp"
#include "sandbox/loopback.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

namespace watershed::sandbox {
namespace {

namespace fs = std::filesystem;

class InSandbox : public testing::TestWithParam<Level> {
 protected:
  void SetUp() override {
    for (const Probe& probe : probe_levels()) {
      if (probe.level != GetParam() || probe.works) continue;
      GTEST_SKIP() << to_string(GetParam()) << ": " << probe.why_not;
    }
    options_.level = GetParam();
    options_.addresses = {*parse_ip_address("192.0.2.25"), *parse_ip_address("192.0.2.30")};
    options_.needed = {fs::current_path()};
  }

  int run(const std::function<int(const Inside&)>& body) {
    auto sandbox = Sandbox::start(options_, body);
    if (sandbox) return sandbox->wait();
    ADD_FAILURE() << sandbox.error().message;
    return -1;
  }

  SandboxOptions options_;
};

sockaddr_in endpoint(const char* address, std::uint16_t port) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  ::inet_pton(AF_INET, address, &to.sin_addr);
  return to;
}

template <class Call>
int with_address(Call call, int socket, const sockaddr_in& address) {
  return call(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

TEST_P(InSandbox, HasTheWorldsAddressesAndPrivilegedPorts) {
  EXPECT_EQ(run([](const Inside&) {
              const int server = ::socket(AF_INET, SOCK_STREAM, 0);
              const int client = ::socket(AF_INET, SOCK_STREAM, 0);
              if (with_address(::bind, server, endpoint("192.0.2.25", 25)) != 0) return 1;
              if (::listen(server, 1) != 0) return 2;
              return with_address(::connect, client, endpoint("192.0.2.25", 25)) == 0 ? 0 : 3;
            }),
            0);
}

TEST_P(InSandbox, NobodyAnswersOutside) {
  EXPECT_EQ(run([](const Inside&) {
              const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
              if (with_address(::connect, client, endpoint("8.8.8.8", 53)) == 0) return 1;
              if (errno != EINPROGRESS) return 0;
              ::usleep(50'000);
              int error = 0;
              socklen_t size = sizeof error;
              ::getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &size);
              sockaddr_in peer{};
              size = sizeof peer;
              return ::getpeername(client, reinterpret_cast<sockaddr*>(&peer), &size) == 0 ? 2 : 0;
            }),
            0);
}

TEST_P(InSandbox, OnlyItsOwnFoldersCanBeWritten) {
  const fs::path kept = fs::temp_directory_path() / fmt::format("watershed-sandbox-test-{}", ::getpid());
  fs::create_directories(kept);
  options_.writable = {kept};
  EXPECT_EQ(run([&](const Inside& inside) {
              if (!(std::ofstream(inside.work / "file") << "x").flush()) return 1;
              if (!(std::ofstream(kept / "result") << "x").flush()) return 2;
              if (!(std::ofstream("/dev/null") << "x").flush()) return 3;
              return (std::ofstream("/usr/watershed-was-here") << "x").flush() ? 4 : 0;
            }),
            0);
  EXPECT_TRUE(fs::exists(kept / "result"));
  EXPECT_FALSE(fs::exists("/usr/watershed-was-here"));
  fs::remove_all(kept);
}

TEST_P(InSandbox, SeesNoProcessButItsOwn) {
  EXPECT_EQ(run([](const Inside&) { return ::getpid() == 2 && fs::exists("/proc/2") ? 0 : 1; }), 0);
}

TEST_P(InSandbox, ReportsTheBodysCodeAndSignal) {
  EXPECT_EQ(run([](const Inside&) { return 7; }), 7);
  EXPECT_EQ(run([](const Inside&) { return ::raise(SIGABRT); }), 128 + SIGABRT);
}

// Processes outside that carry the mark in their command line.
int count_processes(const std::string& mark) {
  int found = 0;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    // By operator<<, which only fails where a process ends between being listed and being read.
    std::ostringstream text;
    text << std::ifstream(entry.path() / "cmdline").rdbuf();
    if (text.str().find(mark) != std::string::npos) ++found;
  }
  return found;
}

bool comes_to(int wanted, const std::string& mark) {
  for (int attempt = 0; attempt < 500; ++attempt) {
    if (count_processes(mark) == wanted) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

TEST_P(InSandbox, EverythingDiesWithItsOwner) {
  // The mark is on the command line of daemons that have turned away from whoever started them.
  const std::string mark = fmt::format("86400.{}{}", ::getpid(), static_cast<int>(GetParam()));
  const pid_t owner = ::fork();
  if (owner == 0) {
    auto sandbox = Sandbox::start(options_, [&](const Inside& inside) {
      std::ofstream(inside.work / "mail") << "x";
      const std::string command = fmt::format("setsid sleep {} & setsid sleep {} & wait", mark, mark);
      return ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    });
    ::_exit(sandbox ? sandbox->wait() : 99);
  }
  EXPECT_TRUE(comes_to(3, mark));  // the shell and two daemons
  ::kill(owner, SIGKILL);
  ::waitpid(owner, nullptr, 0);
  EXPECT_TRUE(comes_to(0, mark));
  std::ifstream mounts("/proc/self/mounts");
  const std::string text((std::istreambuf_iterator<char>(mounts)), std::istreambuf_iterator<char>());
  EXPECT_EQ(text.find("watershed "), std::string::npos) << "a mount is left behind";
  for (const char* place : {"/media", "/srv"}) EXPECT_FALSE(fs::exists(fs::path(place) / "mail"));
}

TEST_P(InSandbox, StopsDaemonsWhereTheyStand) {
  EXPECT_EQ(run([](const Inside& inside) {
              // Orphans, one of which goes on starting others.
              const std::string file = inside.work / "ticks";
              const std::string command = fmt::format(
                  "(setsid sh -c 'while :; do /bin/echo x >>{0}; done' &); "
                  "(setsid sh -c 'while :; do echo y >>{0}; done' &)",
                  file);
              if (std::system(command.c_str()) != 0) return 1;
              while (!fs::exists(file) || fs::file_size(file) < 100) std::this_thread::yield();
              stop_descendants(::getppid());
              const auto before = fs::file_size(file);
              std::this_thread::sleep_for(std::chrono::milliseconds(50));
              return fs::file_size(file) == before ? 0 : 2;
            }),
            0);
}

TEST_P(InSandbox, AUserSpeaksFromItsHostsAddress) {
  if (GetParam() == Level::single_user)
    GTEST_SKIP() << "there is one user only; the preloaded library binds sockets instead";
  EXPECT_EQ(run([&](const Inside&) {
              constexpr uid_t user = 5000;
              if (!speak_from(user, options_.addresses[1], options_.addresses)) return 1;
              if (!speak_from(user + 1, options_.addresses[0], options_.addresses)) return 2;
              const int server = ::socket(AF_INET, SOCK_STREAM, 0);
              with_address(::bind, server, endpoint("192.0.2.25", 25));
              ::listen(server, 1);
              if (::setuid(user) != 0) return 3;
              const int client = ::socket(AF_INET, SOCK_STREAM, 0);
              if (with_address(::connect, client, endpoint("192.0.2.25", 25)) != 0) return 4;
              sockaddr_in local{};
              socklen_t size = sizeof local;
              ::getsockname(client, reinterpret_cast<sockaddr*>(&local), &size);
              return local.sin_addr.s_addr == endpoint("192.0.2.30", 0).sin_addr.s_addr ? 0 : 5;
            }),
            0);
}

TEST_P(InSandbox, AHundredUnreadLogLinesMakeNobodyWait) {
  EXPECT_EQ(run([](const Inside& inside) {
              sockaddr_un log{};
              log.sun_family = AF_UNIX;
              const std::string path = (inside.work / "log").string();
              path.copy(log.sun_path, path.size());
              const auto* address = reinterpret_cast<const sockaddr*>(&log);
              const int reader = ::socket(AF_UNIX, SOCK_DGRAM, 0);
              const int octets = 4 << 20;
              ::setsockopt(reader, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
              if (::bind(reader, address, sizeof log) != 0) return 1;
              const int writer = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
              if (::connect(writer, address, sizeof log) != 0) return 2;
              for (int line = 0; line < 100; ++line) {
                if (::send(writer, "<22>a line", 10, 0) != 10) return 3;
              }
              return 0;
            }),
            0);
}

TEST(Levels, OneWorksWhereTheLiveLaneIsRequired) {
  const auto best = best_level();
  if (!best && std::getenv("WATERSHED_REQUIRE_LIVE") == nullptr) GTEST_SKIP() << "this machine gives no sandbox";
  EXPECT_TRUE(best);
}

std::string name_of(const testing::TestParamInfo<Level>& info) {
  std::string name(to_string(info.param));
  std::erase(name, '-');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Levels, InSandbox,
                         testing::Values(Level::root_namespaces, Level::mapped_user, Level::single_user), name_of);

}  // namespace
}  // namespace watershed::sandbox
