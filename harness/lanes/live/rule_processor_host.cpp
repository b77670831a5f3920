// See rule_processor_host.hpp.
#include "harness/lanes/live/rule_processor_host.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "components/router/postfix/pipe_service.hpp"
#include "harness/lanes/live/mailbox_files.hpp"
#include "sandbox/descendants.hpp"
#include "sandbox/ownership.hpp"

#include <fmt/format.h>

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>

namespace watershed::harness {

namespace fs = std::filesystem;

Result<void, Error> RuleProcessorHost::prepare(const postfix::PostfixConfig& config) {
  std::string name;
  for (const postfix::Service& service : config.master().services()) {
    if (service.command == "pipe" && postfix::runs(service, options_.program)) {
      name = postfix::pipe_service_of(service)->user;
    }
  }
  const passwd* user = name.empty() ? nullptr : ::getpwnam(name.c_str());
  if (user == nullptr)
    return Error{fmt::format("{}: no pipe transport runs {} as a user that exists", host_.spec.name, options_.program)};
  const auto give_away = [&](const fs::path& path) {
    return sandbox::give_away(path, user->pw_uid, user->pw_gid).has_value();
  };
  std::error_code error;
  const fs::path rules = host_.mount("rules", "/usr/local/etc");
  fs::copy(options_.rules, rules, fs::copy_options::recursive, error);
  if (error) return Error{fmt::format("cannot copy {}: {}", options_.rules.string(), error.message())};
  // "mailfilter file is owned by the wrong user", says maildrop of anybody else's.
  for (const auto& entry : fs::recursive_directory_iterator(rules, error)) {
    if (options_.program == "maildrop" && !give_away(entry.path())) return Error{"cannot give away the rules"};
  }
  const fs::path log = host_.mount("rules-log", "/var/log");
  const fs::path mail = host_.mount("mail", "/var/mail");
  bool is_given = give_away(log) && give_away(mail);
  for (const store::MailboxSettings& mailbox : options_.mailboxes) {
    const fs::path home = mail / to_lower(mailbox.address.local_part);
    fs::create_directory(home, error);
    is_given = is_given && give_away(home) && make_folders(home, mailbox, user->pw_uid, user->pw_gid);
  }
  if (!is_given) return Error{"cannot give the mailboxes of " + host_.spec.name + " to " + name};
  return {};
}

// procmail makes what folders it needs; maildrop takes a name that is no Maildir for an mbox.
bool RuleProcessorHost::make_folders(const fs::path& home, const store::MailboxSettings& mailbox, uid_t user,
                                     gid_t group) const {
  if (options_.program != "maildrop") return true;
  std::vector<std::string> folders = mailbox.folders;
  folders.emplace_back("INBOX");
  bool is_made = true;
  for (const std::string& folder : folders) {
    for (const char* part : {"", "new", "cur", "tmp"}) {
      std::error_code error;
      const fs::path path = *part == '\0' ? home / folder : home / folder / part;
      fs::create_directories(path, error);
      is_made = is_made && !error && sandbox::give_away(path, user, group).has_value();
    }
  }
  return is_made;
}

std::string RuleProcessorHost::address_of(const std::string& local_part) const {
  for (const store::MailboxSettings& mailbox : options_.mailboxes) {
    if (equal_ignoring_case(mailbox.address.local_part, local_part)) return to_lower(to_string(mailbox.address));
  }
  return local_part;
}

std::vector<MaildirCopy> RuleProcessorHost::copies() const {
  std::vector<MaildirCopy> copies;
  std::error_code ignored;
  for (const auto& home : fs::directory_iterator(host_.folder / "mail", ignored)) {
    const std::string owner = address_of(home.path().filename().string());
    if (!home.is_directory(ignored)) continue;
    for (FolderMessage& message : messages_below(home.path())) {
      copies.push_back({owner, std::move(message.folder), {}, std::move(message.bytes)});
    }
  }
  return copies;
}

std::vector<LoggedDiscard> RuleProcessorHost::discards() const {
  // procmailrc(5), LOGABSTRACT: ` Subject: …`, then `  Folder: …` and the size. maildropfilter(7), logfile: `Subj: …`,
  // then `File: …` and the size in parentheses.
  const bool is_procmail = options_.program == "procmail";
  const std::string_view subject_is = is_procmail ? " Subject: " : "Subj: ";
  const std::string_view folder_is = is_procmail ? "  Folder: " : "File: ";
  std::vector<LoggedDiscard> found;
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(host_.folder / "rules-log", ignored)) {
    std::ifstream in(file.path(), std::ios::binary);
    std::string line;
    std::string subject;
    while (std::getline(in, line)) {
      if (line.starts_with(subject_is)) subject = line.substr(subject_is.size());
      if (!line.starts_with(folder_is)) continue;
      if (std::string_view(line).substr(folder_is.size()).starts_with("/dev/null")) found.push_back({subject});
      subject.clear();
    }
  }
  return found;
}

bool RuleProcessorHost::is_idle() const {
  // By name: where a sandbox has one user only, all programs are his.
  constexpr std::string_view programs[] = {"procmail", "formail",  "maildrop", "reformail",
                                           "sendmail", "postdrop", "sh"};
  // What comes from the harness's parent is this run's: the first process of a namespace, or the supervisor.
  for (const pid_t process : sandbox::descendants_of(::getppid())) {
    const std::string command = file_bytes(fs::path("/proc") / std::to_string(process) / "comm");
    if (std::find(std::begin(programs), std::end(programs), trim(command)) != std::end(programs)) return false;
  }
  return true;
}

}  // namespace watershed::harness
