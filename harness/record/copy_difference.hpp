// A stored copy against the message that was offered: which header fields came and went, whether the body is the same.
#pragma once

#include "harness/outcome_parts.hpp"
#include "mail/message.hpp"

namespace watershed::harness {

/// Host, mailbox and folder are left to the caller. Fields are compared as wholes (name and unfolded value): a changed
/// field is one removed and one added. Values are cut to a length that a person would read.
CopyDifference difference_of(const mail::Message& offered, const mail::Message& stored);

}  // namespace watershed::harness
