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

/// Annotations by the name of their entry, in lower case: RFC 5464 §3.1 has no case in it.
using Entries = std::map<std::string, std::string, std::less<>>;

struct MailboxSettings {
  mail::Address address;
  std::vector<std::string> folders;  ///< beside INBOX
  std::optional<sieve::Script> script;
  SourcePosition at;
  std::map<std::string, std::string> folder_by_special_use = {};  ///< by attribute, in lower case: `\junk`
  std::map<std::string, Entries, std::less<>> annotations = {};   ///< by folder
  Entries server_annotations = {};                                ///< the same for all mailboxes of a store
};

/// A message as it lies in a folder.
struct StoredMessage {
  stage::Custody custody = 0;
  std::string mailbox;
  std::string folder;
  std::vector<std::string> flags;
  std::shared_ptr<const mail::Message> message;
};

/// What the settings say of folders, as the Sieve engine asks for it. RFC 5490, RFC 8579.
class ConfiguredFolders final : public sieve::MailboxDirectory, public sieve::Annotations {
 public:
  /// `settings` outlives it.
  explicit ConfiguredFolders(const MailboxSettings& settings) : settings_(settings) {}

  bool exists(std::string_view folder) const override;
  std::optional<std::string> with_special_use(std::string_view attribute, std::string_view folder) const override;
  std::optional<std::string> find(std::string_view folder, std::string_view entry) const override;

 private:
  const MailboxSettings& settings_;
};

/// Folders of one mailbox, those that scripts made among them, and the keys its script remembers. What the Sieve engine
/// asks while it decides.
class Mailbox final : public sieve::MailboxDirectory, public sieve::Annotations, public sieve::ResponseHistory {
 public:
  explicit Mailbox(MailboxSettings settings) : settings_(std::move(settings)) {}

  const MailboxSettings& settings() const { return settings_; }
  void replace_settings(MailboxSettings settings) { settings_ = std::move(settings); }

  bool exists(std::string_view folder) const override;
  std::optional<std::string> with_special_use(std::string_view attribute, std::string_view folder) const override {
    return ConfiguredFolders(settings_).with_special_use(attribute, folder);
  }
  std::optional<std::string> find(std::string_view folder, std::string_view entry) const override {
    return ConfiguredFolders(settings_).find(folder, entry);
  }
  void create(std::string folder);

  bool remembers(std::string_view key, std::int64_t now_unix_seconds) const override;
  void remember(std::string key, std::int64_t until_unix_seconds);

 private:
  MailboxSettings settings_;
  std::vector<std::string> created_;
  std::map<std::string, std::int64_t, std::less<>> remembered_until_;
};

}  // namespace watershed::store
