// Text that comes from mail, made harmless for each kind of report: the one place where that is decided.
//
// All of it is first made visible (base/text's printable: control characters, bidirectional overrides and bytes that
// are not UTF-8 become `\xHH`), then cut, then escaped as the target's grammar wants it. So nothing can end an element,
// open a link, colour a terminal or start a workflow command.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace watershed::reports {

/// At most `octets_max` octets of a text, cut between two characters, with a mark that says how much is left out.
std::string clipped(std::string_view text, std::size_t octets_max);

/// Visible and cut, on one line.
std::string visible(std::string_view text, std::size_t octets_max);

/// The same as far as a person reads on a terminal: some thousand octets.
std::string shown(std::string_view text);

/// Character data or a quoted attribute value of XML 1.0 and HTML.
void append_xml_text(std::string& out, std::string_view text, std::size_t octets_max);
std::string xml_text(std::string_view text, std::size_t octets_max);

/// A code span of Markdown (CommonMark §6.1), which may stand in a table cell: no link, mention, HTML or emphasis in
/// it.
std::string markdown_code(std::string_view text, std::size_t octets_max = 1024);

/// The description of a TAP 14 test point: `#` and `\` are escaped.
std::string tap_description(std::string_view text);

/// The message, and a property's value, of a GitHub workflow command.
std::string github_message(std::string_view text);
std::string github_property(std::string_view text);

/// The path of a file as a relative URI reference (RFC 3986 §3.3): all but unreserved characters and `/` in `%HH`.
std::string uri_path(std::string_view path);

}  // namespace watershed::reports
