// See mailboxes_file.hpp.
#include "harness/world/mailboxes_file.hpp"

#include "harness/world/shown.hpp"
#include "harness/yaml/read.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>

namespace watershed::harness {

using yaml::Node;

yaml::Shape mailboxes_file_shape() {
  const yaml::Shape mailbox = yaml::map({
      yaml::optional("folders", yaml::list_of(yaml::text()), "Folders beside INBOX.", "[Requests, Spam]"),
      yaml::optional("sieve", yaml::text_matching("[A-Za-z0-9_.-]+", "a file name", "autodrm.sieve"),
                     "Script in the host's filter folder; default: default.sieve, if there is one.", "autodrm.sieve"),
  });
  return yaml::map({
      yaml::required("version", yaml::integer(1, 1), "Version of this format.", "1"),
      yaml::required("mailboxes", yaml::map_of(yaml::address(), mailbox).sized(1), "Mailboxes by address."),
  });
}

namespace {

class ScriptCache {
 public:
  explicit ScriptCache(const ScriptFolder& folder) : folder_(folder) {}

  // Nothing: no such file, or it does not compile (then there are diagnostics).
  std::optional<sieve::Script> get(const std::string& name, const Node* asked_for, Diagnostics& diagnostics) {
    const auto known = scripts_.find(name);
    if (known != scripts_.end()) return known->second;
    std::optional<sieve::Script>& script = scripts_[name];
    const std::string shown = folder_.shown + "/" + name;
    const auto text = read_text(folder_.path / name, shown,
                                asked_for != nullptr ? asked_for->position() : SourcePosition{shown, 0, 0});
    if (!text) {
      if (asked_for != nullptr) diagnostics.push_back(asked_for->error(text.error().front().message));
      return script;
    }
    auto compiled = sieve::compile(*text, shown);
    if (compiled) {
      script = *compiled;
    } else {
      for (const Diagnostic& diagnostic : compiled.error()) diagnostics.push_back(diagnostic);
    }
    return script;
  }

 private:
  const ScriptFolder& folder_;
  std::map<std::string, std::optional<sieve::Script>> scripts_;
};

}  // namespace

Parsed<std::vector<store::MailboxSettings>> read_mailboxes_file(const std::filesystem::path& file,
                                                                const std::string& shown, const ScriptFolder& scripts) {
  static const yaml::Shape shape = mailboxes_file_shape();
  const auto root = load_shown(file, shown, shape);
  if (!root) return root.error();
  std::vector<store::MailboxSettings> mailboxes;
  Diagnostics diagnostics;
  ScriptCache cache(scripts);
  for (const auto& [key, value] : (*root)["mailboxes"].entries) {
    store::MailboxSettings settings;
    settings.address = yaml::as_address(key);
    settings.at = key.position();
    if (const Node* folders = value.find("folders")) settings.folders = yaml::as_texts(*folders);
    const Node* named = value.find("sieve");
    if (named != nullptr && scripts.path.empty()) {
      diagnostics.push_back(named->error("the host has no `filter:` folder to take a script from"));
    } else if (named != nullptr) {
      settings.script = cache.get(yaml::as_text(*named), named, diagnostics);
    } else if (!scripts.path.empty() && std::filesystem::exists(scripts.path / "default.sieve")) {
      settings.script = cache.get("default.sieve", nullptr, diagnostics);
    }
    mailboxes.push_back(std::move(settings));
  }
  if (!diagnostics.empty()) return diagnostics;
  return mailboxes;
}

}  // namespace watershed::harness
