// No script, however broken, may crash or hang the compiler; a script without faults must run.
#include "components/filter/sieve/evaluate.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace sieve = watershed::sieve;
namespace mail = watershed::mail;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string source(data, data + size);
  const auto script = sieve::compile(source, "fuzz.sieve");
  if (!script) {
    if (script.error().empty()) std::abort();  // a refusal without a reason
    return 0;
  }
  static const mail::Message message =
      mail::Message::parse("From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n\r\ny\r\n");
  static const auto reverse_path = mail::parse_reverse_path("<a@b.example>");
  static const auto forward_path = mail::parse_forward_path("<c+e@d.example>");
  const sieve::Outcome outcome = sieve::evaluate(*script, {message, *reverse_path, *forward_path});
  if (outcome.actions.empty() && !outcome.error) std::abort();  // the message would be lost
  return 0;
}
