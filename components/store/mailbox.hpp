// A mailbox of a mail store: its address, its folders, its Sieve script, and what the script has to remember.
#pragma once

#include "base/diagnostic.hpp"
#include "components/filter/sieve/input.hpp"
#include "components/filter/sieve/script.hpp"
#include "mail/address.hpp"
#include "mail/message.hpp"
#include "stage/journal.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace watershed::store {

struct MailboxSettings {
  mail::Address address;
  std::vector<std::string> folders;  ///< beside INBOX
  std::optional<sieve::Script> script;
  SourcePosition at;
};

/// A message as it lies in a folder.
struct StoredMessage {
  stage::Custody custody = 0;
  std::string mailbox;
  std::string folder;
  std::vector<std::string> flags;
  std::shared_ptr<const mail::Message> message;
};

/// Folder names of one mailbox, and the keys its script remembers. What the Sieve engine asks while it decides.
class Mailbox final : public sieve::MailboxDirectory, public sieve::ResponseHistory {
 public:
  explicit Mailbox(MailboxSettings settings) : settings_(std::move(settings)) {}

  const MailboxSettings& settings() const { return settings_; }
  void replace_settings(MailboxSettings settings) { settings_ = std::move(settings); }

  bool exists(std::string_view folder) const override;
  void create(std::string folder);

  bool remembers(std::string_view key, std::int64_t now_unix_seconds) const override;
  void remember(std::string key, std::int64_t until_unix_seconds);

 private:
  MailboxSettings settings_;
  std::vector<std::string> created_;
  std::map<std::string, std::int64_t, std::less<>> remembered_until_;
};

}  // namespace watershed::store
