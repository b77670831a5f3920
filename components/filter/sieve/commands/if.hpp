// if / elsif / else. RFC 5228 §3.1.
#pragma once

#include "components/filter/sieve/evaluation.hpp"

namespace watershed::sieve {

struct Branch {
  TestPointer test;  ///< none for `else`
  Block block;
  std::uint32_t number = 0;
};

class IfCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    for (const Branch& branch : branches) {
      const bool holds = !branch.test || evaluation.holds(*branch.test);
      if (evaluation.failed()) return Flow::stop;
      if (!holds) continue;
      evaluation.take(branch.number);
      return evaluation.run(branch.block);
    }
    return Flow::next;
  }

  std::vector<Branch> branches;
};

}  // namespace watershed::sieve
