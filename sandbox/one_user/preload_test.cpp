// What programs believe in a sandbox with one user: other people's, which know nothing of the library in front of them.
#include "sandbox/ownership.hpp"
#include "sandbox/sandbox.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace watershed::sandbox {
namespace {

namespace fs = std::filesystem;

class OneUserSandbox : public testing::Test {
 protected:
  void SetUp() override {
    if (!works(Level::single_user)) GTEST_SKIP() << "no sandbox of one user here";
  }

  // The exit code of a shell script in the sandbox's folder, where there are a file and a folder.
  int run(const std::string& script) {
    SandboxOptions options;
    options.level = Level::single_user;
    options.needed = {fs::current_path()};
    auto sandbox = Sandbox::start(options, [&](const Inside& inside) {
      fs::current_path(inside.work);
      std::ofstream("file") << "x";
      fs::create_directory("folder");
      std::ofstream("folder/file") << "x";
      if (!give_away("folder", 102, 106)) return 100;
      ::execl("/bin/bash", "bash", "-ec", script.c_str(), nullptr);
      return 101;
    });
    if (sandbox) return sandbox->wait();
    ADD_FAILURE() << sandbox.error().message;
    return -1;
  }
};

const std::string as_postfix = "chroot --userspec=102:106 --groups= --skip-chdir / ";

TEST_F(OneUserSandbox, RootGivesFilesAway) {
  EXPECT_EQ(run("[ $(id -u) = 0 ]; chown 5000:5001 file; [ $(stat -c %u:%g file) = 5000:5001 ]"), 0);
  EXPECT_EQ(run("chown 5000:5001 file; chown 7 file; [ $(stat -c %u:%g file) = 7:5001 ]"), 0);
  EXPECT_EQ(run("ln -s file link; chown -h 7:8 link; [ $(stat -c %u link) = 7 ]; [ $(stat -c %u file) = 0 ]"), 0);
}

TEST_F(OneUserSandbox, WhatTheHarnessGaveAwayIsSeenByAll) {
  EXPECT_EQ(run("[ $(stat -c %u:%g folder) = 102:106 ]"), 0);
  EXPECT_EQ(run(as_postfix + "bash -ec '[ $(stat -c %u:%g folder) = 102:106 ]'"), 0);
}

TEST_F(OneUserSandbox, TheMachinesFilesAreRoots) { EXPECT_EQ(run("[ $(stat -c %u:%g /bin/bash) = 0:0 ]"), 0); }

TEST_F(OneUserSandbox, ProgramsBecomeUsersAndStayThemOverExec) {
  EXPECT_EQ(run(as_postfix + "env -i /bin/bash -ec '[ $(id -u):$(id -g) = 102:106 ]'"), 0);
}

TEST_F(OneUserSandbox, AUserDoesNotGetRootBack) {
  EXPECT_EQ(run(as_postfix + "perl -e '$< = $> = 0; exit($> == 0 ? 3 : $< == 0 ? 4 : 0)'"), 0);
  EXPECT_EQ(run(as_postfix + "chown 5000 file"), 1);
}

TEST_F(OneUserSandbox, AClosedFolderIsClosedToAUserButNotToRoot) {
  EXPECT_EQ(run("chmod 000 folder; cat folder/file"), 0);
  EXPECT_EQ(run("chmod 000 folder; " + as_postfix + "cat folder/file"), 1);
}

TEST_F(OneUserSandbox, WhatWasNotGivenAwayIsEverybodysOwn) {
  EXPECT_EQ(run(as_postfix + "bash -ec 'touch new; [ $(stat -c %u:%g new) = 102:106 ]'"), 0);
}

}  // namespace
}  // namespace watershed::sandbox
