// What a recipe that is taken does: folders, forwards, programs, blocks. procmailrc(5), "Recipe action line".
#include "components/filter/procmail/machine.hpp"

#include "base/text.hpp"
#include "components/filter/procmail/scanner.hpp"
#include "components/filter/procmail/sendmail_arguments.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::procmail {

bool Machine::act(const Recipe& recipe) {
  switch (recipe.action.kind) {
    case Action::Kind::folder:
      return into_folder(recipe);
    case Action::Kind::forward:
      return forward(recipe);
    case Action::Kind::program:
      return program(recipe);
    case Action::Kind::block:
      break;
  }
  if (recipe.flags.copy) {
    clone_into(recipe);
    return true;
  }
  levels_.push_back(inner_level(recipe));
  return true;
}

/// A block begins with what its recipe found: the A flag of its first recipe means that one.
Machine::Level Machine::inner_level(const Recipe& recipe) const {
  Level inner = levels_.back();
  inner.statements = recipe.action.block.get();
  inner.next = 0;
  inner.is_file = false;
  return inner;
}

void Machine::clone_into(const Recipe& recipe) {
  if (++run_.clones > run_.input.limits.clones_max) {
    fail(position(recipe.at), fmt::format("more than {} clones for one message", run_.input.limits.clones_max));
    return;
  }
  Machine clone = *this;
  clone.levels_.push_back(inner_level(recipe));
  clone.succeeded_ = true;
  const int exit_code = run_.outcome.exit_code;
  const Outcome::End end = run_.outcome.end;
  clone.finish();
  // What the mailer sees is the parent's end.
  run_.outcome.exit_code = exit_code;
  run_.outcome.end = end;
}

MailText Machine::fed(const Recipe& recipe) const {
  const Flags& flags = recipe.flags;
  if (flags.header == flags.body) return *mail_;
  return MailText(std::string(flags.header ? mail_->header() : mail_->body()));
}

void Machine::record(Delivery delivery, const Recipe* recipe) {
  if (run_.outcome.deliveries.size() >= run_.input.limits.deliveries_max) {
    fail(delivery.at, fmt::format("more than {} deliveries for one message", run_.input.limits.deliveries_max));
    return;
  }
  if (recipe != nullptr) {
    delivery.at = position(recipe->at);
    delivery.is_raw = recipe->flags.raw;
    delivery.header = recipe->flags.header || !recipe->flags.body;
    delivery.body = recipe->flags.body || !recipe->flags.header;
    delivery.is_copy = recipe->flags.copy;
    if (!recipe->flags.copy) {
      delivered_ = true;
      ended_at_ = delivery.at;
    }
  }
  if (!delivery.text) delivery.text = mail_;
  run_.outcome.deliveries.push_back(std::move(delivery));
}

namespace {

/// The folder's own name: `folder/` and `folder/.` say only of what kind it is.
std::string_view without_kind(std::string_view folder) {
  if (folder.ends_with("/.")) return folder.substr(0, folder.size() - 2);
  return folder.ends_with('/') ? folder.substr(0, folder.size() - 1) : folder;
}

}  // namespace

bool Machine::folder_takes(const std::string& path, Delivery& delivery) {
  if (path.empty()) return false;
  const std::string maildir = environment_.value_of("MAILDIR");
  const bool is_relative = !path.starts_with('/') && maildir != "." && !maildir.empty();
  delivery.folder = is_relative ? maildir + "/" + path : path;
  if (delivery.folder == "/dev/null") {
    delivery.kind = Delivery::Kind::discard;
    return true;
  }
  const std::string bare(without_kind(delivery.folder));
  if (delivery.folder.ends_with("/.")) {
    delivery.kind = Delivery::Kind::mh;
  } else if (delivery.folder.ends_with('/')) {
    delivery.kind = Delivery::Kind::maildir;
  }
  const FolderView* view = run_.input.folders;
  if (view == nullptr) return true;
  const auto is_made = [&](const std::string& name) {
    const auto& made = run_.folders_made;
    return std::find(made.begin(), made.end(), name) != made.end();
  };
  const PathKind kind = is_made(bare) ? PathKind::directory : view->kind(bare);
  if (delivery.kind == Delivery::Kind::mbox && kind == PathKind::directory) delivery.kind = Delivery::Kind::directory;
  if (delivery.kind != Delivery::Kind::mbox && kind == PathKind::file) return false;
  const std::size_t slash = bare.rfind('/');
  const std::string parent = slash == std::string::npos ? "." : bare.substr(0, slash);
  const bool has_parent = parent.empty() || is_made(parent) || view->kind(parent) == PathKind::directory;
  if (!has_parent) return false;
  if (delivery.kind != Delivery::Kind::mbox) run_.folders_made.push_back(bare);
  return true;
}

// procmailrc(5), LASTFOLDER. The names that procmail makes from clock and process are taken to be `1`, as is the number
// of the first message in an MH folder.
std::string Machine::file_in(const std::string& path, const Delivery& delivery) const {
  const std::string bare(without_kind(path));
  switch (delivery.kind) {
    case Delivery::Kind::maildir:
      return bare + "/new/1";
    case Delivery::Kind::mh: {
      const auto& before = run_.outcome.deliveries;
      const auto count = std::count_if(before.begin(), before.end(),
                                       [&](const Delivery& one) { return one.folder == delivery.folder; });
      return fmt::format("{}/{}", bare, count + 1);
    }
    case Delivery::Kind::directory:
      return bare + "/" + environment_.value_of("MSGPREFIX") + "1";
    default:
      return path;
  }
}

// procmailrc(5), "Recipe action line": only directories may be several; each is one more name for the same file.
// Seen in procmail 3.22: behind a first directory everything is one, made if need be, or is skipped; behind anything
// else, everything is skipped.
bool Machine::into_folder(const Recipe& recipe) {
  const SourcePosition at = position(recipe.action.at);
  std::vector<Delivery> deliveries;
  std::string files;
  for (const Word& word : recipe.action.words) {
    const bool is_first = deliveries.empty();
    Delivery delivery;
    if (!is_first) delivery.kind = Delivery::Kind::directory;
    const std::string path = expanded(word, at);
    if (failed() || overflows(path.size())) return false;
    const bool is_wanted =
        is_first || (deliveries.front().is_folder() && deliveries.front().kind != Delivery::Kind::mbox);
    if (!is_wanted || !folder_takes(path, delivery)) {
      const std::string bare(without_kind(path));
      run_.outcome.log.push_back(
          fmt::format("procmail: {} \"{}\"\n", is_first ? "Error while writing to" : "Skipped", bare));
      if (!is_first) continue;
      environment_.set("LASTFOLDER", bare);
      return false;
    }
    files += (is_first ? "" : " ") + file_in(path, delivery);
    deliveries.push_back(std::move(delivery));
  }
  for (Delivery& delivery : deliveries) record(std::move(delivery), &recipe);
  environment_.set("LASTFOLDER", files);
  return true;
}

bool Machine::forward(const Recipe& recipe) {
  Delivery delivery;
  delivery.kind = Delivery::Kind::forward;
  delivery.arguments = expanded_arguments(recipe.action.words, position(recipe.action.at));
  if (failed()) return false;
  // Seen in procmail 3.22: SENDMAILFLAGS are split at blanks, whatever quotes they had.
  const std::string options = environment_.value_of("SENDMAILFLAGS");
  for (const std::string_view option : split(options, " \t\n")) delivery.options.emplace_back(option);
  delivery.command = environment_.value_of("SENDMAIL");
  for (const std::string& option : delivery.options) delivery.command += " " + option;
  for (const std::string& argument : delivery.arguments) delivery.command += " " + argument;
  environment_.set("LASTFOLDER", delivery.command);
  record(std::move(delivery), &recipe);
  if (failed()) return false;
  const std::string program = environment_.value_of("SENDMAIL");
  const SendmailArguments read = sendmail_arguments_of(run_.outcome.deliveries.back());
  if (!is_sendmail(program)) {
    assume(position(recipe.at), fmt::format("SENDMAIL is `{}`, which is taken for sendmail", printable(program)));
  } else if (!read.not_understood.empty()) {
    assume(position(recipe.at), printable(read.not_understood));
  } else if (read.recipients.empty()) {
    assume(position(recipe.at), "sendmail finds no recipient, and is taken to have succeeded");
  }
  return true;
}

std::optional<ProgramResult> Machine::run_program(const std::string& command, const MailText& input,
                                                  SourcePosition at) {
  std::optional<ProgramResult> result;
  if (run_.input.programs != nullptr) result = run_.input.programs->run(command, input, environment_);
  if (!result) {
    assume(at, fmt::format("`{}` is taken to succeed without output", printable(trim(command))));
    return std::nullopt;
  }
  if (!result->assumption.empty()) assume(at, result->assumption);
  for (Delivery& sent : result->sent) {
    sent.at = at;
    if (run_.outcome.deliveries.size() < run_.input.limits.deliveries_max) run_.outcome.deliveries.push_back(sent);
  }
  return result;
}

// procmailrc(5), SHELLMETAS: what has none of them is split into words here, not by a shell.
std::string Machine::shown_command(const std::string& command, SourcePosition at) {
  const std::string metas = environment_.value_of("SHELLMETAS");
  if (command.find_first_of(metas) != std::string::npos) return command;
  std::vector<Word> words;
  Scanner scanner(command);
  while (true) {
    scanner.skip_blanks_and_lines();
    if (scanner.at_end()) break;
    words.push_back(scanner.word());
  }
  return fmt::format("{}", fmt::join(expanded_arguments(words, std::move(at)), " "));
}

bool Machine::program(const Recipe& recipe) {
  const SourcePosition at = position(recipe.at);
  const Flags& flags = recipe.flags;
  const std::size_t sent_before = run_.outcome.deliveries.size();
  const std::optional<ProgramResult> known = run_program(recipe.action.command, fed(recipe), at);
  if (failed()) return false;
  const ProgramResult result = known.value_or(ProgramResult{});
  const bool waits = flags.wait || flags.wait_quietly;
  if (!recipe.action.captured_in.empty()) {
    std::string output = result.output;
    if (output.ends_with('\n')) output.pop_back();
    environment_.set(recipe.action.captured_in, std::move(output));
    return true;
  }
  // Set by a failure too. Seen in procmail 3.22.
  if (!flags.filter) environment_.set("LASTFOLDER", shown_command(recipe.action.command, at));
  if (waits && result.exit_code != 0) return false;
  if (flags.filter) {
    // A filter that is not known is taken to leave the message as it is.
    if (known) filtered(flags, result.output);
    return true;
  }
  if (run_.outcome.deliveries.size() == sent_before) {
    Delivery delivery;
    // A program that is known and sent nothing keeps nothing: the message ends there.
    delivery.kind = known ? Delivery::Kind::discard : Delivery::Kind::program;
    delivery.command = recipe.action.command;
    record(std::move(delivery), &recipe);
    return true;
  }
  // What the program sent is the delivery; the message itself goes no further.
  for (std::size_t i = sent_before; i < run_.outcome.deliveries.size(); ++i) {
    run_.outcome.deliveries[i].is_copy = flags.copy;
  }
  if (!flags.copy) {
    delivered_ = true;
    ended_at_ = at;
  }
  return true;
}

void Machine::filtered(const Flags& flags, const std::string& output) {
  std::string text = flags.header == flags.body ? output
                     : flags.header             ? output + std::string(mail_->body())
                                                : std::string(mail_->header()) + output;
  mail_ = std::make_shared<const MailText>(std::move(text));
}

}  // namespace watershed::procmail
