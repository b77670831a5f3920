// The content of a DATA transaction on the wire: dot-stuffing and the end-of-data sequence. RFC 5321 §4.5.2, §4.1.1.4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace watershed::mail {

/// How line ends other than CRLF are taken on input. Only CRLF "." CRLF ever ends the data but under `normalize`:
/// RFC 5321 §2.3.8 forbids treating bare CR or LF as a line end (what SMTP smuggling lives on).
enum class BareNewlinePolicy {
  keep,               ///< bytes stay as they are
  reject,             ///< the content is taken to its end and then refused (550 5.6.11)
  normalize,          ///< bare LF becomes CRLF and may end the data: what Postfix before 3.9 does
  normalize_content,  ///< bare LF becomes CRLF but never ends the data: Postfix's smtpd_forbid_bare_newline =
                      ///< normalize; a period alone between such line ends is left out
};

/// Takes the bytes after DATA's 354 and finds their end.
class DataDecoder {
 public:
  /// A limit of 0 means none.
  explicit DataDecoder(BareNewlinePolicy policy = BareNewlinePolicy::keep, std::uint64_t size_limit_octets = 0);

  /// Consumes a prefix of `bytes` and returns its length; less than all only when the end was found.
  std::size_t feed(std::string_view bytes);

  bool is_complete() const { return complete_; }
  bool is_too_large() const { return too_large_; }  ///< over the limit: the rest was read and dropped
  bool has_bare_newline() const { return bare_newline_; }
  std::string take_content() { return std::move(content_); }  ///< unstuffed; once, after completion

 private:
  bool take_whole(std::string_view bytes);            // the usual case: all of it, and nothing in it that needs care
  void on_bytes_within_line(std::string_view bytes);  // holds no LF
  void on_line_feed();
  void put(std::string_view bytes);
  void put_pending_returns(std::size_t count);

  enum class State { line_start, dot, text };  // dot: a dot at the start of a line, nothing but CRs after it
  BareNewlinePolicy policy_;
  std::uint64_t size_limit_octets_;
  State state_ = State::line_start;
  std::size_t pending_returns_ = 0;  // CRs read but not written: what follows says what they are
  bool complete_ = false;
  bool too_large_ = false;
  bool bare_newline_ = false;
  bool line_began_after_crlf_ = true;
  std::string content_;
};

/// True if an LF stands without a CR before it. (BDAT content is not decoded; these two apply the policy to it.)
bool has_bare_newline(std::string_view content);

/// Each LF, with however many CRs stand before it, as one CRLF; under `normalize_content` other CRs than the last stay.
std::string normalize_newlines(std::string_view content, BareNewlinePolicy policy = BareNewlinePolicy::normalize);

/// Dot-stuffed content with a final CRLF where it is missing, then `.CRLF`: ready to send after 354.
std::string encode_data(std::string_view content);

}  // namespace watershed::mail
