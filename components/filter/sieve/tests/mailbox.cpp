// mailboxexists. RFC 5490 §3.1.
#include "base/text.hpp"
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include <algorithm>

namespace watershed::sieve {

namespace {

class MailboxExistsTest final : public TestNode {
 public:
  // RFC 5490 §3.1: true when every mailbox of the list exists and may be delivered to.
  bool holds(Evaluation& evaluation) const override {
    const MailboxDirectory* directory = evaluation.input().mailboxes;
    return std::all_of(mailboxes.begin(), mailboxes.end(), [&](const Text& text) {
      const std::string name = evaluation.expanded(text);
      return equal_ignoring_case(name, "INBOX") || (directory != nullptr && directory->exists(name));
    });
  }

  std::vector<Text> mailboxes;
};

TestPointer compile_mailbox_exists(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<MailboxExistsTest>();
  test->mailboxes = compiler.texts(*bound.positional[0]);
  return test;
}

}  // namespace

std::vector<TestDefinition> mailbox_tests() {
  return {{"mailboxexists", Extension::mailbox, {{}, {ValueKind::string_list}}, compile_mailbox_exists}};
}

}  // namespace watershed::sieve
