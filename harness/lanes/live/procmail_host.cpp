// See procmail_host.hpp.
#include "harness/lanes/live/procmail_host.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "components/router/postfix/pipe_service.hpp"
#include "sandbox/ownership.hpp"

#include <fmt/format.h>

#include <pwd.h>

#include <algorithm>
#include <charconv>
#include <fstream>

namespace watershed::harness {

namespace fs = std::filesystem;

namespace {

bool is_maildir(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_directory(folder / "new", ignored) && fs::is_directory(folder / "cur", ignored);
}

// Of a Maildir's own folders nothing else is one.
bool is_inside_maildir(const fs::path& path) {
  const std::string parent = path.parent_path().filename().string();
  return parent == "new" || parent == "cur" || parent == "tmp";
}

}  // namespace

Result<void, Error> ProcmailHost::prepare(const postfix::PostfixConfig& config) {
  std::string name;
  for (const postfix::Service& service : config.master().services()) {
    if (service.command != "pipe" || !postfix::runs_procmail(service)) continue;
    name = postfix::pipe_service_of(service)->user;
  }
  const passwd* user = name.empty() ? nullptr : ::getpwnam(name.c_str());
  if (user == nullptr)
    return Error{fmt::format("{}: no pipe transport runs procmail as a user that exists", host_.spec.name)};
  const auto give_away = [&](const fs::path& path) {
    return sandbox::give_away(path, user->pw_uid, user->pw_gid).has_value();
  };
  std::error_code error;
  fs::copy(rules_, host_.mount("procmail", "/usr/local/etc"), fs::copy_options::recursive, error);
  if (error) return Error{fmt::format("cannot copy {}: {}", rules_.string(), error.message())};
  const fs::path log = host_.mount("procmail-log", "/var/log");
  const fs::path mail = host_.mount("mail", "/var/mail");
  bool is_given = give_away(log) && give_away(mail);
  for (const store::MailboxSettings& mailbox : mailboxes_) {
    const fs::path home = mail / to_lower(mailbox.address.local_part);
    fs::create_directory(home, error);
    is_given = is_given && give_away(home);
  }
  if (!is_given) return Error{"cannot give the mailboxes of " + host_.spec.name + " to " + name};
  return {};
}

std::string ProcmailHost::address_of(const std::string& local_part) const {
  for (const store::MailboxSettings& mailbox : mailboxes_) {
    if (equal_ignoring_case(mailbox.address.local_part, local_part)) return to_lower(to_string(mailbox.address));
  }
  return local_part;
}

std::vector<MaildirCopy> ProcmailHost::copies() const {
  std::vector<MaildirCopy> copies;
  const fs::path root = host_.folder / "mail";
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(root, ignored)) {
    if (!entry.is_directory(ignored) || !is_maildir(entry.path())) continue;
    const fs::path below = entry.path().lexically_relative(root);
    const std::string owner = below.begin()->string();
    std::string folder = below.lexically_relative(owner).generic_string();
    if (folder.empty() || folder == ".") folder = "INBOX";
    for (const char* part : {"new", "cur"}) {
      for (const auto& file : fs::directory_iterator(entry.path() / part, ignored)) {
        copies.push_back({address_of(owner), folder, {}, file_bytes(file.path())});
      }
    }
  }
  return copies;
}

std::vector<std::string> ProcmailHost::unread() const {
  std::vector<std::string> files;
  const fs::path root = host_.folder / "mail";
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(root, ignored)) {
    if (!entry.is_regular_file(ignored) || is_inside_maildir(entry.path())) continue;
    const std::string text = file_bytes(entry.path());
    // What formail -D and lockfiles leave is no mail.
    if (text.starts_with("From ") || text.starts_with("Return-Path:")) {
      files.push_back(entry.path().lexically_relative(root).generic_string());
    }
  }
  return files;
}

std::vector<ProcmailDiscard> ProcmailHost::discards() const {
  // procmailrc(5), LOGABSTRACT: ` Subject: …`, then `  Folder: …` and the size.
  constexpr std::string_view subject_is = " Subject: ";
  constexpr std::string_view folder_is = "  Folder: /dev/null";
  std::vector<ProcmailDiscard> found;
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(host_.folder / "procmail-log", ignored)) {
    std::ifstream in(file.path(), std::ios::binary);
    std::string line;
    std::string subject;
    while (std::getline(in, line)) {
      if (line.starts_with(subject_is)) subject = line.substr(subject_is.size());
      if (!line.starts_with("  Folder: ")) continue;
      if (line.starts_with(folder_is)) {
        ProcmailDiscard discard{subject, 0};
        const std::string_view size = trim(std::string_view(line).substr(folder_is.size()));
        std::from_chars(size.data(), size.data() + size.size(), discard.size_octets);
        found.push_back(std::move(discard));
      }
      subject.clear();
    }
  }
  return found;
}

bool ProcmailHost::is_idle() const {
  // By name: where a sandbox has one user only, all programs are his.
  constexpr std::string_view programs[] = {"procmail", "formail", "sendmail", "postdrop", "sh"};
  std::error_code ignored;
  for (const auto& process : fs::directory_iterator("/proc", ignored)) {
    const std::string name = process.path().filename().string();
    if (name.empty() || name[0] < '0' || name[0] > '9') continue;
    const std::string command = file_bytes(process.path() / "comm");
    if (std::find(std::begin(programs), std::end(programs), trim(command)) != std::end(programs)) return false;
  }
  return true;
}

}  // namespace watershed::harness
