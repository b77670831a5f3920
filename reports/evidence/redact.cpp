// See redact.hpp.
#include "reports/evidence/redact.hpp"

#include "base/json_reader.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "harness/result_file/fields.hpp"
#include "reports/evidence/encoded_forms.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace watershed::reports {

namespace {

constexpr std::size_t stretch = 12;
constexpr std::size_t line_min = 3;  // shorter ones say nothing, and occur everywhere

// Fields that say who, when, which way and in what form: they are in the envelope, the journal and the paths as well.
constexpr std::array structural_fields{
    "from",         "to",         "cc",           "sender",       "reply-to",
    "date",         "message-id", "received",     "return-path",  "delivered-to",
    "mime-version", "references", "in-reply-to",  "content-type", "content-transfer-encoding",
    "precedence",   "bcc",        "resent-from",  "resent-to",    "auto-submitted",
    "list-id",      "x-loop",     "x-original-to"};

bool is_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
}

}  // namespace

void Redactor::learn(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string line(trim(text.substr(0, end)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.size() < line_min) continue;
    if (line.size() < stretch) lines_.insert(line);
    for (std::size_t at = 0; at + stretch <= line.size(); ++at) stretches_.insert(line.substr(at, stretch));
  }
}

void Redactor::learn_message(std::string_view message) {
  for (const std::string& text : decoded_bodies(message)) learn(text);
  bool in_header = true;
  bool is_content = false;
  std::string field;  // its value with what is folded (RFC 5322 §2.2.3)
  const auto end_field = [&] {
    if (is_content && !field.empty()) learn(decoded_value(field));
    field.clear();
  };
  while (!message.empty()) {
    const std::size_t end = message.find('\n');
    std::string_view line = message.substr(0, end);
    message.remove_prefix(end == std::string_view::npos ? message.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!in_header) {
      learn(line);
    } else if (line.empty()) {
      in_header = false;
    } else if (line.front() == ' ' || line.front() == '\t') {
      field.append("\r\n").append(line);
      if (is_content) learn(line);
    } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
      end_field();
      field = line.substr(colon + 1);
      const std::string name = to_lower(trim(line.substr(0, colon)));
      is_content = std::find(structural_fields.begin(), structural_fields.end(), name) == structural_fields.end();
      if (is_content) learn(line.substr(colon + 1));
    } else {
      in_header = false;  // no header at all: all of it is content
      learn(line);
    }
  }
  end_field();
}

void Redactor::learn_quoted(std::string_view text) {
  learn(text);
  learn(quoted_form(text));
}

std::string Redactor::mark(std::string_view content) const {
  if (mode_ == MailContent::hash) return fmt::format("(mail content, SHA-256 {})", sha256_hex(content));
  return "(mail content left out)";
}

// Octets of content that begin at a place; 0 when none does.
std::size_t Redactor::content_length(std::string_view text, std::size_t at) const {
  std::size_t length = 0;
  for (std::size_t from = at; from + stretch <= text.size() && from <= at + length; ++from) {
    if (!stretches_.contains(std::string(text.substr(from, stretch)))) {
      if (length == 0) break;
      continue;
    }
    length = from + stretch - at;
  }
  if (length > 0 || (at > 0 && is_word(text[at - 1]))) return length;
  for (std::size_t size = std::min(stretch - 1, text.size() - at); size >= line_min; --size) {
    const bool ends_word = at + size == text.size() || !is_word(text[at + size]);
    if (ends_word && lines_.find(text.substr(at, size)) != lines_.end()) return size;
  }
  return 0;
}

bool Redactor::says_content(std::string_view encoded) const {
  for (const std::string& said : readings(encoded)) {
    if (lines_.contains(trim(said))) return true;
    for (std::size_t at = 0; at + stretch <= said.size(); ++at) {
      if (stretches_.contains(said.substr(at, stretch))) return true;
    }
  }
  return false;
}

std::string Redactor::redact(std::string_view text) const {
  if (mode_ == MailContent::keep) return std::string(text);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = content_length(text, at);
    if (length == 0) {
      length = encoded_length(text, at);
      if (length > 0 && !says_content(text.substr(at, length))) length = 0;
    }
    if (length == 0) {
      out += text[at++];
      continue;
    }
    out += mark(text.substr(at, length));
    at += length;
  }
  return out;
}

namespace {

// Names, as they stand in configuration and envelope. What is not listed here is searched, new members included.
constexpr std::array name_keys{"id",           "file",    "world",      "requirements", "lane",         "at",
                               "rule",         "place",   "decided_by", "path",         "class",        "recipient",
                               "reverse_path", "fate",    "mailbox",    "folder",       "stragglers",   "shared_hosts",
                               "replay",       "title",   "statement",  "position",     "scenarios_of", "message",
                               "host",         "from",    "to",         "sha256",       "name",         "zones",
                               "hosts",        "carries", "recipients", "fates",        "lines"};

class OutcomeRedactor {
 public:
  explicit OutcomeRedactor(const Redactor& redactor) : redactor_(redactor) {}

  template <class T>
  void operator()(std::string_view key, T& member) {
    const bool is_name = std::find(name_keys.begin(), name_keys.end(), key) != name_keys.end();
    if constexpr (std::is_same_v<T, std::vector<std::string>>) {
      if (key.find("journal") != std::string_view::npos) return change_journal(member);
    }
    if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::vector<std::string>> ||
                  std::is_same_v<T, std::set<std::string>>) {
      if (!is_name) change(member);
    } else {
      change(member);
    }
  }
  void derived(std::string_view, auto&&) {}

  void change(std::string& text) { text = redactor_.redact(text); }
  void change_journal(std::vector<std::string>& lines) {
    for (std::string& line : lines) line = trim(redactor_.redact_journal(line));
  }
  template <class T>
  requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) void change(T&) {}
  template <class T>
  void change(std::vector<T>& list) {
    for (T& element : list) change(element);
  }
  void change(std::set<std::string>& list) {
    std::set<std::string> changed;
    for (const std::string& text : list) changed.insert(redactor_.redact(text));
    list = std::move(changed);
  }
  template <class T>
  void change(std::map<std::string, T>& map) {
    for (auto& [key, member] : map) change(member);
  }
  template <class T>
  requires std::is_class_v<T>
  void change(T& object) { harness::each_field(object, *this); }

 private:
  const Redactor& redactor_;
};

}  // namespace

namespace {

// What is left out leaves no sum either: whoever guesses a short text could prove it by its sum.
void leave_out_sums(harness::Outcome& outcome) {
  for (harness::ScenarioResult& run : outcome.scenarios) {
    run.compared.clear();
    for (harness::MessageResult& message : run.messages) {
      message.body_hash.clear();
      message.header.clear();
    }
  }
  for (harness::LaneDifference& difference : outcome.parity.differences) {
    if (difference.aspect == "content") difference.simulated = difference.live = "(mail content left out)";
  }
  // Scenarios may write down messages themselves.
  for (harness::InputFile& input : outcome.inputs) {
    if (input.kind == "message" || input.kind == "scenario") input.sha256.clear();
  }
}

}  // namespace

harness::Outcome Redactor::redact(const harness::Outcome& outcome) const {
  harness::Outcome changed = outcome;
  if (mode_ != MailContent::keep) OutcomeRedactor(*this).change(changed);
  if (mode_ == MailContent::omit) leave_out_sums(changed);
  return changed;
}

std::string Redactor::redact_journal(std::string_view lines) const {
  if (mode_ == MailContent::keep) return std::string(lines);
  std::string out;
  for (const std::string_view line : split(lines, "\n")) {
    auto fact = read_json(line, "journal.jsonl");
    boost::json::object* members = fact ? fact->if_object() : nullptr;
    if (members == nullptr) continue;  // never written so; what is no fact is content for all we know
    if (mode_ == MailContent::omit) members->erase("body_hash");
    for (const char* key : {"detail", "text"}) {
      boost::json::value* value = members->if_contains(key);
      if (value == nullptr || !value->is_string()) continue;
      const boost::json::string& text = value->as_string();
      *value = redact(std::string_view(text.data(), text.size()));
    }
    out += boost::json::serialize(*fact) + "\n";
  }
  return out;
}

}  // namespace watershed::reports
