// What the pure deciders said before. Mail comes in streams: the same client, reverse-path and forward-path a thousand
// times, and each time the same tables would be searched for the same answer.
//
// An answer is remembered only with everything it came from: the arguments are the key, DNS answers are compared, and a
// new configuration starts an empty memo. Nothing here knows of time or chance, so no answer can go out of date.
#pragma once

#include "components/router/route/access.hpp"
#include "components/router/route/rewrite.hpp"

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace watershed::router {

/// A decision about a recipient, and what DNS said to the questions it asked, in their order.
struct RecipientDecision {
  std::vector<std::pair<DnsQuestion, DnsAnswer>> dns;
  AccessDecision decision;
};

class DecisionMemo {
 public:
  using RecipientPtr = std::shared_ptr<const RecipientDecision>;
  using ExpansionPtr = std::shared_ptr<const Expansion>;

  /// Null when nothing is known. The caller still has to see that DNS says the same.
  RecipientPtr recipient(const std::string& key) const { return find(recipients_, key); }
  void keep(std::string key, RecipientPtr decision) { keep(recipients_, std::move(key), std::move(decision)); }

  ExpansionPtr expansion(const std::string& key) const { return find(expansions_, key); }
  void keep(std::string key, ExpansionPtr expansion) { keep(expansions_, std::move(key), std::move(expansion)); }

  /// For a new configuration.
  void clear() {
    recipients_.clear();
    expansions_.clear();
  }

 private:
  template <class Value>
  using Known = std::unordered_map<std::string, std::shared_ptr<const Value>>;

  template <class Value>
  static std::shared_ptr<const Value> find(const Known<Value>& known, const std::string& key) {
    const auto found = known.find(key);
    return found == known.end() ? nullptr : found->second;
  }

  template <class Value>
  static void keep(Known<Value>& known, std::string key, std::shared_ptr<const Value> value) {
    constexpr std::size_t answers_max = 1024;  // memory stays flat, whatever addresses come
    if (known.size() >= answers_max) known.clear();
    known.insert_or_assign(std::move(key), std::move(value));
  }

  Known<RecipientDecision> recipients_;
  Known<Expansion> expansions_;
};

/// Parts of a key: each is told apart from its neighbours, whatever octets it holds.
class MemoKey {
 public:
  MemoKey() { key_.reserve(320); }
  MemoKey& add(std::string_view part) {
    add_number(part.size());
    key_ += part;
    return *this;
  }
  MemoKey& add(const mail::Address& address) { return add(address.local_part).add(address.domain); }
  MemoKey& add_flag(bool flag) {
    key_ += flag ? '+' : '-';
    return *this;
  }
  MemoKey& add_number(std::size_t number) {
    char octets[sizeof number];
    std::memcpy(octets, &number, sizeof number);
    key_.append(octets, sizeof number);
    return *this;
  }
  std::string take() { return std::move(key_); }

 private:
  std::string key_;
};

}  // namespace watershed::router
