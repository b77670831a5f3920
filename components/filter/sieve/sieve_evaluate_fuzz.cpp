// No message may crash or hang a script that looks at everything, and none may be lost.
#include "components/filter/sieve/evaluate.hpp"
#include "components/filter/sieve/vacation.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace sieve = watershed::sieve;
namespace mail = watershed::mail;

namespace {

constexpr std::string_view source = R"(
require ["fileinto", "envelope", "copy", "variables", "relational", "regex", "imap4flags", "subaddress", "date",
         "index", "vacation", "comparator-i;ascii-numeric", "comparator-i;unicode-casemap", "body", "mime",
         "foreverypart", "replace", "enclose", "extracttext", "editheader", "enotify", "duplicate", "spamtest"];
if body :content "" :contains :comparator "i;unicode-casemap" "É" { addflag "body"; }
if header :mime :anychild :param "name" :matches ["content-type", "content-disposition"] "*.*" { addflag "${2}"; }
if duplicate :header "x-id" { addflag "again"; }
deleteheader :contains "x-a" "b";
addheader "X-Seen" "${1}";
foreverypart {
  if header :mime :type "content-type" "text" { extracttext :first 100 "text"; replace "gone ${text}"; }
  foreverypart { if header :mime :subtype "content-type" "html" { replace :mime "Content-Type: a/b\r\n\r\nx"; } }
}
enclose :subject "${text}" "wrapped";
notify :message "${text}" "mailto:n@b.example?x-y=z";
if address :all :matches ["from", "to", "cc"] "*@*" { set "who" "${1} at ${2}"; }
if header :matches ["subject", "x-a"] ["*?*?*", "*a*b*"] { set :quotewildcard :upperfirst "what" "${2}${3}"; }
if header :regex "x-r" "^(a|b)*(c+)[[:alpha:]]?$" { addflag "${2}"; }
if header :value "ge" :comparator "i;ascii-numeric" "x-n" "5" { addflag "number"; }
if date :originalzone :matches "date" "std11" "*" { set "when" "${1}"; }
if date :index 1 :last :matches "received" "julian" "*" { set "julian" "${1}"; }
if address :detail :count "ge" "to" "1" { addflag "detail"; }
if string :matches "${who}${what}" "${what}*" { fileinto :copy "A${who}"; }
vacation :handle "${what}" :subject "${who}" "away ${when}";
)";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto script = sieve::compile(source, "fuzz.sieve");
  if (!script) std::abort();
  static const auto reverse_path = mail::parse_reverse_path("<a@b.example>");
  static const auto forward_path = mail::parse_forward_path("<c+e@d.example>");
  const mail::Message message = mail::Message::parse(std::string(data, data + size));
  const sieve::Outcome outcome = sieve::evaluate(*script, {message, *reverse_path, *forward_path});
  if (outcome.actions.empty()) std::abort();  // the message would be lost
  for (const sieve::Action& action : outcome.actions) {
    if (const auto* reply = std::get_if<sieve::Vacation>(&action.what)) {
      const mail::Message composed = sieve::compose_vacation(*reply, message, "<id@x.example>", 0);
      if (composed.value("Auto-Submitted") != "auto-replied (vacation)") std::abort();
    }
  }
  return 0;
}
