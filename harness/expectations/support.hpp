// What the expectations share: finding their message, and saying what was found instead of what was wanted.
#pragma once

#include "harness/expectations/expectation_table.hpp"
#include "harness/scenario/evidence.hpp"
#include "harness/yaml/read.hpp"

#include <functional>
#include <string>
#include <vector>

namespace watershed::harness {

/// A finding of `expectation`, without a message.
Finding finding_of(const Expectation& expectation, std::string sentence);
/// The same about one message: with its path and its decisions.
Finding finding_of(const Expectation& expectation, const Evidence& evidence, const RootMessage& root,
                   std::string sentence);

/// The messages with the expectation's id. None: a finding was added (the step never ran: nothing can be said).
std::vector<const RootMessage*> subjects(const Expectation& expectation, const Evidence& evidence, Findings& findings);

/// What became of the message, on one line: `rejected by mx.ctbto.int (550 5.1.1 …); delivered to INBOX of a@b`.
std::string fate_of(const Evidence& evidence, const RootMessage& root);

/// True if `wanted` is empty or names `recipient`, as offered or as it was rewritten to.
bool names_recipient(std::string_view wanted, const Duty& duty);

/// From sending to storing. Of a message that was put off, a lane that divides waiting sees less than the scenario
/// means: at least the time that went by, and at most as much as if all of it had been waited.
struct Took {
  stage::Duration least{};
  stage::Duration most{};
};
Took took(const Evidence& evidence, const RootMessage& root, const Delivery& delivery);

/// Whether something was in time, as far as the lane can tell.
enum class InTime { yes, no, open };
InTime in_time(const Took& span, stage::Duration limit);

/// `finding`, as one that the lane leaves open.
Finding left_open(Finding finding);

/// Visits each recipient of each copy of the message itself (no notices).
void for_each_duty(const Evidence& evidence, const RootMessage& root,
                   const std::function<void(const CustodyRecord&, const Duty&)>& visit);

/// What was delivered nearest to what was wanted, at most three, each with the first thing that differs: `; closest:
/// …`. Empty when nothing was delivered at all. An empty mailbox or folder fits any.
std::string closest_deliveries(const Evidence& evidence, std::string_view label, std::string_view mailbox,
                               std::string_view folder);

/// The reply that an expectation asks for.
struct ReplyWanted {
  std::string_view label;                                     ///< of the message
  stage::FactKind kind = stage::FactKind::rejected;           ///< rejected, deferred or failed
  std::string_view host;                                      ///< empty: any
  std::string_view recipient;                                 ///< empty: any
  std::string_view reply;                                     ///< its code, status and words, as people are told
  std::function<bool(int code, std::string_view text)> fits;  ///< a reply
};

/// The same of refusals, deferrals and failures.
std::string closest_replies(const Evidence& evidence, const ReplyWanted& wanted);

std::string optional_text(const yaml::Node& node, std::string_view key);
void use_name(Expectation& expectation, NameUse::Kind kind, const yaml::Node& node, std::string_view key);

}  // namespace watershed::harness
