// What a recipe that is taken does: folders, forwards, programs, blocks. procmailrc(5), "Recipe action line".
#include "components/filter/procmail/machine.hpp"

#include "base/text.hpp"

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
  environment_.set("LASTFOLDER", !delivery.folder.empty() ? delivery.folder : delivery.command);
  run_.outcome.deliveries.push_back(std::move(delivery));
}

bool Machine::folder_takes(const std::string& path, Delivery& delivery) {
  if (path.empty()) return false;
  const std::string maildir = environment_.value_of("MAILDIR");
  const bool is_relative = !path.starts_with('/') && maildir != "." && !maildir.empty();
  delivery.folder = is_relative ? maildir + "/" + path : path;
  if (delivery.folder == "/dev/null") {
    delivery.kind = Delivery::Kind::discard;
    return true;
  }
  std::string bare = delivery.folder;
  delivery.kind = Delivery::Kind::mbox;
  if (bare.ends_with("/.")) {
    delivery.kind = Delivery::Kind::mh;
    bare.resize(bare.size() - 2);
  } else if (bare.ends_with("/")) {
    delivery.kind = Delivery::Kind::maildir;
    bare.pop_back();
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

bool Machine::into_folder(const Recipe& recipe) {
  const SourcePosition at = position(recipe.action.at);
  // Only directories may be several; each is one more name for the same file.
  std::vector<Delivery> deliveries;
  for (const Word& word : recipe.action.words) {
    Delivery delivery;
    const std::string path = expanded(word, at);
    if (failed() || overflows(path.size()) || !folder_takes(path, delivery)) {
      run_.outcome.log.push_back(fmt::format("procmail: Error while writing to \"{}\"\n", path));
      return false;
    }
    deliveries.push_back(std::move(delivery));
  }
  for (Delivery& delivery : deliveries) record(std::move(delivery), &recipe);
  return true;
}

bool Machine::forward(const Recipe& recipe) {
  Delivery delivery;
  delivery.kind = Delivery::Kind::forward;
  delivery.arguments = expanded_arguments(recipe.action.words, position(recipe.action.at));
  if (failed()) return false;
  delivery.command = environment_.value_of("SENDMAIL") + " " + environment_.value_of("SENDMAILFLAGS");
  for (const std::string& argument : delivery.arguments) delivery.command += " " + argument;
  // Seen in procmail 3.22: SENDMAILFLAGS are split at blanks, whatever quotes they had.
  const std::string options = environment_.value_of("SENDMAILFLAGS");
  for (const std::string_view option : split(options, " \t\n")) delivery.options.emplace_back(option);
  record(std::move(delivery), &recipe);
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
  if (waits && result.exit_code != 0) return false;
  if (flags.filter) {
    // A filter that is not known is taken to leave the message as it is.
    if (known) filtered(flags, result.output);
    return true;
  }
  environment_.set("LASTFOLDER", recipe.action.command);
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
