// The reply script of a fake MTA: when it is rude, and how. Pure: it is told what happens and says what to answer.
//
// Rules are tried from top to bottom and the first that applies decides. A rule applies when its stage, patterns and
// time window match, the encounter is one that it counts, its budget is not used up, and chance (seeded) agrees. No
// rule: the honest answer.
#pragma once

#include "base/ip_address.hpp"
#include "mail/envelope.hpp"
#include "mail/reply.hpp"
#include "stage/random.hpp"
#include "stage/time.hpp"
#include "talk/patterns.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace watershed::mta {

enum class ScriptStage { connect, hello, mail, rcpt, data, content, any };

std::string_view to_string(ScriptStage at);

enum class ScriptVerb {
  go_on,           ///< the honest answer, after the delay
  reply,           ///< the given reply; 421 also closes the connection (RFC 5321 §3.8)
  drop,            ///< no reply: the connection is reset
  stall,           ///< no reply, ever; the connection stays open
  keep_then_drop,  ///< only at content: the message is accepted, the connection reset before the 250 (RFC 1047)
  lose_then_drop,  ///< only at content: the message is not kept, the connection reset before any reply
};

std::string_view to_string(ScriptVerb verb);

struct ScriptAction {
  ScriptVerb verb = ScriptVerb::reply;
  mail::Reply reply = {};   ///< for `reply`
  stage::Duration delay{};  ///< before the reply, the drop …
};

/// Which encounters a rule acts on, counted from 1: `1` is {1, 1}, `2..3` is {2, 3}, `every 10` is {.every = 10} and
/// means the 10th, 20th …
struct Attempts {
  std::uint64_t first = 1;
  std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t every = 1;

  bool contains(std::uint64_t nth) const { return nth >= first && nth <= last && nth % every == 0; }
};

/// What encounters are counted by: all that match the rule, or those of each pair of reverse-path and recipient (each
/// reverse-path before RCPT, each client before MAIL). The latter makes greylisting: attempt 1 of each pair is put off.
enum class CountBy { rule, address };

/// Address patterns are talk::AddressPattern's: empty, `a@b`, `*@b`, `*@*.b`, `a@*`, `<>`. A rule with a recipient
/// pattern is silent before RCPT; at DATA and content it matches when any accepted recipient does. `client` is an
/// address or a network (`192.0.2.0/24`).
struct ScriptRule {
  std::string name;  ///< shown in the `fault` fact
  ScriptStage at = ScriptStage::any;
  std::string recipient = {};
  std::string reverse_path = {};
  std::string client = {};
  Attempts attempts = {};
  CountBy count_by = CountBy::rule;
  stage::Time from{};                  ///< active from this stage time …
  stage::Time until = stage::forever;  ///< … to before this one
  double rate = 1.0;                   ///< chance that it acts on an encounter it could act on
  std::uint64_t times = std::numeric_limits<std::uint64_t>::max();  ///< budget; then later rules are tried
  ScriptAction action = {};
  std::string decided_by = {};  ///< `file:line` of the rule
};

/// What the script is asked about.
struct Encounter {
  ScriptStage at = ScriptStage::connect;
  IpAddress client = {};
  const mail::Envelope* envelope = nullptr;    ///< from MAIL on; its recipients are those accepted so far
  const mail::Recipient* recipient = nullptr;  ///< at RCPT, and at content over LMTP
  stage::Time now{};
};

class ReplyScript {
 public:
  /// Rules must have no fault (script_rule_fault). `random` should be a fork of its own (Random::fork), so that the
  /// script's draws shift nobody else's.
  ReplyScript(std::vector<ScriptRule> rules, stage::Random random);

  /// The rule that acts now, or null. Counts the encounter; the pointer is good until the rules change.
  const ScriptRule* decide(const Encounter& encounter);

  /// Adds a rule in front of all others (a fault set while the scenario runs).
  void add_first(ScriptRule rule);
  /// Removes the rules of that name; how many.
  std::size_t remove(std::string_view name);
  bool empty() const { return rules_.empty(); }

 private:
  struct State {
    ScriptRule rule;
    talk::AddressPattern recipient = {};
    talk::AddressPattern reverse_path = {};
    talk::NetworkPattern client = {};
    std::uint64_t seen = 0;
    std::uint64_t acted = 0;
    std::unordered_map<std::string, std::uint64_t> seen_by_address = {};
  };
  static State compile(ScriptRule rule);
  static bool matches(const State& state, const Encounter& encounter);

  std::vector<State> rules_;
  stage::Random random_;
};

/// What is wrong with a rule (content-only verb elsewhere, rate out of range, unreadable client network …), or nothing.
std::optional<std::string> script_rule_fault(const ScriptRule& rule);

}  // namespace watershed::mta
