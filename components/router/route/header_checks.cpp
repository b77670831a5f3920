// See header_checks.hpp.
#include "components/router/route/header_checks.hpp"

#include "base/text.hpp"
#include "components/router/route/access_evaluation.hpp"
#include "components/router/route/access_status.hpp"
#include "components/router/route/mime_lines.hpp"

#include <fmt/format.h>

namespace watershed::router {

using postfix::Maps;

struct ContentChecks::Rules {
  Maps header, mime, nested, body;
  std::size_t body_limit_octets = 0;

  bool empty() const { return header.empty() && mime.empty() && nested.empty() && body.empty(); }
  const Maps& of(HeaderKind kind) const {
    return kind == HeaderKind::primary ? header : kind == HeaderKind::mime ? mime : nested;
  }
};

namespace {

/// A line and its line end, as they stand in the message.
struct Line {
  std::string_view text;
  std::string_view end;
};

Line take_line(std::string_view& rest) {
  const std::size_t newline = rest.find('\n');
  const std::string_view whole = rest.substr(0, newline == std::string_view::npos ? newline : newline + 1);
  rest.remove_prefix(whole.size());
  std::size_t length = whole.size();
  if (length > 0 && whole[length - 1] == '\n') --length;
  if (length > 0 && length < whole.size() && whole[length - 1] == '\r') --length;
  return {whole.substr(0, length), whole.substr(length)};
}

bool starts_header(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view name = trim(line.substr(0, colon));
  return !name.empty() && name.find_first_of(" \t") == std::string_view::npos;
}

class Checking {
 public:
  using Rules = ContentChecks::Rules;
  explicit Checking(const Rules& rules) : rules_(rules) {}

  ContentOutcome run(const mail::Message& message) {
    const std::string bytes = message.bytes();
    std::string_view rest = bytes;
    while (!rest.empty() && !stopped_) {
      if (lines_.in_header())
        read_header(rest);
      else if (rules_.body.empty() && !lines_.awaits_boundary())
        break;  // no line that is left can matter
      else
        read_body_line(rest);
    }
    if (changed_ && !stopped_) {
      out_.append(rest);
      outcome_.rewritten = mail::Message::parse(std::move(out_));
    }
    return std::move(outcome_);
  }

 private:
  void read_header(std::string_view& rest) {
    const std::string_view before = rest;
    const Line first = take_line(rest);
    if (first.text.empty() || !starts_header(first.text)) {
      lines_.end_header();
      if (first.text.empty()) {
        out_ += first.end;
        out_.insert(out_.size() - first.end.size(), first.text);
      } else {
        rest = before;  // a line that is no header starts the body
      }
      return;
    }
    std::string field(first.text);
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) {
      field += '\n';
      field += take_line(rest).text;
    }
    const std::string_view raw = before.substr(0, before.size() - rest.size());
    lines_.see_header(field);
    const std::string_view name = trim(std::string_view(field).substr(0, field.find(':')));
    apply(rules_.of(lines_.kind_of(name)), field, raw, first.end.empty() ? "\r\n" : first.end, "header");
  }

  void read_body_line(std::string_view& rest) {
    const std::string_view before = rest;
    const Line line = take_line(rest);
    const std::string_view raw = before.substr(0, before.size() - rest.size());
    if (lines_.see_body_line(line.text) || rules_.body.empty()) {
      out_ += raw;
      return;
    }
    if (lines_.segment() != counted_segment_) {
      counted_segment_ = lines_.segment();
      counted_octets_ = 0;
    }
    // postconf(5) body_checks_size_limit: how much of a body segment is looked at.
    const bool is_checked = counted_octets_ < rules_.body_limit_octets && !line.text.empty();
    counted_octets_ += line.text.size();
    if (!is_checked) {
      out_ += raw;
      return;
    }
    apply(rules_.body, std::string(line.text), raw, line.end.empty() ? "\r\n" : line.end, "body");
  }

  void refuse(int code, std::string_view dsn, std::string_view text, std::string_view fallback) {
    const StatusAndText parts = split_status(text, dsn);
    if (!outcome_.refusal)
      outcome_.refusal = mail::make_reply(code, parts.dsn, parts.text.empty() ? fallback : parts.text);
  }

  void apply(const Maps& maps, const std::string& key, std::string_view raw, std::string_view line_end,
             std::string_view what) {
    const postfix::Lookup found = maps.find(key);
    if (!found) {
      if (found.error().not_understood) outcome_.not_understood.push_back({found.error().at, found.error().message});
      refuse(451, "4.3.0", "", "Error: queue file write error");
      outcome_.decided_by = {found.error().at, maps.parameter()};
      stopped_ = true;
      return;
    }
    if (!*found) {
      out_ += raw;
      return;
    }
    const DecidedBy by{(*found)->at, maps.parameter()};
    const std::string& value = (*found)->value;
    const std::size_t end = std::min(value.find_first_of(" \t"), value.size());
    const std::string_view verb = std::string_view(value).substr(0, end);
    const std::string text(trim(std::string_view(value).substr(end)));
    if (change_content(verb, text, key, raw, line_end, what)) return;
    out_ += raw;
    change_fate(verb, text, by);
  }

  /// REPLACE, PREPEND, IGNORE, STRIP, WARN, INFO: true when the line has been dealt with.
  bool change_content(std::string_view verb, const std::string& text, const std::string& key, std::string_view raw,
                      std::string_view line_end, std::string_view what) {
    const auto is = [&](std::string_view name) { return equal_ignoring_case(verb, name); };
    if (is("IGNORE") || is("STRIP")) {
      if (is("STRIP")) outcome_.log.push_back(fmt::format("strip: {} {}: {}", what, key, text));
      changed_ = true;
      return true;
    }
    if (is("WARN") || is("INFO")) {
      outcome_.log.push_back(fmt::format("{}: {} {}: {}", is("WARN") ? "warning" : "info", what, key, text));
      return false;
    }
    if ((is("REPLACE") || is("PREPEND")) && !text.empty()) {
      // A header can only become a header.
      if (what == "header" && !starts_header(text)) return false;
      out_ += text;
      out_ += line_end;
      if (is("PREPEND")) out_ += raw;
      changed_ = true;
      return true;
    }
    return false;
  }

  void change_fate(std::string_view verb, const std::string& text, const DecidedBy& by) {
    const auto is = [&](std::string_view name) { return equal_ignoring_case(verb, name); };
    const bool has_address = text.find('@') != std::string::npos;
    if (is("REJECT")) {
      refuse(550, "5.7.1", text, "message content rejected");
      if (!text.empty() && text[0] == '4') outcome_.refusal->code = 450;
      outcome_.decided_by = by;
      stopped_ = true;
    } else if (is("DISCARD")) {
      outcome_.discard = true;
      outcome_.decided_by = by;
      stopped_ = true;
    } else if (is("HOLD")) {
      outcome_.hold = true;
    } else if (is("REDIRECT") && has_address) {
      outcome_.redirect = text;
      outcome_.decided_by = by;
    } else if (is("FILTER") && text.find(':') != std::string::npos) {
      outcome_.filter = text;
      outcome_.decided_by = by;
    } else if (is("BCC") && has_address) {
      outcome_.bcc.push_back(text);
    }
  }

  const Rules& rules_;
  MimeLines lines_;
  ContentOutcome outcome_;
  std::string out_;
  int counted_segment_ = -1;
  std::size_t counted_octets_ = 0;
  bool changed_ = false;
  bool stopped_ = false;
};

}  // namespace

ContentChecks::ContentChecks(const PostfixConfig& config, const postfix::Parameters& parameters) {
  auto rules = std::make_unique<Rules>();
  rules->header = config.maps(parameters, "header_checks");
  rules->mime = config.maps(parameters, "mime_header_checks");
  rules->nested = config.maps(parameters, "nested_header_checks");
  rules->body = config.maps(parameters, "body_checks");
  rules->body_limit_octets =
      static_cast<std::size_t>(std::max<std::int64_t>(0, parameters.number("body_checks_size_limit")));
  rules_ = std::move(rules);
}
ContentChecks::~ContentChecks() = default;
ContentChecks::ContentChecks(ContentChecks&&) noexcept = default;
ContentChecks& ContentChecks::operator=(ContentChecks&&) noexcept = default;

bool ContentChecks::empty() const { return rules_->empty(); }

ContentOutcome ContentChecks::check(const mail::Message& message) const {
  if (rules_->empty()) return {};
  return Checking(*rules_).run(message);
}

}  // namespace watershed::router
