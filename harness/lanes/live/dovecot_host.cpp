// See dovecot_host.hpp.
#include "harness/lanes/live/dovecot_host.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "components/filter/sieve/folder_library.hpp"
#include "sandbox/ownership.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <fstream>

namespace watershed::harness {

namespace fs = std::filesystem;

namespace {

constexpr const char* made_up_user = "watershed-mail";

bool write_file(const fs::path& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  return static_cast<bool>(out.flush());
}

// Maildir's letters for the system flags of IMAP: `1763980000.M1P2.host:2,FS`.
std::vector<std::string> flags_of(std::string_view file_name) {
  static constexpr std::pair<char, const char*> letters[] = {
      {'D', "\\Draft"}, {'F', "\\Flagged"}, {'R', "\\Answered"}, {'S', "\\Seen"}, {'T', "\\Deleted"}};
  std::vector<std::string> flags;
  const std::size_t mark = file_name.find(":2,");
  if (mark == std::string_view::npos) return flags;
  for (const auto& [letter, flag] : letters) {
    if (file_name.find(letter, mark + 3) != std::string_view::npos) flags.emplace_back(flag);
  }
  return flags;
}

void give_away(const fs::path& path, uid_t user) {
  const auto ignored = sandbox::give_away(path, user, user);
  static_cast<void>(ignored);  // what it cannot be given, Dovecot will say
}

bool asks(const store::MailboxSettings& mailbox, sieve::Extension extension) {
  return mailbox.script && mailbox.script->requires_extension(extension);
}

}  // namespace

Result<std::string, Error> dovecot_special_uses(const std::vector<store::MailboxSettings>& mailboxes) {
  const store::MailboxSettings* first = nullptr;
  for (const store::MailboxSettings& mailbox : mailboxes) {
    if (asks(mailbox, sieve::Extension::mboxmetadata) || asks(mailbox, sieve::Extension::servermetadata)) {
      return Error{fmt::format("{}: annotations (mboxmetadata, servermetadata) are in the simulated lane only",
                               to_file_line(mailbox.at))};
    }
    if (!asks(mailbox, sieve::Extension::special_use)) continue;
    if (first == nullptr) first = &mailbox;
    // Dovecot has special uses by namespace, and so the same ones for all of its users.
    if (mailbox.folder_by_special_use != first->folder_by_special_use) {
      return Error{
          fmt::format("{} and {}: two mailboxes whose scripts ask for special uses have other ones; in this "
                      "lane all of a store have the same",
                      to_file_line(first->at), to_file_line(mailbox.at))};
    }
  }
  if (first == nullptr) return {boost::system::in_place_value, std::string()};
  std::map<std::string, std::string> by_folder;
  for (const auto& [attribute, folder] : first->folder_by_special_use) by_folder[folder] += " " + attribute;
  std::string text = "namespace inbox {\n  inbox = yes\n";
  for (const auto& [folder, attributes] : by_folder) {
    text += fmt::format("  mailbox \"{}\" {{\n    special_use ={}\n  }}\n", folder, attributes);
  }
  return {boost::system::in_place_value, text + "}\nplugin {\n  sieve_extensions = +special-use\n}\n"};
}

DovecotHost::DovecotHost(LiveHost& host, Options options)
    : host_(host),
      options_(std::move(options)),
      master_(host, {.name = "dovecot",
                     .process = {.program = "/usr/sbin/dovecot",
                                 .arguments = {"-F", "-c", "/etc/dovecot/dovecot.conf"},
                                 .environment = {},
                                 .output = host.folder / "dovecot.out"},
                     .ready_text = "starting up for"}) {}

std::string DovecotHost::configuration() const {
  const std::string address = to_string(host_.spec.addresses.front());
  std::string text =
      fmt::format(R"(base_dir = /run/dovecot
state_dir = /run/dovecot
hostname = {hostname}
protocols = lmtp imap
ssl = no
disable_plaintext_auth = no
listen = {address}
mail_location = maildir:~/Maildir
mail_plugins = quota
mail_save_crlf = yes
mail_home = /var/mail/%u
mail_uid = {user}
mail_gid = {user}
first_valid_uid = {user}
auth_mechanisms = plain
auth_username_format = %Lu
recipient_delimiter = +
lda_mailbox_autocreate = yes
passdb {{
  driver = passwd-file
  args = scheme=plain /etc/dovecot/users
}}
userdb {{
  driver = passwd-file
  args = /etc/dovecot/users
}}
service lmtp {{
  user = {user_name}
  process_min_avail = 1
  inet_listener lmtp {{
    address = {address}
    port = 24
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
service auth {{
  unix_listener auth-userdb {{
    mode = 0777
  }}
}}
protocol lmtp {{
  mail_plugins = quota sieve
  postmaster_address = postmaster@{hostname}
}}
plugin {{
  quota = maildir:mailbox
  sieve = file:~/sieve;active=~/.dovecot.sieve
  sieve_vacation_send_from_recipient = no
}}
)",
                  fmt::arg("hostname", host_.spec.name), fmt::arg("address", address), fmt::arg("user", options_.user),
                  fmt::arg("user_name", options_.existing_user.empty() ? made_up_user : options_.existing_user));
  if (options_.submission) text += fmt::format("submission_host = {}:25\n", to_string(*options_.submission));
  return text;
}

Result<void, Error> DovecotHost::prepare(const std::vector<store::MailboxSettings>& mailboxes) {
  host_.mount("mail", "/var/mail");
  const fs::path etc = host_.mount("dovecot", "/etc/dovecot");
  if (options_.existing_user.empty()) {
    if (const auto made = make_user_up(); !made) return made;
  }
  if (!write_file(etc / "dovecot.conf", configuration() + options_.special_uses))
    return Error{"cannot write Dovecot's configuration"};
  return write_accounts(mailboxes);
}

// The owner of the mailboxes has a name here, and an address of his own on the loopback (see speak_from).
Result<void, Error> DovecotHost::make_user_up() {
  const std::string users =
      file_bytes("/etc/passwd") + fmt::format("{0}:x:{1}:{1}::/var/mail:/bin/false\n", made_up_user, options_.user);
  const std::string groups = file_bytes("/etc/group") + fmt::format("{}:x:{}:\n", made_up_user, options_.user);
  if (!write_file(host_.folder / "etc/passwd", users) || !write_file(host_.folder / "etc/group", groups))
    return Error{"cannot write the users of " + host_.spec.name};
  for (const char* name : {"passwd", "group"})
    host_.place.mounts.push_back({host_.folder / "etc" / name, fs::path("/etc") / name});
  return {};
}

Result<void, Error> DovecotHost::configure(const std::vector<store::MailboxSettings>& mailboxes,
                                           const std::string& special_uses, fs::path scripts) {
  if (special_uses != options_.special_uses)
    return Error{fmt::format("special uses of {} cannot be changed while it runs in this lane", host_.spec.name)};
  options_.scripts = std::move(scripts);
  return write_accounts(mailboxes);
}

Result<void, Error> DovecotHost::write_accounts(const std::vector<store::MailboxSettings>& mailboxes) {
  mailboxes_.clear();
  const auto past = fs::file_time_type::clock::now() - std::chrono::hours(1);
  for (const store::MailboxSettings& mailbox : mailboxes) {
    const std::string address = to_lower(to_string(mailbox.address));
    mailboxes_[address] = MailboxState::usable;
    const fs::path home = mailbox_folder(address);
    fs::create_directories(home / "Maildir");
    for (const char* part : {"", "Maildir"}) give_away(home / part, options_.user);
    for (const std::string& folder : mailbox.folders) {
      // Maildir++: a folder is a directory whose name begins with a dot.
      for (const char* part : {"", "cur", "new", "tmp"}) {
        const fs::path directory = home / "Maildir" / ("." + folder) / part;
        fs::create_directories(directory);
        give_away(directory, options_.user);
      }
    }
    std::error_code ignored;
    fs::remove(home / ".dovecot.sieve", ignored);
    fs::remove(home / ".dovecot.svbin", ignored);
    fs::remove_all(home / "sieve", ignored);
    if (!mailbox.script) continue;
    const fs::path script = home / ".dovecot.sieve";
    if (!fs::copy_file(options_.scripts / fs::path(mailbox.script->file()).filename(), script, ignored))
      return Error{"cannot write " + script.string()};
    fs::last_write_time(script, past, ignored);
    give_away(script, options_.user);
    // Where `sieve = file:~/sieve` has Pigeonhole look for what an `include` names.
    if (!asks(mailbox, sieve::Extension::include)) continue;
    if (!sieve::copy_script_files(options_.scripts, home / "sieve"))
      return Error{"cannot write " + (home / "sieve").string()};
    give_away(home / "sieve", options_.user);
    for (const auto& file : fs::directory_iterator(home / "sieve", ignored)) give_away(file.path(), options_.user);
  }
  return write_users();
}

Result<void, Error> DovecotHost::write_users() {
  std::string users;
  for (const auto& [address, state] : mailboxes_) {
    // passwd-file: user:password:uid:gid:gecos:home:shell:extra fields
    users += fmt::format("{}:watershed::::::{}\n", address,
                         state == MailboxState::full ? "userdb_quota_rule=*:bytes=1" : "");
  }
  // Replaced in one go: a delivery must never see half of it.
  const fs::path file = host_.folder / "dovecot/users";
  const fs::path next = host_.folder / "dovecot/users.next";
  std::error_code error;
  if (write_file(next, users)) fs::rename(next, file, error);
  if (error || !fs::exists(file)) return Error{"cannot write Dovecot's accounts"};
  return {};
}

Result<void, Error> DovecotHost::set_mailbox(const std::string& address, MailboxState state) {
  const auto found = mailboxes_.find(to_lower(address));
  if (found == mailboxes_.end()) return Error{fmt::format("there is no mailbox {} at {}", address, host_.spec.name)};
  found->second = state;
  std::error_code error;
  const bool closed = state == MailboxState::unreachable;
  fs::permissions(mailbox_folder(found->first), closed ? fs::perms::none : fs::perms(0755), error);
  if (error) return Error{error.message()};
  return write_users();
}

void DovecotHost::remove_locks() const {
  std::error_code not_there;
  fs::remove(host_.folder / "run/dovecot/instances.lock", not_there);
}

std::vector<MaildirCopy> DovecotHost::copies() const {
  std::vector<MaildirCopy> copies;
  std::error_code ignored;
  for (const auto& home : fs::directory_iterator(host_.folder / "mail", ignored)) {
    const auto read = [&](const fs::path& maildir, const std::string& folder) {
      for (const char* part : {"new", "cur"}) {
        for (const auto& file : fs::directory_iterator(maildir / part, ignored)) {
          const std::string name = file.path().filename().string();
          copies.push_back({home.path().filename().string(), folder, flags_of(name), file_bytes(file.path())});
        }
      }
    };
    const fs::path inbox = home.path() / "Maildir";
    read(inbox, "INBOX");
    for (const auto& entry : fs::directory_iterator(inbox, ignored)) {
      const std::string name = entry.path().filename().string();
      if (name.size() > 1 && name[0] == '.' && entry.is_directory(ignored)) read(entry.path(), name.substr(1));
    }
  }
  return copies;
}

}  // namespace watershed::harness
