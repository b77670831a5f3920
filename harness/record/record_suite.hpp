// What a run as a whole rests on: the shape of its worlds, its input files with their sums, and the circumstances.
#pragma once

#include "harness/outcome.hpp"
#include "harness/suite/suite.hpp"

#include <string>
#include <vector>

namespace watershed::harness {

/// Fills worlds, inputs and record of an outcome whose scenarios have run. `command` is how the program was called.
void record_suite(const Suite& suite, const std::string& command, Outcome& outcome);

// Its parts.

/// Every file below the worlds' folders, the scenario files, messages and requirements, in the order of their paths.
std::vector<InputFile> input_files(const Suite& suite, const Outcome& outcome);

/// `Linux 6.1.0 x86_64, 2 × Intel …`: what figures depend on; no name of the machine.
std::string describe_machine();

/// Of the program, its compiler and the libraries that decide something.
std::map<std::string, std::string> component_versions();

}  // namespace watershed::harness
