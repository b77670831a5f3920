// See rules_report.hpp.
#include "reports/rules_report.hpp"

#include "base/json_writer.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::reports {

namespace {

constexpr std::size_t shown_body_octets = 600;

std::string indented(std::string_view text, std::string_view indent) {
  std::string out;
  for (const std::string_view line : split(text, "\n")) out += fmt::format("{}{}\n", indent, printable(line));
  return out;
}

std::string message_text(const rules::Letter& letter) {
  std::string text =
      fmt::format("MAIL FROM:{} RCPT TO:{}\n", to_string(letter.reverse_path), to_string(letter.forward_path));
  text += letter.message.header_section();
  text += "\n";
  const std::string_view body = letter.message.body();
  text += body.substr(0, shown_body_octets);
  if (body.size() > shown_body_octets) text += fmt::format("\n… {} octets in all", letter.message.size_octets());
  return text;
}

std::string fate_text(const std::string& fate) {
  return fate.empty() ? "nothing" : fmt::format("{}", fmt::join(split(fate, "\n"), " + "));
}

std::string xml(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

void coverage_json(JsonWriter& json, const std::vector<rules::LineCount>& counts) {
  json.begin_array();
  for (const rules::LineCount& one : counts) {
    json.begin_object().member("file", one.file).member("line", one.line).member("name", one.name);
    json.member("taken", one.taken).end_object();
  }
  json.end_array();
}

}  // namespace

std::size_t taken_count(const std::vector<rules::LineCount>& counts) {
  return static_cast<std::size_t>(
      std::count_if(counts.begin(), counts.end(), [](const rules::LineCount& one) { return one.taken > 0; }));
}

std::string coverage_text(const std::vector<rules::LineCount>& counts) {
  std::string text;
  for (const rules::LineCount& one : counts) {
    text += fmt::format("{:>8}  {}:{}: {}{}\n", one.taken, one.file, one.line, one.name,
                        one.taken == 0 ? "  <- never taken" : "");
  }
  return text;
}

std::string rules_text(const rules::Comparison& comparison, const RulesReportOptions& options) {
  std::string text;
  std::size_t number = 0;
  for (const rules::Disagreement& one : comparison.disagreements) {
    text += fmt::format("\nDisagreement {} of {}, seen in {} message(s)\n", ++number, comparison.disagreements.size(),
                        one.messages);
    text +=
        fmt::format("  old: {}\n       by {}\n", printable(fate_text(one.old_fate)), fmt::join(one.old_lines, ", "));
    text +=
        fmt::format("  new: {}\n       by {}\n", printable(fate_text(one.new_fate)), fmt::join(one.new_lines, ", "));
    text += fmt::format("  the smallest message that shows it ({}):\n", printable(one.smallest.name));
    text += indented(message_text(one.smallest), "    | ");
  }
  for (const std::string& error : comparison.errors) text += fmt::format("\nerror: {}\n", printable(error));
  if (!comparison.assumptions.empty()) text += "\nAssumed, because no file can tell:\n";
  for (const std::string& one : comparison.assumptions) text += fmt::format("  {}\n", one);
  if (options.with_coverage) {
    text += fmt::format("\nHow often each rule was taken, {}:\n{}", options.old_file,
                        coverage_text(comparison.old_coverage));
    text += fmt::format("\nHow often each rule was taken, {}:\n{}", options.new_file,
                        coverage_text(comparison.new_coverage));
  }
  text +=
      fmt::format("\n{} messages: {} agree, {} differ in {} way(s); rules taken: {} of {} old, {} of {} new\n",
                  comparison.messages, comparison.agreeing, comparison.messages - comparison.agreeing,
                  comparison.disagreements.size(), taken_count(comparison.old_coverage), comparison.old_coverage.size(),
                  taken_count(comparison.new_coverage), comparison.new_coverage.size());
  return text;
}

std::string rules_json(const rules::Comparison& comparison, const RulesReportOptions& options) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::pretty);
  json.begin_object().member("schema_version", 1).member("old", options.old_file).member("new", options.new_file);
  json.member("messages", comparison.messages).member("agreeing", comparison.agreeing);
  json.key("disagreements").begin_array();
  for (const rules::Disagreement& one : comparison.disagreements) {
    json.begin_object().member("messages", one.messages);
    for (const bool is_old : {true, false}) {
      json.key(is_old ? "old" : "new").begin_object().key("effects").begin_array();
      for (const std::string_view effect : split(is_old ? one.old_fate : one.new_fate, "\n")) json.value(effect);
      json.end_array().key("decided_by").begin_array();
      for (const std::string& line : is_old ? one.old_lines : one.new_lines) json.value(line);
      json.end_array().end_object();
    }
    json.key("smallest").begin_object().member("name", one.smallest.name);
    json.member("reverse_path", display(one.smallest.reverse_path))
        .member("forward_path", display(one.smallest.forward_path));
    json.member("message", one.smallest.message.bytes().substr(0, 64 * 1024)).end_object();
    json.end_object();
  }
  json.end_array();
  for (const auto& [name, list] :
       {std::pair("assumptions", &comparison.assumptions), std::pair("errors", &comparison.errors)}) {
    json.key(name).begin_array();
    for (const std::string& one : *list) json.value(one);
    json.end_array();
  }
  json.key("coverage").begin_object().key("old");
  coverage_json(json, comparison.old_coverage);
  json.key("new");
  coverage_json(json, comparison.new_coverage);
  json.end_object().end_object();
  return out + "\n";
}

std::string rules_junit(const rules::Comparison& comparison, const RulesReportOptions& options) {
  const std::size_t cases = comparison.disagreements.size() + 1;
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites>\n<testsuite name=\"{} and {}\" tests=\"{}\" failures=\"{}\" errors=\"{}\">\n",
                     xml(options.old_file), xml(options.new_file), cases, comparison.disagreements.size(),
                     comparison.errors.empty() ? 0 : 1);
  for (const rules::Disagreement& one : comparison.disagreements) {
    out += fmt::format(
        "<testcase classname=\"rules\" name=\"{} becomes {}\"><failure message=\"{} "
        "messages\">{}</failure></testcase>\n",
        xml(fate_text(one.old_fate)), xml(fate_text(one.new_fate)), one.messages, xml(message_text(one.smallest)));
  }
  out += fmt::format("<testcase classname=\"rules\" name=\"{} of {} messages agree\">", comparison.agreeing,
                     comparison.messages);
  if (!comparison.errors.empty()) out += fmt::format("<error message=\"{}\"/>", xml(comparison.errors.front()));
  return out + "</testcase>\n</testsuite>\n</testsuites>\n";
}

}  // namespace watershed::reports
