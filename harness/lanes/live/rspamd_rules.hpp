// The world's spam rules as rspamd understands them: one Lua rule that gives the whole verdict, so that nothing of
// rspamd's own taste comes in. https://rspamd.com/doc/lua/rspamd_task.html
#pragma once

#include "base/result.hpp"
#include "fakes/spam/rule.hpp"

#include <span>
#include <string>
#include <string_view>

namespace watershed::harness {

/// A Lua file for rspamd. The first rule that matches decides; GTUBE is rejected before any. The error names the rule
/// that rspamd cannot express by milter, and why.
Result<std::string, Error> rspamd_lua(std::span<const spam::Rule> rules, std::string_view filter_name);

/// Text as a Lua string literal, whatever bytes it has.
std::string lua_literal(std::string_view text);

}  // namespace watershed::harness
