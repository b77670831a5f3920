// Address lists as Postfix reads them, in header fields, tables and on sendmail's command line. RFC 5322 §3.4, read
// leniently.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace watershed::mail {

/// The addresses of a list (`a@b, "x y"@c, Name <d@e> (comment), bare`): the local part without quotes, a domain only
/// where there is one.
std::vector<std::string> parse_address_list(std::string_view text);

}  // namespace watershed::mail
