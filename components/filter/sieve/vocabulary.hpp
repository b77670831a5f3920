// The words of the language: every command and test with what it takes and how it is compiled. One explicit table.
#pragma once

#include "components/filter/sieve/program.hpp"
#include "components/filter/sieve/signature.hpp"

#include <string_view>
#include <vector>

namespace watershed::sieve {

class Compiler;

/// Makes the node of a command whose arguments fit its signature. An empty pointer means that the report says why not.
struct CommandDefinition {
  std::string_view name;
  Extension extension = Extension::core;
  Signature signature;
  CommandPointer (*compile)(Compiler&, const ast::Node&, const Bound&) = nullptr;
};

struct TestDefinition {
  std::string_view name;
  Extension extension = Extension::core;
  Signature signature;
  TestPointer (*compile)(Compiler&, const ast::Node&, const Bound&) = nullptr;
};

const CommandDefinition* find_command(std::string_view name);
const TestDefinition* find_test(std::string_view name);

/// All names, for the nearest match; `if`, `require` and their kin among the commands.
const std::vector<std::string_view>& command_names();
const std::vector<std::string_view>& test_names();

// The parts of the table, each in the file of its subject.
std::vector<CommandDefinition> delivery_commands();  // keep, discard, fileinto, redirect, stop
std::vector<CommandDefinition> reject_commands();    // reject, ereject
std::vector<CommandDefinition> flag_commands();      // setflag, addflag, removeflag
std::vector<CommandDefinition> variable_commands();  // set
std::vector<CommandDefinition> vacation_commands();  // vacation
std::vector<TestDefinition> logic_tests();           // allof, anyof, not, true, false, size
std::vector<TestDefinition> header_tests();          // header, exists
std::vector<TestDefinition> address_tests();         // address, envelope
std::vector<TestDefinition> date_tests();            // date, currentdate
std::vector<TestDefinition> flag_tests();            // hasflag
std::vector<TestDefinition> string_tests();          // string
std::vector<TestDefinition> mailbox_tests();         // mailboxexists

}  // namespace watershed::sieve
