// See pack.hpp.
#include "reports/evidence/pack.hpp"

#include "base/sha256.hpp"
#include "reports/evidence/manifest.hpp"
#include "reports/html/html_report.hpp"
#include "reports/report_table.hpp"

#include <fmt/format.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <set>

namespace watershed::reports {

namespace {

namespace fs = std::filesystem;

struct PackedReport {
  std::string_view kind;
  const char* file;
};
constexpr PackedReport packed_reports[] = {{"json", "report.json"}, {"junit", "junit.xml"}, {"markdown", "summary.md"}};

std::string explanation(MailContent mode) {
  std::string out =
      "Evidence of a rehearsal by Watershed.\n\n"
      "report.*, junit.xml, summary.md  what was found\n"
      "runs/                            the journal and the stored mail of each run\n"
      "inputs/                          requirements, scenarios, messages and worlds that the run rests on\n"
      "manifest.sha256                  sums of all files; check with `watershed verify .` or "
      "`sha256sum -c manifest.sha256`\n\n";
  if (mode == MailContent::keep) return out + "Mail content: kept.\n";
  out += mode == MailContent::hash ? "Mail content: replaced by SHA-256 sums" : "Mail content: left out";
  return out + " (messages, subjects, bodies, and texts that quote them).\n";
}

class Packer {
 public:
  Packer(fs::path folder, const PackSources& sources)
      : folder_(std::move(folder)), sources_(sources), redactor_(sources.mail_content) {}

  // First what is content, so that nothing is written before it is known.
  void learn() {
    if (sources_.mail_content == MailContent::keep) return;
    const auto learn_file = [this](const fs::path& file, const std::string&) { redactor_.learn_message(read(file)); };
    each_file(sources_.scenarios_root / "messages", learn_file);
    // A message may also lie beside the scenario that sends it.
    std::set<fs::path> folders;
    for (const fs::path& scenario : sources_.scenarios) folders.insert(scenario.parent_path());
    for (const fs::path& folder : folders) {
      for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.is_regular_file() && entry.path().extension() != ".yaml") learn_file(entry.path(), {});
      }
    }
    each_file(sources_.artifacts, [&](const fs::path& file, const std::string& path) {
      if (is_message(file)) learn_file(file, path);
    });
    for (const std::string& text : sources_.inline_content) redactor_.learn_quoted(text);
  }

  void write_all(const harness::Outcome& outcome) {
    const harness::Outcome shown = redactor_.redact(outcome);
    for (const PackedReport& packed : packed_reports) {
      if (const ReportKind* kind = report_kind(packed.kind)) write(packed.file, kind->write(shown));
    }
    const HtmlReport html = html_report(shown, "report.html");
    write("report.html", html.page);
    for (const HtmlFile& file : html.linked) write(file.name, file.text);
    write("README.txt", explanation(sources_.mail_content));
    each_file(sources_.artifacts, [this](const fs::path& file, const std::string& path) {
      // Packets are all that was said, content included, and in pieces that nobody can search.
      if (is_message(file) || is_capture(file)) return write_message("runs/" + path, read(file));
      const std::string bytes = read(file);
      write("runs/" + path, file.extension() == ".jsonl" ? redactor_.redact_journal(bytes) : redactor_.redact(bytes));
    });
    write_inputs(outcome);
  }

  Result<Pack, Error> finish() {
    if (!error_.empty()) return Error{error_};
    const auto manifest = sum_files(folder_);
    if (!manifest) return manifest.error();
    const std::string text = write_manifest(*manifest);
    write(std::string(manifest_name), text);
    if (!error_.empty()) return Error{error_};
    return Pack{manifest->size(), sha256_hex(text)};
  }

 private:
  static bool is_message(const fs::path& file) { return file.extension() == ".eml"; }

  static bool is_capture(const fs::path& file) { return file.extension() == ".pcapng"; }

  void fail(std::string message) {
    if (error_.empty()) error_ = std::move(message);
  }

  std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (!in) fail(fmt::format("cannot read {}", file.string()));
    return bytes;
  }

  void write(const std::string& path, std::string_view bytes) {
    const fs::path file = folder_ / path;
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << bytes;
    if (error || !out.flush()) fail(fmt::format("cannot write {}", file.string()));
  }

  void write_message(const std::string& path, const std::string& bytes) {
    if (sources_.mail_content == MailContent::keep) return write(path, bytes);
    if (sources_.mail_content == MailContent::omit) return;
    write(path + ".sha256", fmt::format("{}  {} octets\n", sha256_hex(bytes), bytes.size()));
  }

  void each_file(const fs::path& root, const std::function<void(const fs::path&, const std::string&)>& use) {
    if (!fs::is_directory(root)) return;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (entry.is_regular_file()) use(entry.path(), entry.path().lexically_relative(root).generic_string());
    }
  }

  void write_inputs(const harness::Outcome& outcome) {
    const fs::path& root = sources_.scenarios_root;
    write("inputs/requirements.yaml", read(root / "requirements.yaml"));
    for (const fs::path& scenario : sources_.scenarios) {
      const fs::path relative = fs::relative(scenario, root);
      const bool is_below = !relative.empty() && *relative.begin() != "..";
      write("inputs/" + (is_below ? relative : "scenarios" / scenario.filename()).generic_string(),
            redactor_.redact(read(scenario)));
    }
    each_file(root / "messages", [this](const fs::path& file, const std::string& path) {
      write_message("inputs/messages/" + path, read(file));
    });
    std::set<std::string> worlds;
    for (const harness::ScenarioResult& run : outcome.scenarios) worlds.insert(run.world);
    for (const std::string& world : worlds) {
      each_file(root / "worlds" / world, [&](const fs::path& file, const std::string& path) {
        write(fmt::format("inputs/worlds/{}/{}", world, path), read(file));
      });
    }
  }

  fs::path folder_;
  const PackSources& sources_;
  Redactor redactor_;
  std::string error_;
};

}  // namespace

Result<Pack, Error> write_pack(const fs::path& folder, const harness::Outcome& outcome, const PackSources& sources) {
  std::error_code error;
  if (fs::exists(folder) && !fs::is_empty(folder, error)) {
    return Error{fmt::format("{} is not empty; expected a new folder for the evidence pack", folder.string())};
  }
  Packer packer(folder, sources);
  packer.learn();
  packer.write_all(outcome);
  return packer.finish();
}

}  // namespace watershed::reports
