// Reads and makes effects. See sieve_effects.hpp.
#include "ci/oracles/sieve_effects.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "components/filter/sieve/address_list.hpp"
#include "components/filter/sieve/evaluate.hpp"
#include "components/filter/sieve/header_value.hpp"
#include "components/filter/sieve/response.hpp"
#include "components/filter/sieve/vacation.hpp"
#include "mail/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace watershed::oracle {

namespace fs = std::filesystem;

namespace {

/// Without folding and encoded words: both are written in more than one way.
std::string decoded(std::string_view value) {
  std::string out;
  for (const char c : sieve::decode_header_value(value).value_or(std::string(trim(value)))) {
    const bool is_blank = c == ' ' || c == '\t';
    if (!is_blank || !out.ends_with(' ')) out += is_blank ? ' ' : c;
  }
  return out;
}

/// On one line, with LF and with fields unfolded.
std::string shown(const mail::Message& message) {
  std::string out;
  for (const mail::HeaderField& field : message.fields()) {
    out += fmt::format("{}: {}|", to_lower(field.name), decoded(field.value));
  }
  out += "|";
  for (const char c : message.body()) out += c == '\n' ? "|" : c == '\r' ? "" : std::string(1, c);
  return out;
}

std::string store_line(std::string_view mailbox, std::vector<std::string> flags, const mail::Message& message) {
  for (std::string& flag : flags) flag = to_lower(flag);
  std::sort(flags.begin(), flags.end());
  flags.erase(std::unique(flags.begin(), flags.end()), flags.end());
  return fmt::format("store {} [{}] {}", equal_ignoring_case(mailbox, "INBOX") ? "INBOX" : mailbox,
                     fmt::join(flags, " "), shown(message));
}

std::string trimmed_end(std::string text) {
  while (!text.empty() && (text.back() == '|' || text.back() == ' ')) text.pop_back();
  return text;
}

/// What both programs must say alike; the rest (product names, identities, boundaries) is theirs.
std::string sent_line(std::vector<std::string> to, const mail::Message& message) {
  std::sort(to.begin(), to.end());
  const std::string envelope = to_lower(fmt::format("{}", fmt::join(to, ",")));
  if (message.field("X-Sieve-Redirected-From")) {
    mail::Message rest = message;
    rest.remove("X-Sieve", 0);
    // One that was made for it.
    const std::string id = rest.value("Message-ID");
    if (id.starts_with("<dovecot-sieve-") || id == "<id@x.example>") rest.remove("Message-ID", 0);
    if (id.empty()) return "redirect without a Message-ID";
    return trimmed_end(fmt::format("redirect to {}: {}", envelope, shown(rest)));
  }
  const std::string submitted = message.value("Auto-Submitted");
  std::string out = fmt::format("{} to {}: ", submitted.substr(0, submitted.find(';')), envelope);
  const bool is_rejection = submitted.find("rejected") != std::string::npos;
  const bool is_notice = submitted.starts_with("auto-notified");
  for (const char* name : {"From", "To", "Cc", "Subject", "In-Reply-To", "References", "Importance", "X-Y", "X-Mime"}) {
    // Who sends these where the script does not say is the site's.
    const bool is_ours = std::string_view(name) == "From" &&
                         (is_rejection || message.value(name).find("rcpt.example") == std::string::npos || is_notice);
    std::string value = decoded(message.value(name));
    if (std::string_view(name) == "To" || std::string_view(name) == "From" || std::string_view(name) == "Cc") {
      std::string addresses;
      for (const sieve::MailboxAddress& one : sieve::parse_address_list(value, 100)) addresses += one.all() + " ";
      value = addresses;
    }
    if (message.field(name) && !is_ours) out += fmt::format("{}: {}|", name, value);
  }
  std::string body = shown(message);
  body = body.substr(body.find("||") + 2);
  if (is_rejection) {
    const std::size_t reason = body.find("automatically rejected:|");
    if (reason != std::string::npos) body = body.substr(reason, body.find("|--", reason) - reason);
  }
  return trimmed_end(out + "|" + body);
}

class Account final : public sieve::MailboxDirectory {
 public:
  Account() : mailboxes_(std::begin(mailboxes_there), std::end(mailboxes_there)) { mailboxes_.insert("INBOX"); }
  bool exists(std::string_view mailbox) const override {
    return mailboxes_.contains(equal_ignoring_case(mailbox, "INBOX") ? "INBOX" : std::string(mailbox));
  }
  void create(const std::string& mailbox) { mailboxes_.insert(mailbox); }

 private:
  std::set<std::string, std::less<>> mailboxes_;
};

void carry_out(const sieve::Action& action, const mail::Message& received, const sieve::ResponseContext& context,
               Account& account, Effects& effects) {
  const mail::Message& message = action.message ? *action.message : received;
  if (const auto* keep = std::get_if<sieve::Keep>(&action.what)) {
    effects.push_back(store_line("INBOX", keep->flags, message));
  } else if (const auto* filed = std::get_if<sieve::FileInto>(&action.what)) {
    if (filed->create) account.create(filed->mailbox);
    effects.push_back(store_line(filed->mailbox, filed->flags, message));
  } else if (const auto* redirect = std::get_if<sieve::Redirect>(&action.what)) {
    effects.push_back(
        sent_line({mail::to_string(redirect->forward_path.address())}, compose_redirect(message, context)));
  } else if (const auto* reject = std::get_if<sieve::Reject>(&action.what)) {
    if (context.reverse_path.is_null()) return;
    effects.push_back(
        sent_line({mail::to_string(context.reverse_path.address())}, compose_rejection(*reject, message, context)));
  } else if (const auto* vacation = std::get_if<sieve::Vacation>(&action.what)) {
    effects.push_back(sent_line({mail::to_string(vacation->to.address())},
                                compose_vacation(*vacation, message, context.message_id, 0)));
  } else if (const auto* notify = std::get_if<sieve::Notify>(&action.what)) {
    std::vector<std::string> to;
    for (const mail::ForwardPath& one : notify->to) to.push_back(mail::to_string(one.address()));
    effects.push_back(sent_line(std::move(to), compose_notice(*notify, context)));
  }
}

}  // namespace

std::optional<sieve::ScriptLibrary::Found> IncludedLibrary::find(bool is_global, std::string_view name) const {
  for (const IncludedScript& script : included_scripts()) {
    if (!is_global && script.name == name) return Found{std::string(name), std::string(script.source)};
  }
  return std::nullopt;
}

void write_file(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

Effects our_effects(const SieveActionPair& pair) {
  const IncludedLibrary library;
  sieve::CompileOptions options;
  options.library = &library;
  const auto script = sieve::compile(pair.script, "s", options);
  if (!script) return {"refused: " + render(script.error())};
  const auto reverse_path = *mail::parse_reverse_path("<" + pair.reverse_path + ">");
  const auto forward_path = *mail::parse_forward_path("<r@rcpt.example>");
  const sieve::ResponseContext context{reverse_path, forward_path, options.settings, "<id@x.example>", 0};
  const mail::Message message = mail::Message::parse(pair.message);
  Account account;
  Effects effects;
  const sieve::Outcome outcome = sieve::evaluate(
      *script, {.message = message, .reverse_path = reverse_path, .forward_path = forward_path, .mailboxes = &account});
  for (const sieve::Action& action : outcome.actions) carry_out(action, message, context, account, effects);
  if (outcome.error) effects.push_back("failed");
  std::sort(effects.begin(), effects.end());
  return effects;
}

void read_sent(const std::string& printed, Effects& effects) {
  // All messages first, each with this field on top, then the recipients of each.
  constexpr std::string_view mark = "X-Sieve: Pigeonhole Sieve";
  const std::size_t end = printed.find("\nRECIPIENT: ");
  std::vector<mail::Message> messages;
  for (std::size_t at = printed.find(mark); at != std::string::npos && at < end;) {
    const std::size_t next = std::min(printed.find("\n" + std::string(mark), at), end);
    messages.push_back(mail::Message::parse(printed.substr(at, next == std::string::npos ? next : next + 1 - at)));
    at = next == std::string::npos || next == end ? std::string::npos : next + 1;
  }
  std::vector<std::vector<std::string>> recipients(1);
  std::istringstream in(end == std::string::npos ? std::string() : printed.substr(end));
  for (std::string line; std::getline(in, line);) {
    constexpr std::string_view recipient = "RECIPIENT: ";
    if (line.starts_with(recipient)) recipients.back().push_back(line.substr(recipient.size()));
    if (line == "END MESSAGE") recipients.emplace_back();
  }
  recipients.pop_back();
  if (messages.size() != recipients.size()) effects.push_back("sent cannot be read: " + printed);
  for (std::size_t index = 0; index < std::min(messages.size(), recipients.size()); ++index) {
    effects.push_back(sent_line(recipients[index], messages[index]));
  }
}

void read_maildir(const fs::path& maildir, Effects& effects) {
  for (const auto& entry : fs::recursive_directory_iterator(maildir)) {
    const std::string kind = entry.path().parent_path().filename().string();
    if (!entry.is_regular_file() || (kind != "cur" && kind != "new")) continue;
    const fs::path folder = entry.path().parent_path().parent_path();
    std::map<char, std::string> keywords = {
        {'S', "\\seen"}, {'F', "\\flagged"}, {'R', "\\answered"}, {'T', "\\deleted"}, {'D', "\\draft"}};
    std::istringstream in(file_bytes(folder / "dovecot-keywords"));
    std::string name;
    for (unsigned number = 0; in >> number >> name;) keywords[static_cast<char>('a' + number)] = name;
    const std::string file = entry.path().filename().string();
    const std::size_t info = file.find(":2,");
    std::vector<std::string> flags;
    for (const char c : info == std::string::npos ? std::string() : file.substr(info + 3)) flags.push_back(keywords[c]);
    const std::string mailbox = folder == maildir ? "INBOX" : folder.filename().string().substr(1);
    effects.push_back(store_line(mailbox, std::move(flags), mail::Message::parse(file_bytes(entry.path()))));
  }
}

}  // namespace watershed::oracle
