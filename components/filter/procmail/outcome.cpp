// See outcome.hpp.
#include "components/filter/procmail/outcome.hpp"

#include <fmt/format.h>

namespace watershed::procmail {

std::string written_text(const Delivery& delivery) {
  const MailText& mail = *delivery.text;
  std::string text(delivery.header && delivery.body ? mail.text() : delivery.header ? mail.header() : mail.body());
  const bool is_added_to = delivery.kind != Delivery::Kind::maildir && delivery.kind != Delivery::Kind::directory &&
                           !delivery.is_answer && !delivery.is_raw;
  if (is_added_to && !text.ends_with("\n\n")) text += '\n';
  return text;
}

std::string to_string(const Delivery& delivery) {
  std::string what;
  switch (delivery.kind) {
    case Delivery::Kind::discard:
      what = "discard";
      break;
    case Delivery::Kind::forward:
      what = fmt::format("forward {}", fmt::join(delivery.arguments, " "));
      break;
    case Delivery::Kind::program:
      what = fmt::format("program `{}`", delivery.command);
      break;
    default:
      what = fmt::format("file \"{}\"", delivery.folder);
  }
  if (!delivery.body) what += " header only";
  if (!delivery.header) what += " body only";
  if (delivery.is_copy) what += " copy";
  return what + (delivery.at.line > 0 ? fmt::format(" ({})", to_file_line(delivery.at)) : " (default)");
}

}  // namespace watershed::procmail
