// See stamp.hpp.
#include "fakes/cloud/stamp.hpp"

#include "base/text.hpp"
#include "fakes/cloud/profile.hpp"
#include "mail/trace.hpp"

#include <fmt/format.h>

namespace watershed::cloud {

namespace {

// Field values are built from what a client said of itself: no line ends, no controls.
std::string harmless(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 255)) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return out;
}

std::string stamp_field(std::string_view form, const StampRequest& request) {
  const bool is_spam = request.verdict == talk::FilterAction::tag || request.verdict == talk::FilterAction::quarantine;
  const std::string helo = harmless(request.helo);
  const std::string date = mail::date_time(request.unix_seconds);
  return fmt::format(fmt::runtime(form), fmt::arg("client", request.client), fmt::arg("helo", helo),
                     fmt::arg("host", request.hostname),
                     fmt::arg("scl", request.is_internal ? "-1"
                                     : is_spam           ? "5"
                                                         : "1"),
                     fmt::arg("sfv", request.is_internal ? "SKI"
                                     : is_spam           ? "SPM"
                                                         : "NSPM"),
                     fmt::arg("cat", is_spam ? "SPM" : "NONE"),
                     fmt::arg("auth", request.is_internal ? "Internal" : "Anonymous"),
                     fmt::arg("direction", request.is_internal ? "Originating" : "Incoming"), fmt::arg("date", date)) +
         "\r\n";
}

mail::Message with_body(const mail::Message& message, std::string_view body) {
  std::string bytes(message.header_section());
  bytes += "\r\n";
  bytes += body;
  return mail::Message::parse(std::move(bytes));
}

// A banner can be put into text that is written as it is; anything else would have to be decoded and encoded anew.
bool is_plain_text(const mail::Message& message) {
  const std::string type = to_lower(message.value("Content-Type"));
  const std::string encoding = to_lower(message.value("Content-Transfer-Encoding"));
  const bool is_text = type.empty() || type.starts_with("text/plain");
  return is_text && (encoding.empty() || encoding == "7bit" || encoding == "8bit");
}

std::string without_trailing_blanks(std::string_view body) {
  std::string out;
  while (!body.empty()) {
    const std::size_t newline = body.find('\n');
    std::string_view line = body.substr(0, newline);
    const bool has_cr = line.ends_with('\r');
    if (has_cr) line.remove_suffix(1);
    while (line.ends_with(' ') || line.ends_with('\t')) line.remove_suffix(1);
    out += line;
    if (has_cr) out += '\r';
    if (newline == std::string_view::npos) break;
    out += '\n';
    body.remove_prefix(newline + 1);
  }
  return out;
}

}  // namespace

void stamp_received(mail::Message& message, const StampRequest& request) {
  mail::Received received;
  received.from_helo = harmless(request.helo);
  received.from_name = request.client.empty() ? "" : "unknown";
  received.from_address = request.client;
  received.by = request.hostname;
  received.program = request.tenant.profile->received_program;
  received.with = request.protocol;
  received.id = request.id;
  received.for_path = request.for_path;
  received.unix_seconds = request.unix_seconds;
  message.prepend(compose(received));
}

void stamp(mail::Message& message, const StampRequest& request) {
  if (request.tenant.stamps) {
    std::string fields;
    for (const std::string_view form : request.tenant.profile->stamps) {
      const std::string_view name = form.substr(0, form.find(':'));
      while (message.remove(name, 0)) {
      }
      fields += stamp_field(form, request);
    }
    message.prepend(fields);
  }
  stamp_received(message, request);
}

std::vector<std::string> mutate(mail::Message& message, const Mutations& mutations) {
  std::vector<std::string> done;
  if (!mutations.external_tag.empty() && message.field("Subject")) {
    const std::string subject = message.value("Subject");
    if (!subject.starts_with(mutations.external_tag)) {
      message.remove("Subject", 0);
      message.append(fmt::format("Subject: {}{}\r\n", mutations.external_tag, subject));
      done.push_back(fmt::format("put '{}' before the subject", mutations.external_tag));
    }
  }
  if (!mutations.banner.empty() && is_plain_text(message)) {
    message = with_body(message, mutations.banner + "\r\n\r\n" + std::string(message.body()));
    done.push_back("put a banner before the text");
  }
  if (mutations.strip_trailing_blanks) {
    const std::string stripped = without_trailing_blanks(message.body());
    if (stripped != message.body()) {
      message = with_body(message, stripped);
      done.push_back("removed trailing blanks from the body");
    }
  }
  return done;
}

}  // namespace watershed::cloud
