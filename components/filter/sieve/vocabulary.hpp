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
std::vector<CommandDefinition> include_commands();   // include, return, global
std::vector<CommandDefinition> loop_commands();      // foreverypart, break
std::vector<CommandDefinition> mime_commands();      // replace, enclose, extracttext
std::vector<CommandDefinition> header_commands();    // addheader, deleteheader
std::vector<CommandDefinition> notify_commands();    // notify
std::vector<CommandDefinition> other_commands();     // error, debug_log
std::vector<CommandDefinition> bench_commands();     // test, test_set …, of test scripts
std::vector<TestDefinition> logic_tests();           // allof, anyof, not, true, false, size
std::vector<TestDefinition> header_tests();          // header, exists
std::vector<TestDefinition> address_tests();         // address, envelope
std::vector<TestDefinition> date_tests();            // date, currentdate
std::vector<TestDefinition> flag_tests();            // hasflag
std::vector<TestDefinition> string_tests();          // string
std::vector<TestDefinition> mailbox_tests();         // mailboxexists, specialuse_exists, metadata …
std::vector<TestDefinition> body_tests();            // body
std::vector<TestDefinition> score_tests();           // spamtest, virustest
std::vector<TestDefinition> environment_tests();     // environment, ihave
std::vector<TestDefinition> duplicate_tests();       // duplicate
std::vector<TestDefinition> list_tests();            // valid_ext_list
std::vector<TestDefinition> notify_tests();          // valid_notify_method, notify_method_capability
std::vector<TestDefinition> bench_tests();           // test_script_compile …, of test scripts

}  // namespace watershed::sieve
