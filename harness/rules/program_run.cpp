// See program_run.hpp.
#include "harness/rules/program_run.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "mail/address_list.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace watershed::harness {

namespace fs = std::filesystem;

namespace {

constexpr unsigned program_seconds_max = 10;

constexpr unsigned nobody = 65534;

void give_to_nobody(const fs::path& folder) {
  const auto give = [](const fs::path& path) { return chown(path.c_str(), nobody, nobody) == 0; };
  bool is_done = give(folder);
  for (const auto& entry : fs::recursive_directory_iterator(folder)) is_done = give(entry.path()) && is_done;
  static_cast<void>(is_done);  // the program itself says what it cannot read
}

bool become_nobody(const fs::path& home) {
  return chdir(home.c_str()) == 0 && setenv("HOME", home.c_str(), 1) == 0 && setgid(nobody) == 0 && setuid(nobody) == 0;
}

}  // namespace

Scratch::Scratch() {
  std::string name = (fs::temp_directory_path() / "watershed-rules-XXXXXX").string();
  if (mkdtemp(name.data()) != nullptr) path = name;
}

Scratch::~Scratch() {
  std::error_code ignored;
  if (!path.empty()) fs::remove_all(path, ignored);
}

void Scratch::write(const char* name, const std::string& text) const {
  std::ofstream(path / name, std::ios::binary) << text;
}

std::string Scratch::read(const char* name) const { return file_bytes(path / name); }

void Scratch::write_sendmail() const {
  write("sm", fmt::format("#!/bin/sh\ncat >/dev/null\nprintf '%s\\n' \"$*\" >>{}/sent\n", path.string()));
  fs::permissions(path / "sm", fs::perms::owner_all);
}

int run_program(const Scratch& scratch, const std::vector<std::string>& command, RunOptions options) {
  std::vector<char*> arguments;
  std::vector<std::string> copies = command;
  for (std::string& one : copies) arguments.push_back(one.data());
  arguments.push_back(nullptr);
  const std::string in = (scratch.path / "mail").string();
  const std::string out = (scratch.path / "out").string();
  const bool drops_root = options.not_as_root && geteuid() == 0;
  if (drops_root) give_to_nobody(scratch.path);
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  const pid_t child = fork();
  if (child == 0) {
    const bool ok = std::freopen(in.c_str(), "r", stdin) != nullptr &&
                    std::freopen(out.c_str(), "w", stdout) != nullptr &&
                    std::freopen((scratch.path / "err").c_str(), "w", stderr) != nullptr &&
                    (!options.in_maildir || chdir((scratch.path / "m").c_str()) == 0);
    alarm(program_seconds_max);
    const bool is_ready = ok && (!drops_root || become_nobody(scratch.path));
    if (is_ready) execvp(arguments.front(), arguments.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  // procmail's clones of blocks with the c flag live on, as children of ours.
  while (waitpid(-1, nullptr, 0) > 0) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

void add_deliveries(const Scratch& scratch, std::vector<rules::Effect>& effects) {
  const fs::path maildir = scratch.path / "m";
  for (const auto& entry : fs::recursive_directory_iterator(maildir)) {
    if (!entry.is_regular_file()) continue;
    std::string folder = fs::relative(entry.path(), maildir).string();
    const std::size_t in_new = folder.find("/new/");
    if (in_new != std::string::npos) folder.resize(in_new);
    effects.push_back({.target = rules::folder_name(folder, "", ""), .detail = {}, .at = {}});
  }
  std::istringstream sent(scratch.read("sent"));
  for (std::string line; std::getline(sent, line);) {
    for (const std::string_view word : split(line, " ")) {
      if (word.starts_with('-')) continue;
      for (const std::string& one : mail::parse_address_list(word)) {
        effects.push_back({.kind = rules::Effect::Kind::forward, .target = to_lower(one), .detail = {}, .at = {}});
      }
    }
  }
}

}  // namespace watershed::harness
