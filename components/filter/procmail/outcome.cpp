// See outcome.hpp.
#include "components/filter/procmail/outcome.hpp"

#include <fmt/format.h>

namespace watershed::procmail {

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
