// mailboxexists, metadata and its kin (RFC 5490), specialuse_exists (RFC 8579).
#include "base/text.hpp"
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::sieve {

namespace {

bool exists(Evaluation& evaluation, const std::string& mailbox) {
  const MailboxDirectory* directory = evaluation.input().mailboxes;
  return equal_ignoring_case(mailbox, "INBOX") || (directory != nullptr && directory->exists(mailbox));
}

class MailboxExistsTest final : public TestNode {
 public:
  // RFC 5490 §3.1: true when every mailbox of the list exists and may be delivered to.
  bool holds(Evaluation& evaluation) const override {
    return std::all_of(mailboxes.begin(), mailboxes.end(),
                       [&](const Text& text) { return exists(evaluation, evaluation.expanded(text)); });
  }

  std::vector<Text> mailboxes;
};

class SpecialUseExistsTest final : public TestNode {
 public:
  // RFC 8579 §3: each attribute is that of some mailbox, or of the one that is named.
  bool holds(Evaluation& evaluation) const override {
    const MailboxDirectory* const directory = evaluation.input().mailboxes;
    const std::string name = mailbox ? evaluation.expanded(*mailbox) : std::string();
    if (mailbox && !exists(evaluation, name)) return false;
    return directory != nullptr && std::all_of(attributes.begin(), attributes.end(), [&](const Text& text) {
             return directory->with_special_use(evaluation.expanded(text), name).has_value();
           });
  }

  std::optional<Text> mailbox;
  std::vector<Text> attributes;
};

std::optional<std::string> annotation(Evaluation& evaluation, const std::optional<Text>& mailbox,
                                      const std::string& entry) {
  const Annotations* const annotations = evaluation.input().annotations;
  const std::string name = mailbox ? evaluation.expanded(*mailbox) : std::string();
  if (annotations == nullptr || (mailbox && !exists(evaluation, name))) return std::nullopt;
  return annotations->find(name, entry);
}

class MetadataTest final : public TestNode {
 public:
  // RFC 5490 §3.4: a mailbox or an annotation that is not there makes the test false.
  bool holds(Evaluation& evaluation) const override {
    const auto value = annotation(evaluation, mailbox, evaluation.expanded(entry));
    if (!value) return false;
    MatchRun run(evaluation, match);
    return run.offer(std::string_view(*value)) || run.finish();
  }

  std::optional<Text> mailbox;  ///< none for the server's own
  Text entry;
  Match match;
};

class MetadataExistsTest final : public TestNode {
 public:
  bool holds(Evaluation& evaluation) const override {
    return std::all_of(entries.begin(), entries.end(), [&](const Text& entry) {
      return annotation(evaluation, mailbox, evaluation.expanded(entry)).has_value();
    });
  }

  std::optional<Text> mailbox;
  std::vector<Text> entries;
};

TestPointer compile_mailbox_exists(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<MailboxExistsTest>();
  test->mailboxes = compiler.texts(*bound.positional[0]);
  return test;
}

TestPointer compile_special_use_exists(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<SpecialUseExistsTest>();
  if (bound.positional[0] != nullptr) test->mailbox = compiler.text(*bound.positional[0]);
  test->attributes = compiler.texts(*bound.positional[1]);
  for (std::size_t index = 0; index < test->attributes.size(); ++index) {
    const Text& attribute = test->attributes[index];
    if (!attribute.is_constant() || attribute.constant.starts_with('\\')) continue;
    compiler.error(
        bound.positional[1]->strings[index].at,
        fmt::format("specialuse_exists test: invalid special-use flag `{}' specified", printable(attribute.constant)));
  }
  return test;
}

// RFC 5464 §3.1: an entry starts with a slash, has no wildcard, and does not end with a slash.
void check_entry(Compiler& compiler, const Text& entry, Place at) {
  if (!entry.is_constant()) return;
  const std::string& name = entry.constant;
  const bool is_good = name.starts_with('/') && !name.ends_with('/') && name.find("//") == std::string::npos &&
                       name.find_first_of("*%") == std::string::npos && is_utf8(name);
  if (!is_good) compiler.warning(at, "'" + printable(name) + "' is no name of an annotation");
}

template <bool has_mailbox>
TestPointer compile_metadata(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<MetadataTest>();
  const std::size_t first = has_mailbox ? 1 : 0;
  if (has_mailbox) test->mailbox = compiler.text(*bound.positional[0]);
  test->entry = compiler.text(*bound.positional[first]);
  check_entry(compiler, test->entry, bound.positional[first]->at);
  auto match = compiler.match(bound, *bound.positional[first + 1]);
  if (!match) return nullptr;
  test->match = std::move(*match);
  return test;
}

template <bool has_mailbox>
TestPointer compile_metadata_exists(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<MetadataExistsTest>();
  const std::size_t first = has_mailbox ? 1 : 0;
  if (has_mailbox) test->mailbox = compiler.text(*bound.positional[0]);
  test->entries = compiler.texts(*bound.positional[first]);
  return test;
}

}  // namespace

std::vector<TestDefinition> mailbox_tests() {
  const std::vector<ValueKind> one = {ValueKind::string_list};
  const std::vector<ValueKind> two = {ValueKind::string, ValueKind::string_list};
  const std::vector<ValueKind> three = {ValueKind::string, ValueKind::string, ValueKind::string_list};
  return {
      {"mailboxexists", Extension::mailbox, {{}, one}, compile_mailbox_exists},
      {"specialuse_exists", Extension::special_use, {{}, two, 1, TestsWanted::none, false}, compile_special_use_exists},
      {"metadata", Extension::mboxmetadata, {match_tags(), three}, compile_metadata<true>},
      {"metadataexists", Extension::mboxmetadata, {{}, two}, compile_metadata_exists<true>},
      {"servermetadata", Extension::servermetadata, {match_tags(), two}, compile_metadata<false>},
      {"servermetadataexists", Extension::servermetadata, {{}, one}, compile_metadata_exists<false>}};
}

}  // namespace watershed::sieve
