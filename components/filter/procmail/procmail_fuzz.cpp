// Any rcfile on any message: reader, expressions and evaluator end, within their limits.
#include "components/filter/procmail/environment.hpp"
#include "components/filter/procmail/evaluate.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace watershed::procmail;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = all.find('\0');
  const auto rcfile = read_rcfile(all.substr(0, cut), "rc");
  if (!rcfile) return 0;
  const MailText mail(
      std::string(cut == std::string_view::npos ? std::string_view("Subject: a\n\nb\n") : all.substr(cut + 1)));
  Input input{.mail = mail};
  input.limits.steps_max = 2'000;
  input.limits.search_octets_max = 1 << 20;
  evaluate(**rcfile, input);
  return 0;
}
