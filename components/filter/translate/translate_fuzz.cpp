// Whatever procmailrc is read, its translation is a script that compiles.
#include "components/filter/sieve/script.hpp"
#include "components/filter/translate/translate.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace watershed;
  const auto rcfile = procmail::read_rcfile({reinterpret_cast<const char*>(data), size}, "rc");
  if (!rcfile) return 0;
  const rules::Translation translation = rules::translate(**rcfile);
  if (!sieve::compile(translation.script, "translated.sieve")) std::abort();
  return 0;
}
