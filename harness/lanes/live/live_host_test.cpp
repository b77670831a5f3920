// What must hold of a host's programs: that one ended by itself is known, whatever is done to it afterwards.
#include "harness/lanes/live/live_host.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

#include <csignal>

namespace watershed::harness {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::SizeIs;

namespace fs = std::filesystem;

class DaemonTest : public testing::Test {
 protected:
  DaemonTest() {
    spec_.name = "mx.example";
    spec_.addresses = {{false, {192, 0, 2, 25}}};
    inside_.work = fs::temp_directory_path() / ("watershed-daemon-test-" + std::to_string(::getpid()));
    fs::create_directories(inside_.work);
    host_ = std::make_unique<LiveHost>(executor_, spec_, inside_);
    daemon_ = std::make_unique<Daemon>(
        *host_,
        Daemon::Options{"false",
                        {.program = "/bin/false", .arguments = {}, .environment = {}, .output = inside_.work / "out"},
                        "is ready"});
  }
  ~DaemonTest() override {
    executor_.shut_down();
    fs::remove_all(inside_.work);
  }

  void start_and_wait_for_its_end() {
    ASSERT_TRUE(daemon_->start());
    for (int look = 0; look < 1000 && daemon_->is_running(); ++look) ::usleep(10'000);
    ASSERT_FALSE(daemon_->is_running());
  }

  HostSpec spec_;
  sandbox::Inside inside_;
  stage::RealExecutor executor_;
  std::unique_ptr<LiveHost> host_;
  std::unique_ptr<Daemon> daemon_;
};

TEST_F(DaemonTest, WhatEndedByItselfIsNotForgottenWhenItIsKilled) {
  start_and_wait_for_its_end();
  EXPECT_THAT(daemon_->deaths(), SizeIs(1));
  daemon_->kill(SIGKILL);
  daemon_->kill_leader();
  EXPECT_THAT(daemon_->deaths(), AllOf(SizeIs(1), Each(HasSubstr("false at mx.example ended with"))));
}

TEST_F(DaemonTest, WhatEndedByItselfIsNotForgottenWhenItIsStartedAgain) {
  start_and_wait_for_its_end();
  start_and_wait_for_its_end();
  daemon_->kill_leader();
  EXPECT_THAT(daemon_->deaths(), SizeIs(2));
}

}  // namespace
}  // namespace watershed::harness
