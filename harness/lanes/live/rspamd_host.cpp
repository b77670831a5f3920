// See rspamd_host.hpp.
#include "harness/lanes/live/rspamd_host.hpp"

#include "harness/lanes/live/rspamd_rules.hpp"
#include "sandbox/ownership.hpp"

#include <fmt/format.h>

#include <pwd.h>
#include <unistd.h>

#include <fstream>

namespace watershed::harness {

namespace fs = std::filesystem;

namespace {

bool write_file(const fs::path& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  return static_cast<bool>(out.flush());
}

// Only what makes rspamd start fast and stay silent about anything but the world's rules: no maps, no lists of public
// suffixes and languages, no statistics.
std::string configuration(const std::string& sockets) {
  return fmt::format(R"(options {{
  pidfile = "/var/lib/rspamd/rspamd.pid";
  tempdir = "/var/lib/rspamd";
  url_tld = "/etc/rspamd/suffixes.dat";
  filters = "";
  cache_file = "/var/lib/rspamd/symbols.cache";
  disable_hyperscan = true;
  dynamic_conf = "/var/lib/rspamd/dynamic";
  control_socket = "/var/lib/rspamd/control.sock mode=0600";
  local_addrs = [];
}}
lang_detection {{ languages = "/etc/rspamd/languages"; }}
lua = "/etc/rspamd/watershed.lua";
logging {{ type = "syslog"; facility = "mail"; level = "info"; }}
worker "normal" {{ enabled = false; bind_socket = "/var/lib/rspamd/normal.sock"; }}
worker "rspamd_proxy" {{
  bind_socket = [{}];
  milter = yes;
  timeout = 20s;
  count = 1;
  upstream "local" {{ default = yes; self_scan = yes; }}
}}
# The last two are for the rules to name; no score reaches them.
actions {{ reject = 1000; quarantine = 900; discard = 800; add_header = null; greylist = null; }}
metric {{ }}
)",
                     sockets);
}

}  // namespace

RspamdHost::RspamdHost(LiveHost& host, std::vector<std::string> milters)
    : host_(host),
      milters_(std::move(milters)),
      master_(host, {.name = "rspamd",
                     .process = {.program = "/usr/bin/rspamd",
                                 .arguments = {"-f", "-u", "_rspamd", "-g", "_rspamd", "-c", "/etc/rspamd/rspamd.conf"},
                                 // There is nobody to speak TLS with: reading all authorities takes it 10 ms.
                                 .environment = {{"SSL_CERT_FILE", "/dev/null"}, {"SSL_CERT_DIR", "/nonexistent"}},
                                 .output = host.folder / "rspamd.out"},
                     .ready_text = "listening for control commands"}) {}

Result<std::vector<std::string>, Error> RspamdHost::sockets() const {
  std::vector<std::string> sockets;
  for (const std::string& milter : milters_) {
    if (!milter.starts_with("unix:")) {
      return Error{
          fmt::format("{}: milter {} is asked over TCP; only unix: sockets are provided", host_.spec.name, milter)};
    }
    const std::string path = milter.substr(5);
    // A service with chroot=y looks below the queue directory, one without from the root. master(5)
    sockets.push_back("/var/spool/postfix/" + path);
    if (path.starts_with("/run/") || path.starts_with("/var/run/")) sockets.push_back(path);
  }
  return sockets;
}

Result<void, Error> RspamdHost::prepare(std::span<const spam::Rule> rules) {
  const passwd* user = ::getpwnam("_rspamd");
  if (user == nullptr) return Error{"rspamd is not installed: no user _rspamd"};
  const auto lua = rspamd_lua(rules, host_.spec.name);
  if (!lua) return lua.error();
  const auto wanted = sockets();
  if (!wanted) return wanted.error();
  const fs::path etc = host_.mount("rspamd", "/etc/rspamd");
  const fs::path data = host_.mount("rspamd-data", "/var/lib/rspamd");
  fs::create_directory(etc / "languages");
  std::string list;
  for (const std::string& socket : *wanted) {
    list += fmt::format("\"{} mode=0666\", ", socket);
    const fs::path folder = fs::path(socket).parent_path();
    const fs::path outside =
        socket.starts_with("/var/spool/postfix/")
            ? host_.folder / "queue" / folder.lexically_relative("/var/spool/postfix")
            : host_.folder / "run" /
                  folder.lexically_relative(folder.string().starts_with("/var/run") ? "/var/run" : "/run");
    fs::create_directories(outside);
    if (const auto given = sandbox::give_away(outside, user->pw_uid, user->pw_gid); !given) return given;
  }
  if (const auto given = sandbox::give_away(data, user->pw_uid, user->pw_gid); !given) return given;
  if (!write_file(etc / "watershed.lua", *lua) || !write_file(etc / "suffixes.dat", "com\nexample\nint\norg\n") ||
      !write_file(etc / "rspamd.conf", configuration(list))) {
    return Error{"cannot write rspamd's configuration"};
  }
  return {};
}

}  // namespace watershed::harness
