// What a run touched, and what it did not.
#include "components/filter/sieve/coverage.hpp"

#include "components/filter/sieve/test_support.hpp"

#include <gtest/gtest.h>

namespace watershed::sieve {
namespace {

TEST(SieveCoverage, CountsCommandsAndBranches) {
  const std::string source =
      "require \"fileinto\";\nif header :is \"X-Number\" \"17\" {\n  fileinto \"A\";\n} else {\n  keep;\n}\n# end\n";
  const auto script = compile(source, "a.sieve");
  ASSERT_TRUE(script.has_value());
  Coverage coverage;
  coverage.add(*script, test::run(*script, {}));
  coverage.add(*script, test::run(*script, {}));
  EXPECT_EQ(annotate(source, "a.sieve", coverage.commands()),
            "          require \"fileinto\";\n"
            "      2x  if header :is \"X-Number\" \"17\" {\n"
            "      2x    fileinto \"A\";\n"
            "      --  } else {\n"
            "      --    keep;\n"
            "          }\n"
            "          # end\n");
}

TEST(SieveCoverage, ListsWhatCanNeverRun) {
  const auto script = compile("if false { keep; } elsif true { stop; } else { discard; }", "a.sieve");
  ASSERT_TRUE(script.has_value());
  Coverage coverage;
  coverage.add(*script);
  EXPECT_EQ(coverage.commands().size(), 6U);
}

}  // namespace
}  // namespace watershed::sieve
