// The parts of an Outcome that only pages and evidence packs need: stories, hops, time series, coverage, the run
// record.
//
// Plain values, filled by harness/record from journal and lineage, and only where RunOptions::record asks for them:
// a run for which nobody wants a page pays nothing.
#pragma once

#include "base/diagnostic.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace watershed::harness {

/// One fact about a message, as a line of its story.
struct StoryEvent {
  std::int64_t at_ns = 0;  ///< since the start of the run, on the lane's clock
  std::string host;
  std::string fact;  ///< the journal's word: accepted, routed, relayed …
  std::uint64_t custody = 0;
  std::uint64_t cause = 0;
  std::uint64_t connection = 0;
  std::uint64_t transaction = 0;
  std::uint16_t code = 0;
  std::string reverse_path;
  std::string recipient;
  std::string detail;
  std::string text;
  std::string decided_by;
  bool is_crossing = false;   ///< the host stands in a zone that may not carry the message's class
  bool body_differs = false;  ///< the content here is not the one that was offered

  bool operator==(const StoryEvent&) const = default;
};

/// One line of an SMTP or LMTP dialogue, without its line end.
struct DialogueLine {
  std::int64_t at_ns = 0;
  bool from_client = false;
  std::string text;

  bool operator==(const DialogueLine&) const = default;
};

/// What was said on one connection. Message content is not repeated: a line says how many octets it had.
struct Dialogue {
  std::uint64_t connection = 0;
  std::string client;  ///< host
  std::string server;  ///< host or endpoint
  std::vector<DialogueLine> lines;
  bool is_cut = false;  ///< more was said than is kept

  bool operator==(const Dialogue&) const = default;
};

struct HeaderChange {
  bool is_added = false;  ///< else removed
  std::string field;      ///< name and value, unfolded

  bool operator==(const HeaderChange&) const = default;
};

/// A stored copy against the message as it was offered.
struct CopyDifference {
  std::string host;
  std::string mailbox;
  std::string folder;
  bool body_unchanged = false;
  std::vector<HeaderChange> header;
  std::vector<std::string> authentication;  ///< Authentication-Results, Received-SPF, ARC-Authentication-Results

  bool operator==(const CopyDifference&) const = default;
};

/// What was expected of a message and did not hold.
struct BrokenExpectation {
  std::string rule;
  std::string sentence;
  SourcePosition at;        ///< empty for invariants
  std::string source_line;  ///< the scenario's line at that place
  std::string decided_by;
  bool is_inconclusive = false;

  bool operator==(const BrokenExpectation&) const = default;
};

struct MessageStory {
  std::string label;
  std::string message_class;
  std::string subject;
  std::string reverse_path;
  std::vector<std::string> recipients;
  std::vector<std::string> fates;  ///< one for each recipient
  std::vector<BrokenExpectation> broken;
  std::vector<StoryEvent> events;
  std::uint64_t events_left_out = 0;
  std::vector<CopyDifference> copies;
  std::vector<Dialogue> dialogues;
  bool dialogues_incomplete = false;  ///< the run had more connections than are kept

  bool operator==(const MessageStory&) const = default;
};

/// How often mail of one class went from one host to another.
struct FlowHop {
  std::string from;
  std::string to;
  std::string message_class;
  std::string way;  ///< `relay`, `refused` (seen, not taken), `filter` (shown to another host's content filter)
  std::uint64_t count = 0;
  bool is_crossing = false;

  bool operator==(const FlowHop&) const = default;
};

/// What happened within one stretch of time.
struct TimeBucket {
  std::uint64_t offered = 0;
  std::uint64_t delivered = 0;
  std::uint64_t transient_replies = 0;  ///< 4yz replies that deferred or refused
  std::uint64_t permanent_replies = 0;  ///< 5yz
  std::uint64_t connect_errors = 0;
  std::uint64_t dns_errors = 0;  ///< lookups without an answer: SERVFAIL, timeout, refused
  std::uint64_t held_max = 0;    ///< most recipients that were under way or queued at a time
  // Delivery times of what was offered in this stretch; 0 where nothing of it arrived.
  std::int64_t latency_p50_ns = 0;
  std::int64_t latency_p95_ns = 0;
  std::int64_t latency_p99_ns = 0;
  std::int64_t latency_max_ns = 0;

  bool operator==(const TimeBucket&) const = default;
};

/// A step or fault on the time axis.
struct TimeMark {
  std::int64_t at_ns = 0;
  std::string text;

  bool operator==(const TimeMark&) const = default;
};

struct TimeSeries {
  std::int64_t bucket_ns = 0;  ///< 0: no series
  std::vector<TimeBucket> buckets;
  std::vector<TimeMark> marks;

  bool operator==(const TimeSeries&) const = default;
};

/// A line of a file that names another file: what the other decides, it decided with it.
struct LineUse {
  int line = 0;
  std::string path;

  bool operator==(const LineUse&) const = default;
};

/// A file that the run rests on.
struct InputFile {
  std::string path;  ///< as shown in messages and in `file:line`
  std::string sha256;
  std::uint64_t octets = 0;
  std::string world;               ///< empty: of no single world
  std::vector<std::string> hosts;  ///< which of the world's hosts read it
  std::string kind;  ///< `postfix table`, `postfix parameters`, `sieve`, `zone`, `settings`, `scenario`, `other`
  std::string text;  ///< kept only for configuration, to annotate it with counts
  std::vector<int> rule_lines;  ///< lines of `text` that can decide something
  std::vector<LineUse> uses;    ///< main.cf: which parameter names which table

  bool operator==(const InputFile&) const = default;
};

struct WorldZone {
  std::string name;
  bool is_external = false;
  std::vector<std::string> carries;

  bool operator==(const WorldZone&) const = default;
};

struct WorldHost {
  std::string name;
  std::string zone;
  std::string role;  ///< `router`, `mail store`, `cloud`, `outside MTA`, `content filter`

  bool operator==(const WorldHost&) const = default;
};

/// The shape of a world, for the flow map.
struct WorldMap {
  std::string name;
  std::string description;
  std::vector<WorldZone> zones;
  std::vector<WorldHost> hosts;
  std::vector<std::string> bridges;  ///< classes that cross on purpose

  bool operator==(const WorldMap&) const = default;
};

struct Waiver {
  std::string world;
  std::string place;
  std::string because;

  bool operator==(const Waiver&) const = default;
};

/// Under what circumstances the figures came about.
struct RunRecord {
  std::string started_at;  ///< UTC, RFC 3339
  std::string command;
  std::string machine;  ///< system, processor, cores
  std::string sandbox;  ///< what keeps mail from leaving
  std::map<std::string, std::string> versions;
  std::vector<Waiver> waivers;

  bool operator==(const RunRecord&) const = default;
};

/// One offered message for one recipient that fared otherwise on the other side of a comparison.
struct FlowDifference {
  std::string scenario;
  std::string world;  ///< empty where the sides are two worlds
  std::string message;
  std::string recipient;
  std::vector<std::string> aspects;       ///< `path: a > b → a > c`, one each
  std::string cause;                      ///< the configuration line on either side, or the host whose choice differs
  bool is_expected = false;               ///< all that the scenario asks holds on both sides
  std::vector<std::string> requirements;  ///< that the scenario speaks for
  // What each side's journal says, one line of JSON each, as in journal.jsonl. Kept for the first flows of each cause.
  std::vector<std::string> journal_a;
  std::vector<std::string> journal_b;

  bool operator==(const FlowDifference&) const = default;
};

/// Two worlds or two runs, flow by flow; see harness/compare.
struct FlowComparison {
  std::string a;
  std::string b;
  std::uint64_t flows = 0;  ///< compared
  std::vector<FlowDifference> differences;
  std::vector<std::string> not_compared;  ///< with the reason

  bool operator==(const FlowComparison&) const = default;
};

}  // namespace watershed::harness
