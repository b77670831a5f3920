// The sandbox's layer on a Postfix folder: few settings, and none of the given ones lost.
#include "harness/lanes/live/postfix_settings.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace watershed::harness {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  explicit Folder(std::string_view main_cf)
      : path_(fs::temp_directory_path() / ("watershed-layer-" + std::to_string(::getpid()))) {
    fs::create_directories(path_);
    std::ofstream(path_ / "main.cf") << main_cf;
  }
  ~Folder() { fs::remove_all(path_); }
  postfix::PostfixConfig load() const {
    const auto loaded = postfix::load_postfix(path_);
    EXPECT_TRUE(loaded);
    return *loaded;
  }

 private:
  fs::path path_;
};

const IpAddress one = *parse_ip_address("192.0.2.25");
const IpAddress two = *parse_ip_address("192.0.2.26");

std::string value_of(const std::vector<SandboxSetting>& layer, std::string_view name) {
  for (const SandboxSetting& each : layer) {
    if (each.name == name) return each.value;
  }
  return "not set";
}

TEST(SandboxSettings, GiveTheHostItsAddressesAndShorterRetries) {
  const Folder folder("myhostname = mx.example\nminimal_backoff_time = 10m\n");
  const auto layer = sandbox_settings(folder.load(), std::vector{one}, 300);
  EXPECT_EQ(value_of(layer, "inet_interfaces"), "192.0.2.25");
  EXPECT_EQ(value_of(layer, "minimal_backoff_time"), "2s");
  EXPECT_EQ(value_of(layer, "queue_run_delay"), "1s");
  EXPECT_EQ(value_of(layer, "smtp_bind_address"), "not set") << "smtp(8) binds to a single address by itself";
}

TEST(SandboxSettings, TellAClientWithSeveralAddressesWhichToUse) {
  const Folder folder("myhostname = mx.example\n");
  const auto layer = sandbox_settings(folder.load(), std::vector{one, two}, 300);
  EXPECT_EQ(value_of(layer, "inet_interfaces"), "192.0.2.25, 192.0.2.26");
  EXPECT_EQ(value_of(layer, "smtp_bind_address"), "192.0.2.25");
}

TEST(SandboxSettings, LeaveAnInterfaceThatTheFolderNames) {
  const Folder folder("inet_interfaces = 192.0.2.26\nsmtp_bind_address = 192.0.2.26\n");
  const auto layer = sandbox_settings(folder.load(), std::vector{one, two}, 300);
  EXPECT_EQ(value_of(layer, "inet_interfaces"), "not set");
  EXPECT_EQ(value_of(layer, "smtp_bind_address"), "not set");
}

TEST(WithLayer, KeepsAReplacedSettingAsAComment) {
  const std::vector<SandboxSetting> layer = {{"inet_interfaces", "192.0.2.25", "shared loopback"}};
  EXPECT_EQ(with_layer("a = 1\ninet_interfaces =\n  # both\n  all\nb = 2", layer),
            "a = 1\n#given# inet_interfaces =\n#given#   # both\n#given#   all\nb = 2\n"
            "\n# What follows is the sandbox's. Given settings of the same names stand above after #given#.\n"
            "# shared loopback\ninet_interfaces = 192.0.2.25\n");
}

TEST(WithLayer, LeavesEverythingElseToTheLetter) {
  const std::string given = "# inet_interfaces = all\nx =\n  inet_interfaces = no setting, a continuation\n\ny=1\n";
  const std::vector<SandboxSetting> layer = {{"inet_interfaces", "192.0.2.25", "shared loopback"}};
  EXPECT_THAT(with_layer(given, layer), testing::StartsWith(given));
}

TEST(WithShorterWakeups, WakesServicesAsOftenAsRetriesAreShortened) {
  const std::string given =
      "# qmgr unix n - n 300 1 qmgr\nqmgr      unix  n       -       n       300     1       qmgr\n"
      "tlsmgr unix - - y 1000? 1 tlsmgr\nsmtp unix - - y - - smtp\n  -o x=300 1 2 3 4 5 6 7 8\n";
  EXPECT_EQ(with_shorter_wakeups(given, 300),
            "# qmgr unix n - n 300 1 qmgr\n"
            "#given# qmgr      unix  n       -       n       300     1       qmgr\n"
            "qmgr      unix  n       -       n       1     1       qmgr\n"
            "#given# tlsmgr unix - - y 1000? 1 tlsmgr\ntlsmgr unix - - y 3? 1 tlsmgr\n"
            "smtp unix - - y - - smtp\n  -o x=300 1 2 3 4 5 6 7 8\n");
}

}  // namespace
}  // namespace watershed::harness
