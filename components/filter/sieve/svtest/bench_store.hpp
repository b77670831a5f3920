// What the bench's account has beside its folders: lists outside of scripts (RFC 6134) and special uses of mailboxes
// (RFC 8579). The language of .svtest has no words for either, so test_config_set sets them.
#pragma once

#include "components/filter/sieve/input.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::sieve {

/// `sieve_extlists_list/URI = member member`: a name of our own, Pigeonhole has no such setting.
class BenchLists final : public ExternalLists {
 public:
  /// False for a name that is not of a list. Without a value the list is gone.
  bool set(std::string_view name, const std::optional<std::string>& value);

  bool exists(std::string_view list) const override { return members_.find(list) != members_.end(); }
  bool contains(std::string_view list, std::string_view value) const override;
  std::vector<std::string> members(std::string_view list) const override;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> members_;
};

/// `mailbox/NAME/special_use = \Junk \Archive` (dovecot.conf of 2.4), or with `namespace/NAME/` before it (2.3).
class BenchSpecialUses {
 public:
  bool set(std::string_view name, const std::optional<std::string>& value);

  /// The first mailbox with the use; `mailbox` alone where it is not empty.
  std::optional<std::string> find(std::string_view attribute, std::string_view mailbox) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> uses_;  // by mailbox
};

}  // namespace watershed::sieve
