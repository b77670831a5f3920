// addheader and deleteheader. RFC 5293.
#include "base/text.hpp"
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/header_value.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::sieve {

namespace {

// RFC 5322 §2.2.
bool is_field_name(std::string_view name) {
  return !name.empty() && name.size() <= 998 &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f && c != ':'; });
}

bool is_among(const std::vector<std::string>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& one) { return equal_ignoring_case(one, name); });
}

// RFC 5293 §4 and §8: the trace of the message stays, and a loop guard is not taken away.
bool may_delete(const Settings& settings, std::string_view name) {
  const bool is_trace = equal_ignoring_case(name, "Received") || equal_ignoring_case(name, "Auto-Submitted");
  return !is_trace && !is_among(settings.fields_not_deleted, name);
}

bool may_add(const Settings& settings, std::string_view name) { return !is_among(settings.fields_not_added, name); }

/// `Name: value` with CRLF, folded at blanks to stay near 78 octets a line. RFC 5322 §2.1.1.
std::string field_line(std::string_view name, std::string_view value) {
  std::string out = fmt::format("{}:", name);
  std::size_t column = out.size();
  const std::string encoded = encode_header_value(value);
  for (std::string_view rest = encoded; !rest.empty();) {
    if (rest.starts_with("\r\n ")) {  // folded by the encoding
      out += "\r\n";
      column = 0;
      rest.remove_prefix(2);
    }
    const std::size_t begin = std::min(rest.find_first_not_of(" \t"), rest.size());
    const std::size_t end = std::min(rest.find_first_of(" \t\r", begin), rest.size());
    if (column > 1 && column + end > 78 && begin < rest.size() && column > name.size() + 1) {
      out += "\r\n";
      column = 0;
    }
    if (out.ends_with(':')) out += ' ';
    if (column == 0 && begin == 0) out += ' ';
    out.append(rest.substr(0, end));
    column += end;
    rest.remove_prefix(end);
  }
  if (encoded.empty()) out += ' ';
  return out + "\r\n";
}

class AddHeaderCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    const std::string field = evaluation.expanded(name);
    if (!is_field_name(field)) {
      evaluation.fail(at, fmt::format("addheader action: specified field name `{}' is invalid", printable(field)));
      return Flow::stop;
    }
    if (!may_add(evaluation.settings(), field)) {
      evaluation.warn(at, fmt::format("addheader action: adding specified header field `{}' is forbidden; "
                                      "modification denied",
                                      field));
      return Flow::next;
    }
    const std::string expanded = evaluation.expanded(value);
    const std::string_view text = trim(expanded);
    if (text.size() > evaluation.limits().header_octets_added_max) {
      evaluation.fail(at, fmt::format("addheader action: specified header value `{}' is too large ({} bytes)",
                                      printable(text.substr(0, 40)), text.size()));
      return Flow::stop;
    }
    if (text.find('\0') != std::string_view::npos) {
      evaluation.fail(at, "addheader action: specified value is invalid (contains NUL character)");
      return Flow::stop;
    }
    auto edited = std::make_shared<mail::Message>(evaluation.message());
    const std::string line = field_line(field, text);
    is_last ? edited->append(line) : edited->prepend(line);
    if (edited->size_octets() > evaluation.limits().message_octets_max) {
      evaluation.fail(at, "addheader would make the message too large");
      return Flow::stop;
    }
    evaluation.replace_message(std::move(edited));
    return Flow::next;
  }

  Text name;
  Text value;
  bool is_last = false;
};

class DeleteHeaderCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    const std::string field = evaluation.expanded(name);
    if (!is_field_name(field)) {
      evaluation.fail(at, fmt::format("deleteheader action: specified field name `{}' is invalid", printable(field)));
      return Flow::stop;
    }
    if (!may_delete(evaluation.settings(), field)) {
      evaluation.warn(at, fmt::format("deleteheader action: deleting specified header field `{}' is forbidden; "
                                      "modification denied",
                                      field));
      return Flow::next;
    }
    std::vector<IndexedField*> fields;
    for (IndexedField& one : evaluation.headers().fields()) {
      if (equal_ignoring_case(one.name(), field)) fields.push_back(&one);
    }
    std::vector<std::size_t> doomed;
    for (std::size_t index = 0; index < fields.size(); ++index) {
      if (is_chosen(index, fields.size()) && fits(evaluation, *fields[index])) doomed.push_back(index);
    }
    if (doomed.empty() || evaluation.failed()) return Flow::next;
    auto edited = std::make_shared<mail::Message>(evaluation.message());
    for (auto index = doomed.rbegin(); index != doomed.rend(); ++index) edited->remove(field, *index);
    evaluation.replace_message(std::move(edited));
    return Flow::next;
  }

  Text name;
  FieldChoice choice;
  std::optional<Match> match;  ///< none: every value

 private:
  bool is_chosen(std::size_t index, std::size_t count) const {
    if (choice.number == 0) return true;
    return choice.number == (choice.from_end ? count - index : index + 1);
  }

  bool fits(Evaluation& evaluation, IndexedField& field) const {
    if (!match) return true;
    MatchRun run(evaluation, *match);
    return run.offer(field) || run.finish();
  }
};

/// The constant name, checked; nothing is said of one with variables.
void check_name(Compiler& compiler, const Text& name, Place at, std::string_view command,
                bool (*may)(const Settings&, std::string_view)) {
  if (!name.is_constant()) return;
  if (!is_field_name(name.constant)) {
    compiler.error(at,
                   fmt::format("{} command: specified field name `{}' is invalid", command, printable(name.constant)));
  } else if (!may(compiler.options().settings, name.constant)) {
    compiler.warning(at, fmt::format("{} command: the specified header field `{}' is protected; modification will be "
                                     "denied",
                                     command, name.constant));
  }
}

CommandPointer compile_add_header(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto command = std::make_unique<AddHeaderCommand>();
  command->is_last = bound.tag(":last") != nullptr;
  command->name = compiler.text(*bound.positional[0]);
  command->value = compiler.text(*bound.positional[1]);
  check_name(compiler, command->name, bound.positional[0]->at, "addheader", may_add);
  if (command->value.is_constant() && command->value.constant.size() > compiler.limits().header_octets_added_max) {
    compiler.error(bound.positional[1]->at, fmt::format("addheader command: specified header value is too large ({} "
                                                        "bytes)",
                                                        command->value.constant.size()));
  }
  return command;
}

CommandPointer compile_delete_header(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto command = std::make_unique<DeleteHeaderCommand>();
  command->choice = compiler.field_choice(bound);
  command->name = compiler.text(*bound.positional[0]);
  check_name(compiler, command->name, bound.positional[0]->at, "deleteheader", may_delete);
  if (bound.positional[1] != nullptr) {
    command->match = compiler.match(bound, *bound.positional[1]);
    if (!command->match) return nullptr;
  }
  return command;
}

}  // namespace

std::vector<CommandDefinition> header_commands() {
  const Tags last = {{":last", Extension::core, TagGroup::free, {}}};
  // RFC 5293 §5: :index and :last are deleteheader's own, without the capability index.
  const Tags index = {{":index", Extension::core, TagGroup::free, ValueKind::number},
                      {":last", Extension::core, TagGroup::free, {}}};
  Signature erase{joined({match_tags(), index}), {ValueKind::string, ValueKind::string_list}};
  erase.optional_last = 1;
  return {
      {"addheader", Extension::editheader, {last, {ValueKind::string, ValueKind::string}}, compile_add_header},
      {"deleteheader", Extension::editheader, std::move(erase), compile_delete_header},
  };
}

}  // namespace watershed::sieve
