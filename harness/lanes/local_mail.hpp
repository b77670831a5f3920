// Mailboxes that a router itself delivers into (Postfix local(8), virtual(8)).
#pragma once

#include "harness/lanes/simulated_world.hpp"

#include <deque>

namespace watershed::harness {

struct SimulatedWorld::LocalMail final : router::MailboxSink {
 public:
  explicit LocalMail(std::size_t retain_max) : retain_max_(retain_max) {}

  void store(const router::StoredMessage& stored) override {
    if (retain_max_ == 0) return;
    copies_.push_back({stored.custody,
                       stored.mailbox,
                       stored.folder,
                       {},
                       std::make_shared<const mail::Message>(stored.message),
                       true});
    if (copies_.size() > retain_max_) copies_.pop_front();
  }
  const std::deque<StoredCopy>& copies() const { return copies_; }

 private:
  std::size_t retain_max_;
  std::deque<StoredCopy> copies_;
};

}  // namespace watershed::harness
