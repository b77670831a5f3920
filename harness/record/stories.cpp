// Stories: everything that is known of one message, from the first host to the last copy. See MessageStory.
#include "harness/record/record_run.hpp"

#include "base/text.hpp"
#include "harness/lanes/results.hpp"
#include "harness/record/copy_difference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <unordered_map>

namespace watershed::harness {

namespace {

using stage::FactKind;

constexpr std::size_t events_first_max = 60;  // days of retries repeat themselves: how it began and how it ended count
constexpr std::size_t events_last_max = 30;
constexpr std::size_t dialogues_max = 12;
constexpr std::size_t looked_at_max = 2000;  // messages of one label that are searched for those that failed

// The line of a file; empty when there is none. Scenario files are small and failures few.
std::string source_line(const std::filesystem::path& file, int number) {
  std::ifstream in(file);
  std::string line;
  for (int at = 0; at < number; ++at) {
    if (!std::getline(in, line)) return {};
  }
  return std::string(trim(line));
}

class Stories {
 public:
  Stories(const Evidence& evidence, const DialogueRecorder& dialogues, const RecordOptions& options,
          ScenarioResult& result)
      : evidence_(evidence), dialogues_(dialogues), options_(options), result_(result) {}

  void tell() {
    choose();
    for (const RootIndex root : chosen_) begin(root);
    follow_facts();
    for (std::size_t index = 0; index < chosen_.size(); ++index) finish(chosen_[index], result_.stories[index]);
  }

 private:
  const RootMessage& root(RootIndex index) const { return evidence_.lineage.roots().at(index); }

  bool may_handle(stage::HostId host, const RootMessage& message) const {
    const ZoneSpec* zone = evidence_.zone_of(host);
    return zone != nullptr && zone->may_carry(message.message_class);
  }

  // A message of a load is told only if something became of it that was not wanted: which of a thousand alike a finding
  // means, the finding does not say.
  bool went_wrong(const RootMessage& message) const {
    for (const std::string& recipient : message.recipients) {
      const MessageResult result = message_result(evidence_, message, recipient);
      if (result.fate != "delivered") return true;
    }
    return std::any_of(message.custodies.begin(), message.custodies.end(),
                       [&](stage::Custody id) { return !may_handle(evidence_.lineage.custody(id)->host, message); });
  }

  void choose() {
    std::set<std::string_view> labels;
    for (const Findings* findings : {&result_.findings, &result_.expected_findings}) {
      for (const Finding& finding : *findings) labels.insert(finding.label);
    }
    std::map<std::string_view, std::vector<RootIndex>> by_label;
    for (const auto& [index, message] : evidence_.lineage.roots()) {
      if (labels.contains(message.label)) by_label[message.label].push_back(index);
    }
    for (const auto& [label, roots] : by_label) choose_of(roots);
    const auto& roots = evidence_.lineage.roots();
    const std::size_t wanted = options_.all_stories ? options_.all_stories_max : 1;
    for (auto next = roots.begin(); next != roots.end() && chosen_.size() < wanted; ++next) add(next->first);
    std::sort(chosen_.begin(), chosen_.end());
  }

  void choose_of(const std::vector<RootIndex>& roots) {
    if (roots.size() == 1) return add_failed(roots.front());
    const std::size_t looked_at = std::min(roots.size(), looked_at_max);
    std::size_t found = 0;
    for (std::size_t index = 0; index < looked_at; ++index) {
      if (!went_wrong(root(roots[index]))) continue;
      ++found;
      add_failed(roots[index]);
    }
    // Late, altered or doubled ones look delivered: then the first stands for all.
    if (found == 0) add_failed(roots.front());
  }

  void add_failed(RootIndex index) {
    if (chosen_.size() < options_.stories_max) {
      add(index);
    } else {
      ++result_.stories_left_out;
    }
  }

  void add(RootIndex index) {
    if (std::find(chosen_.begin(), chosen_.end(), index) == chosen_.end()) chosen_.push_back(index);
  }

  void begin(RootIndex index) {
    const RootMessage& message = root(index);
    story_of_[index] = result_.stories.size();
    MessageStory& story = result_.stories.emplace_back();
    story.label = message.label;
    story.message_class = message.message_class;
    story.reverse_path = message.reverse_path;
    story.recipients = message.recipients;
    for (const std::string& recipient : message.recipients) {
      story.fates.push_back(message_result(evidence_, message, recipient).fate);
    }
    const auto offered = evidence_.offered.find(message.custody);
    if (offered != evidence_.offered.end() && offered->second) story.subject = offered->second->value("Subject");
    for (const Findings* findings : {&result_.findings, &result_.expected_findings}) {
      for (const Finding& finding : *findings) {
        if (finding.label == message.label) note_broken(finding, story);
      }
    }
  }

  void note_broken(const Finding& finding, MessageStory& story) {
    constexpr std::size_t broken_max = 20;
    if (story.broken.size() >= broken_max) return;
    BrokenExpectation& broken = story.broken.emplace_back();
    broken.rule = finding.rule;
    broken.sentence = finding.sentence;
    broken.at = finding.at;
    if (finding.at.file == result_.file) broken.source_line = source_line(evidence_.scenario.path, finding.at.line);
    broken.decided_by = finding.decided_by;
    broken.is_inconclusive = finding.is_inconclusive;
  }

  // One way through the journal for all stories.
  void follow_facts() {
    if (chosen_.empty()) return;
    tails_.resize(chosen_.size());
    // Few custodies are told of, and a load has very many: most facts need no look-up in the lineage.
    std::unordered_map<stage::Custody, RootIndex> told;
    for (const RootIndex each : chosen_) {
      for (const stage::Custody id : root(each).custodies) told[id] = each;
    }
    for (const stage::Fact& fact : evidence_.journal.facts()) {
      RootIndex index = no_root;
      if (const auto custody = told.find(fact.custody); custody != told.end()) {
        index = custody->second;
      } else if (fact.transaction != 0 && evidence_.lineage.custody(fact.custody) == nullptr) {
        index = evidence_.lineage.root_of_transaction(fact.connection, fact.transaction);
      }
      const auto found = index == no_root ? story_of_.end() : story_of_.find(index);
      if (found != story_of_.end()) add_event(fact, root(index), found->second);
    }
  }

  void add_event(const stage::Fact& fact, const RootMessage& message, std::size_t place) {
    MessageStory& story = result_.stories[place];
    if (fact.kind == FactKind::attempted) add_dialogue(fact, story);
    StoryEvent event;
    event.at_ns = fact.at.count();
    event.host = evidence_.journal.host_name(fact.host);
    event.fact = std::string(to_string(fact.kind));
    event.custody = fact.custody;
    event.cause = fact.cause;
    event.connection = fact.connection;
    event.transaction = fact.transaction;
    event.code = fact.code;
    event.reverse_path = std::string(fact.reverse_path);
    event.recipient = std::string(fact.recipient);
    event.detail = std::string(fact.detail);
    event.text = std::string(fact.text);
    event.decided_by = std::string(fact.decided_by);
    event.is_crossing = !may_handle(fact.host, message);
    const CustodyRecord* record = evidence_.lineage.custody(fact.custody);
    event.body_differs = fact.body_hash != 0 && record != nullptr && record->expected_hash != fact.body_hash;
    if (story.events.size() < events_first_max) {
      story.events.push_back(std::move(event));
      return;
    }
    tails_[place].push_back(std::move(event));
    if (tails_[place].size() <= events_last_max) return;
    tails_[place].pop_front();
    ++story.events_left_out;
  }

  void add_dialogue(const stage::Fact& fact, MessageStory& story) {
    for (const Dialogue& dialogue : story.dialogues) {
      if (dialogue.connection == fact.connection) return;
    }
    const Dialogue* heard = dialogues_.find(fact.connection);
    if (heard == nullptr || story.dialogues.size() >= dialogues_max) {
      story.dialogues_incomplete = true;
      return;
    }
    Dialogue& dialogue = story.dialogues.emplace_back(*heard);
    dialogue.client = evidence_.journal.host_name(fact.host);
    dialogue.server = std::string(fact.detail);
  }

  void finish(RootIndex index, MessageStory& story) {
    std::deque<StoryEvent>& tail = tails_[static_cast<std::size_t>(&story - result_.stories.data())];
    story.events.insert(story.events.end(), std::make_move_iterator(tail.begin()), std::make_move_iterator(tail.end()));
    const RootMessage& message = root(index);
    const auto offered = evidence_.offered.find(message.custody);
    if (offered == evidence_.offered.end() || !offered->second) return;
    std::set<std::tuple<stage::Custody, std::string, std::string>> seen;
    for (const StoredCopy* copy : evidence_.copies_of(message)) {
      if (copy->message == nullptr || !seen.insert({copy->custody, copy->mailbox, copy->folder}).second) continue;
      CopyDifference difference = difference_of(*offered->second, *copy->message);
      difference.host = evidence_.journal.host_name(evidence_.lineage.custody(copy->custody)->host);
      difference.mailbox = copy->mailbox;
      difference.folder = copy->folder;
      story.copies.push_back(std::move(difference));
    }
  }

  const Evidence& evidence_;
  const DialogueRecorder& dialogues_;
  const RecordOptions& options_;
  ScenarioResult& result_;
  std::vector<RootIndex> chosen_;
  std::unordered_map<RootIndex, std::size_t> story_of_;
  std::vector<std::deque<StoryEvent>> tails_;
};

}  // namespace

void tell_stories(const Evidence& evidence, const DialogueRecorder& dialogues, const RecordOptions& options,
                  ScenarioResult& result) {
  Stories(evidence, dialogues, options, result).tell();
}

}  // namespace watershed::harness
