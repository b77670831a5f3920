// The command line: one struct for what all sub-commands share, with the same names everywhere.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace watershed::cli {

/// Exit codes; see `--help`. Where several apply: wrong_input, environment, failed, threshold, inconclusive.
enum class ExitCode {
  ok = 0,
  failed = 1,
  usage = 2,
  wrong_input = 3,
  environment = 4,
  inconclusive = 5,
  threshold = 6,
};

struct Options {
  std::vector<std::string> paths;
  std::string scenarios_root;
  std::vector<std::string> worlds;
  std::string lane = "simulated";
  std::string sandbox;
  std::uint64_t seed = 0;
  bool has_seed = false;
  std::string filter;
  std::string tags;
  std::string shard;
  unsigned jobs = 0;
  std::vector<std::string> reports;
  std::string stories = "failed";  ///< which messages get a story on the page
  std::string shown_command;       ///< how the program was called
  std::string artifacts;
  bool fail_fast = false;
  bool quiet = false;
  bool verbose = false;
  std::string color = "auto";
  bool allow_empty = false;
  bool as_json = false;
  bool as_tree = false;
  std::string mail_content = "keep";
  std::string annotations = "auto";
  std::string last_failed;  ///< a result file: only what did not pass in it; empty: all
  bool hash_content = false;
  bool coverage = false;
  std::string watch;  ///< empty: no; `tty` or `always`
  // new
  std::string new_kind;
  std::string new_name;
  // diff
  std::string side_a;
  std::string side_b;
  std::string expect_unchanged;
  // explain
  std::string world;
  std::string from;
  std::string to;
  std::string via;
  // up
  std::vector<std::string> command;
  // schema
  std::string schema = "scenario";
};

}  // namespace watershed::cli
