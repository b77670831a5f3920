// See mailbox_store.hpp.
#include "fakes/cloud/mailbox_store.hpp"

#include <algorithm>

namespace watershed::cloud {

const MailboxStore::State* MailboxStore::find_state(const mail::Address& mailbox) const {
  const auto found = states_.find(folded(mailbox));
  return found == states_.end() ? nullptr : &found->second;
}

void MailboxStore::store(const mail::Address& mailbox, StoredMessage message) {
  State& state = states_[folded(mailbox)];
  ++state.stored_count;
  if (keep_) state.messages.push_back(std::move(message));
}

const std::vector<StoredMessage>& MailboxStore::messages(const mail::Address& mailbox) const {
  static const std::vector<StoredMessage> none;
  const State* const state = find_state(mailbox);
  return state == nullptr ? none : state->messages;
}

const StoredMessage* MailboxStore::find(const mail::Address& mailbox, stage::Custody custody) const {
  const std::vector<StoredMessage>& all = messages(mailbox);
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& stored) { return stored.custody == custody; });
  return found == all.end() ? nullptr : &*found;
}

std::uint64_t MailboxStore::stored_count(const mail::Address& mailbox) const {
  const State* const state = find_state(mailbox);
  return state == nullptr ? 0 : state->stored_count;
}

bool MailboxStore::is_duplicate(const mail::Address& mailbox, const mail::Message& message, stage::Time now,
                                stage::Duration window) {
  std::string key = message.value("Message-ID");
  if (key.empty()) return false;
  key += '\n';
  key += message.value("Date");
  State& state = states_[folded(mailbox)];
  while (!state.seen_order.empty() &&
         (state.seen_order.front().first + window <= now || state.seen_order.size() >= seen_max)) {
    state.seen.erase(state.seen_order.front().second);
    state.seen_order.pop_front();
  }
  if (!state.seen.insert(key).second) return true;
  state.seen_order.emplace_back(now, std::move(key));
  return false;
}

bool MailboxStore::was_answered(const mail::Address& mailbox, const mail::Address& correspondent) const {
  const State* const state = find_state(mailbox);
  return state != nullptr && state->answered.contains(folded(correspondent));
}

void MailboxStore::note_answered(const mail::Address& mailbox, const mail::Address& correspondent) {
  states_[folded(mailbox)].answered.insert(folded(correspondent));
}

void MailboxStore::forget_answered(const mail::Address& mailbox) {
  const auto found = states_.find(folded(mailbox));
  if (found != states_.end()) found->second.answered.clear();
}

}  // namespace watershed::cloud
