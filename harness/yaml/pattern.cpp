// See pattern.hpp.
#include "harness/yaml/pattern.hpp"

#include <regex.h>

#include <cassert>

namespace watershed::yaml {

struct Pattern::Compiled {
  regex_t regex{};

  Compiled() = default;
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;
  ~Compiled() { regfree(&regex); }
};

Pattern::Pattern(std::string expression) : expression_(std::move(expression)) {
  auto compiled = std::make_shared<Compiled>();
  [[maybe_unused]] const int status = regcomp(&compiled->regex, anchored().c_str(), REG_EXTENDED | REG_NOSUB);
  assert(status == 0 && "a pattern in a shape's table is malformed");
  compiled_ = std::move(compiled);
}

bool Pattern::matches(std::string_view text) const {
  constexpr std::size_t length_max = 4096;
  if (text.size() > length_max) return false;
  regmatch_t range{};
  range.rm_eo = static_cast<regoff_t>(text.size());
  // REG_STARTEND: the text need not end in NUL. A line end inside it does not count as the end for `$`.
  return regexec(&compiled_->regex, text.data(), 1, &range, REG_STARTEND) == 0;
}

}  // namespace watershed::yaml
