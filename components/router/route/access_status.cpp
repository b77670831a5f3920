// See access_status.hpp.
#include "components/router/route/access_status.hpp"

#include "base/text.hpp"
#include "mail/reply.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::router {

StatusAndText split_status(std::string_view text, std::string_view fallback) {
  const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
  const auto status = mail::parse_enhanced_status(text.substr(0, end));
  if (!status || (status->class_digit != 2 && status->class_digit != 4 && status->class_digit != 5)) {
    return {std::string(fallback), std::string(trim(text))};
  }
  return {std::string(text.substr(0, end)), std::string(trim(text.substr(end)))};
}

std::string fitting_status(std::string_view dsn, std::string_view class_name) {
  const auto status = mail::parse_enhanced_status(dsn);
  if (!status || status->subject != 1) return std::string(dsn);
  int subject = 1;
  int detail = status->detail;
  if (class_name == "Sender address") {
    constexpr int for_sender[] = {0, 7, 8, 7, 7, 0, 7, 7, 8};
    detail = detail < 9 ? for_sender[detail] : 0;
  } else if (class_name == "Recipient address") {
    constexpr int for_recipient[] = {0, 1, 2, 3, 4, 5, 6, 3, 2};
    detail = detail < 9 ? for_recipient[detail] : 0;
  } else {
    subject = detail = 0;
  }
  return fmt::format("{}.{}.{}", status->class_digit, subject, detail);
}

}  // namespace watershed::router
