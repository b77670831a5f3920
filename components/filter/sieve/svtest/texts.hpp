// test_error and test_result_action: what the bench has to tell, against keys.
#pragma once

#include "components/filter/sieve/vocabulary.hpp"

#include <vector>

namespace watershed::sieve {

std::vector<TestDefinition> bench_text_tests();

}  // namespace watershed::sieve
