// SMTP replies and enhanced status codes. RFC 5321 §4.2, RFC 3463, RFC 2034.
#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::mail {

/// RFC 3463 class.subject.detail, e.g. 5.1.1.
struct EnhancedStatus {
  int class_digit = 0;
  int subject = 0;
  int detail = 0;

  auto operator<=>(const EnhancedStatus&) const = default;
};

std::string to_string(const EnhancedStatus& status);
Result<EnhancedStatus, Error> parse_enhanced_status(std::string_view text);

struct Reply {
  int code = 250;
  std::optional<EnhancedStatus> status;
  std::vector<std::string> lines;  ///< text of each line, without code and enhanced status; at least one when sent

  bool is_positive() const { return code >= 200 && code < 300; }
  bool is_intermediate() const { return code >= 300 && code < 400; }
  bool is_transient() const { return code >= 400 && code < 500; }
  bool is_permanent() const { return code >= 500 && code < 600; }
  bool operator==(const Reply&) const = default;
};

/// `make_reply(550, "5.1.1", "No such user")`; an empty status means none. The text may hold newlines: one reply line
/// each.
Reply make_reply(int code, std::string_view status, std::string_view text);

/// Wire form, multi-line where needed, the enhanced status repeated on each line (RFC 2034 §4).
std::string to_wire(const Reply& reply);

/// The same, appended to `out`. `with_status` false leaves the enhanced status out.
void append_wire(const Reply& reply, bool with_status, std::string& out);

/// On one line for people and journals: `550 5.1.1 No such user`.
std::string to_line(const Reply& reply);

/// Reads `550 5.1.1 text`, the form in which people write replies into files; text may be empty.
Result<Reply, Error> parse_reply(std::string_view text);

/// Collects reply lines from a server. Feed one line without its CRLF; a complete reply comes out with its last line.
/// A malformed line is an error (RFC 5321 §4.2.1 lets the client treat it as a broken session); so is a line over 8192
/// octets and a reply over 1000 lines.
class ReplyReader {
 public:
  Result<std::optional<Reply>, Error> feed(std::string_view line);

 private:
  std::optional<Reply> partial_;
};

}  // namespace watershed::mail
