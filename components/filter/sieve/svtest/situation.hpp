// The message and envelope of a test script, as `test_set` gives them.
#pragma once

#include "mail/message.hpp"
#include "mail/path.hpp"

#include <string>
#include <string_view>

namespace watershed::sieve {

class Evaluation;

/// The envelope that Pigeonhole takes for a message alone: from Return-Path, Sender or From, to Envelope-To or To.
mail::ReversePath reverse_path_of(const mail::Message& message);
mail::ForwardPath forward_path_of(const mail::Message& message);

/// "message", "envelope.from", "envelope.to", "envelope.orig_to", "envelope.auth"; false for any other name.
bool set_situation(Evaluation& evaluation, std::string_view name, std::string value);

}  // namespace watershed::sieve
