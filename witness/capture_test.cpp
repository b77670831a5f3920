// What must hold of a live capture: every message that a real client hands to a real server is seen, byte for byte.
// Runs smtp-source against smtp-sink in a network namespace of its own; where that cannot be made it is skipped loudly.
#include "witness/capture.hpp"

#include "witness/pcapng.hpp"
#include "witness/witness.hpp"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

namespace watershed::witness {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

// unshare(2) moves the calling thread alone, and what it starts.
bool enter_own_network() {
  if (unshare(CLONE_NEWNET) != 0) return false;
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  if (socket < 0) return false;
  ifreq request{};
  std::strncpy(request.ifr_name, "lo", IFNAMSIZ - 1);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  const bool is_up = ioctl(socket, SIOCSIFFLAGS, &request) == 0;
  ::close(socket);
  return is_up;
}

pid_t start(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t pid = 0;
  return posix_spawnp(&pid, arguments[0], nullptr, nullptr, arguments.data(), environ) == 0 ? pid : -1;
}

struct Watched {
  std::string skip;
  std::string problem;
  Seen seen;
  std::size_t in_file = 0;
};

void watch(Watched& result, int messages) {
  if (!enter_own_network()) return void(result.skip = "no network namespace can be made here");
  auto capture = LiveCapture::open({});
  if (!capture) return void(result.skip = capture.error().message);
  const std::string path = (std::filesystem::temp_directory_path() / "watershed-capture-test.pcapng").string();
  auto file = PcapngFile::create(path, capture->link(), "lo", 262'144);
  Witness witness({.addresses = {*parse_ip_address("127.0.0.1")}, .smtp_ports = {2525}});
  const auto poll = [&] {
    const auto polled = capture->poll([&](const RawPacket& packet) {
      file->write(packet);
      witness.take(packet);
    });
    if (!polled) result.problem = polled.error().message;
    witness.note_drops(capture->dropped(), 0);
  };
  const pid_t sink = start({"/usr/sbin/smtp-sink", "-u", "nobody", "127.0.0.1:2525", "100"});
  usleep(200'000);
  const pid_t source = start({"/usr/sbin/smtp-source", "-c", "-s", "4", "-l", "5000", "-m", std::to_string(messages),
                              "-f", "op@station.example", "-t", "robot@ctbto.int", "127.0.0.1:2525"});
  if (sink < 0 || source < 0) result.problem = "smtp-source or smtp-sink could not be started";
  int status = -1;
  while (source > 0 && waitpid(source, &status, WNOHANG) == 0) {
    poll();
    usleep(1000);
  }
  if (status != 0) result.problem = "smtp-source failed";
  usleep(50'000);
  poll();
  if (sink > 0) {
    kill(sink, SIGTERM);
    waitpid(sink, nullptr, 0);
  }
  witness.finish(0);
  result.seen = witness.seen();
  file->close();
  if (const auto read = read_savefile(path, [](const RawPacket&) {})) result.in_file = *read;
  std::filesystem::remove(path);
}

TEST(LiveCaptureTest, SeesEveryMessageBetweenARealClientAndServer) {
  if (access("/usr/sbin/smtp-source", X_OK) != 0) GTEST_SKIP() << "SKIPPED: smtp-source is not installed (postfix)";
  constexpr int messages = 50;
  Watched watched;
  std::thread(watch, std::ref(watched), messages).join();
  if (!watched.skip.empty()) {
    ASSERT_EQ(std::getenv("WATERSHED_REQUIRE_LIVE"), nullptr) << watched.skip;
    GTEST_SKIP() << "SKIPPED: " << watched.skip;
  }
  EXPECT_EQ(watched.problem, "");
  for (const EvidenceFault& fault : watched.seen.faults) ADD_FAILURE() << fault.text;
  EXPECT_THAT(watched.seen.strays, IsEmpty());
  ASSERT_THAT(watched.seen.transactions, SizeIs(messages));
  EXPECT_EQ(watched.in_file, watched.seen.packets);
  for (const SmtpTransaction& transaction : watched.seen.transactions) {
    EXPECT_EQ(transaction.reverse_path, "op@station.example");
    ASSERT_THAT(transaction.recipients, SizeIs(1));
    EXPECT_TRUE(transaction.is_accepted(transaction.recipients[0]));
    EXPECT_GT(transaction.content.size(), 4500U);
    EXPECT_LT(transaction.began_ns, transaction.content_ns);
    EXPECT_LT(transaction.content_ns, transaction.ended_ns);
  }
}

TEST(LiveCaptureTest, ACountThatCannotBeReadIsNotNone) {
  std::thread([] {
    if (!enter_own_network()) return;
    const auto capture = LiveCapture::open({});
    if (!capture) return;
    EXPECT_EQ(capture->dropped(), 0U);
    const int no_socket = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(no_socket, capture->descriptor());
    ::close(no_socket);
    EXPECT_EQ(capture->dropped(), 1U);
  }).join();
}

}  // namespace
}  // namespace watershed::witness
