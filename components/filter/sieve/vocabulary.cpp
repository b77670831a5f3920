// Collects the table of commands and tests. See vocabulary.hpp.
#include "components/filter/sieve/vocabulary.hpp"

#include <iterator>
#include <unordered_map>

namespace watershed::sieve {

namespace {

template <class Definition>
struct Table {
  std::vector<Definition> definitions;
  std::unordered_map<std::string_view, const Definition*> by_name;
  std::vector<std::string_view> names;
};

template <class Definition>
Table<Definition> make_table(std::initializer_list<std::vector<Definition> (*)()> parts,
                             std::vector<std::string_view> further_names) {
  Table<Definition> table;
  for (const auto part : parts) {
    std::vector<Definition> definitions = part();
    table.definitions.insert(table.definitions.end(), std::make_move_iterator(definitions.begin()),
                             std::make_move_iterator(definitions.end()));
  }
  table.names = std::move(further_names);
  for (const Definition& definition : table.definitions) {
    table.by_name.emplace(definition.name, &definition);
    table.names.push_back(definition.name);
  }
  return table;
}

const Table<CommandDefinition>& commands() {
  static const Table<CommandDefinition> table = make_table<CommandDefinition>(
      {delivery_commands, reject_commands, flag_commands, variable_commands, vacation_commands, include_commands,
       loop_commands, mime_commands, header_commands, notify_commands, other_commands, bench_commands},
      {"require", "if", "elsif", "else"});
  return table;
}

const Table<TestDefinition>& tests() {
  static const Table<TestDefinition> table = make_table<TestDefinition>(
      {logic_tests, header_tests, address_tests, date_tests, flag_tests, string_tests, mailbox_tests, body_tests,
       score_tests, environment_tests, duplicate_tests, list_tests, notify_tests, bench_tests},
      {});
  return table;
}

template <class Definition>
const Definition* find(const Table<Definition>& table, std::string_view name) {
  const auto found = table.by_name.find(name);
  return found == table.by_name.end() ? nullptr : found->second;
}

}  // namespace

const CommandDefinition* find_command(std::string_view name) { return find(commands(), name); }
const TestDefinition* find_test(std::string_view name) { return find(tests(), name); }
const std::vector<std::string_view>& command_names() { return commands().names; }
const std::vector<std::string_view>& test_names() { return tests().names; }

}  // namespace watershed::sieve
