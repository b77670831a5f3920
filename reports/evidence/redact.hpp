// Leaves mail content out of what a pack contains, so that the pack may leave the house.
//
// Subjects and bodies of all messages are learnt first; then every text that is written is searched for any stretch of
// them. A stretch of twelve characters counts wherever it stands, a shorter line only as whole words. What is public
// anyway (addresses, hosts, file names, configuration) stays: it is what the evidence is about. Encoded words, base64
// and quoted-printable are content as well, whichever of the two forms was learnt and whichever is met.
#pragma once

#include "harness/outcome.hpp"

#include <set>
#include <string>
#include <string_view>
#include <unordered_set>

namespace watershed::reports {

enum class MailContent { keep, hash, omit };

class Redactor {
 public:
  explicit Redactor(MailContent mode) : mode_(mode) {}

  /// A message whose header fields (all but those of trace, addresses, dates and MIME structure) and body are content.
  void learn_message(std::string_view message);
  /// Content that stands in no message file.
  void learn(std::string_view text);
  /// A subject or body written into a scenario, where it may stand in quotes.
  void learn_quoted(std::string_view text);

  /// The text with each stretch of content replaced by a mark; in `hash` mode the mark has its SHA-256 sum.
  std::string redact(std::string_view text) const;
  /// All texts of an Outcome but names: files, hosts, addresses, folders, rules.
  harness::Outcome redact(const harness::Outcome& outcome) const;
  /// A journal as JSON Lines: what components and servers said.
  std::string redact_journal(std::string_view lines) const;

 private:
  std::string mark(std::string_view content) const;
  std::size_t content_length(std::string_view text, std::size_t at) const;
  bool says_content(std::string_view encoded) const;

  MailContent mode_;
  std::unordered_set<std::string> stretches_;  ///< every twelve characters in a row of the content
  std::set<std::string, std::less<>> lines_;   ///< shorter lines
};

}  // namespace watershed::reports
