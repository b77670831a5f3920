// Every text of an Outcome at once from mail that wants to break out, through every writer: valid, visible, bounded,
// quick. Each writer's own test says how it shows such text; here none may be forgotten, and no member.
#include "base/json_reader.hpp"
#include "base/text.hpp"
#include "harness/result_file/fields.hpp"
#include "reports/diff_report.hpp"
#include "reports/events.hpp"
#include "reports/github_annotations.hpp"
#include "reports/html/html_report.hpp"
#include "reports/lane_comparison.hpp"
#include "reports/report_table.hpp"
#include "reports/sample_outcome.hpp"
#include "reports/terminal.hpp"

#include <gmock/gmock.h>

#include <array>
#include <ctime>

namespace watershed::reports {
namespace {

using harness::Outcome;

// Names of the files and hosts of whoever runs the program; a path ends after 4096 octets, not after a megabyte.
bool is_name(std::string_view key) {
  constexpr std::array names{
      "file",         "path",  "name",       "world", "id",      "host",  "hosts",   "from", "to", "zone",
      "requirements", "place", "decided_by", "lines", "classes", "class", "carries", "a",    "b"};
  return std::find(names.begin(), names.end(), key) != names.end();
}

// Puts a text into every member that can hold one, through the table of the result file.
class Filler {
 public:
  explicit Filler(std::string text, std::string name) : text_(std::move(text)), name_(std::move(name)) {}

  void fill(std::string& text) { text = text_; }
  void fill(harness::Verdict& verdict) { verdict = harness::Verdict::failed; }
  template <class T>
  requires std::is_arithmetic_v<T>
  void fill(T& number) { number = static_cast<T>(1); }
  template <class T>
  void fill(std::vector<T>& list) {
    list.resize(1);
    for (T& element : list) fill(element);
  }
  void fill(std::set<std::string>& list) { list = {text_}; }
  template <class T>
  void fill(std::map<std::string, T>& map) {
    fill(map[text_]);
  }
  template <class T>
  requires std::is_class_v<T>
  void fill(T& object) { harness::each_field(object, *this); }

  void operator()(std::string_view key, auto& member) {
    // These two decide what is shown; nothing from outside gets into them.
    if (key == "lane" || key == "declared_because") return;
    if (is_name(key)) std::swap(text_, name_);
    fill(member);
    if (is_name(key)) std::swap(text_, name_);
  }
  void derived(std::string_view, auto&&) {}

 private:
  std::string text_;
  std::string name_;
};

Outcome outcome_of(const std::string& text, const std::string& name) {
  Outcome outcome;
  Filler(text, name).fill(outcome);
  outcome.lane = "both";
  harness::ScenarioResult& run = outcome.scenarios[0];
  run.is_must_fail = false;
  outcome.scenarios.push_back(run);
  outcome.scenarios.back().verdict = harness::Verdict::inconclusive;
  outcome.world_comparison[0].differences[0].is_expected = false;
  harness::summarize(outcome);
  return outcome;
}

struct Written {
  std::string writer;
  std::string text;
  double seconds = 0;
};

// What each writer makes of it. `with_all`: those that keep every byte as well, whose size is that of what they keep.
std::vector<Written> written(const Outcome& outcome, bool with_all) {
  std::vector<Written> all;
  const auto add = [&](std::string_view writer, auto&& write) {
    const std::clock_t before = std::clock();
    std::string text = write();
    all.push_back({std::string(writer), std::move(text), static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC});
  };
  for (const ReportKind& kind : report_kinds()) {
    if (kind.name != "json" || with_all) add(kind.name, [&] { return kind.write(outcome); });
  }
  add("html", [&] {
    const HtmlReport report = html_report(outcome, "report.html");
    std::string text = report.page;
    for (const HtmlFile& file : report.linked) text += file.text;
    return text;
  });
  add("annotations", [&] { return github_annotations(outcome); });
  add("diff", [&] { return diff_text(outcome.world_comparison[0], std::nullopt, 5); });
  for (const Verbosity verbosity : {Verbosity::normal, Verbosity::verbose}) {
    const TerminalStyle style{.color = false, .is_tty = false, .width = 80, .verbosity = verbosity};
    add("terminal", [&] { return progress_text(outcome.scenarios[0], 1, 2, style) + final_text(outcome, style); });
  }
  if (with_all) add("events", [&] { return result_event(outcome.scenarios[0], 1, 2) + end_event(outcome); });
  if (with_all) add("diff as JSON", [&] { return diff_json(outcome.world_comparison[0], std::nullopt); });
  return all;
}

// Where it stands, to find who forgot it.
std::string context(const std::string& text, std::string_view what) {
  const std::size_t at = text.find(what);
  if (at == std::string::npos) return {};
  const std::size_t begin = at > 120 ? at - 120 : 0;
  return " at: " + printable(text.substr(begin, at - begin + 20));
}

const std::string script = "<script>alert(1)</script><img src=x onerror=alert(1)>\" onclick=\"x";
const std::string directions = "\xd7\x90\xd7\x91 \xe2\x80\xaegnirts\xe2\x80\xac \xe2\x81\xa6x\xe2\x81\xa9 \xe2\x80\x8f";
const std::string every_byte = [] {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  return bytes;
}();

TEST(HostileText, IsVisibleTextInEveryReport) {
  for (const std::string& text : {hostile_text, script, directions, every_byte, std::string("]]>`|#%::\\ok 1")}) {
    for (const Written& each : written(outcome_of(text, text), true)) {
      EXPECT_TRUE(is_utf8(each.text)) << each.writer;
      const bool is_control = std::any_of(each.text.begin(), each.text.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f;
      });
      EXPECT_FALSE(is_control) << each.writer << context(each.text, "\x1b[2J");
      const bool keeps_all = each.writer == "json" || each.writer == "events" || each.writer == "diff as JSON";
      if (!keeps_all) {
        EXPECT_EQ(each.text.find("\xe2\x80\xae"), std::string::npos)
            << each.writer << context(each.text, "\xe2\x80\xae");
      }
      if (each.writer == "html" || each.writer == "junit") {
        EXPECT_EQ(each.text.find("<script"), std::string::npos) << each.writer << context(each.text, "<script");
        EXPECT_EQ(each.text.find("<img"), std::string::npos) << each.writer;
      }
      if (keeps_all || each.writer == "sarif") {
        for (const std::string_view line :
             each.writer == "events" ? split(each.text, "\n") : std::vector<std::string_view>{each.text}) {
          EXPECT_TRUE(read_json(line, each.writer)) << each.writer;
        }
      }
    }
  }
}

TEST(HostileText, AmegabyteInEveryMemberIsCutInEveryReport) {
  constexpr std::size_t megabyte = 1'000'000;
  for (const char c : {'<', '\xff'}) {
    for (const Written& each : written(outcome_of(std::string(megabyte, c), std::string(200, c)), false)) {
      EXPECT_LT(each.text.size(), (each.writer == "html" ? 3 : 2) * megabyte) << each.writer << " of " << int{c};
      EXPECT_LT(each.seconds, 2.0) << each.writer << " of " << int{c};
    }
  }
}

}  // namespace
}  // namespace watershed::reports
