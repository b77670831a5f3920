// See mailboxes_file.hpp.
#include "harness/world/mailboxes_file.hpp"

#include "base/text.hpp"
#include "components/filter/sieve/folder_library.hpp"
#include "harness/world/shown.hpp"
#include "harness/yaml/read.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>

namespace watershed::harness {

using yaml::Node;

namespace {

yaml::Shape entries_shape() {
  return yaml::map_of(yaml::text_matching("/([Pp][Rr][Ii][Vv][Aa][Tt][Ee]|[Ss][Hh][Aa][Rr][Ee][Dd])(/[^/*%]+)+",
                                          "an entry below /private or /shared", "/private/comment"),
                      yaml::text());
}

}  // namespace

yaml::Shape mailboxes_file_shape() {
  const yaml::Shape mailbox = yaml::map({
      yaml::optional("folders", yaml::list_of(yaml::text()), "Folders beside INBOX.", "[Requests, Spam]"),
      yaml::optional("sieve", yaml::text_matching("[A-Za-z0-9_.-]+", "a file name", "autodrm.sieve"),
                     "Script in the host's filter folder; default: default.sieve, if there is one.", "autodrm.sieve"),
      yaml::optional("special_use",
                     yaml::map_of(yaml::text(), yaml::one_or_many(yaml::text_matching(
                                                    R"(\\[A-Za-z0-9$_.-]+)",
                                                    "an attribute that begins with a backslash", R"("\\Junk")"))),
                     "What folders are for (RFC 6154), for Sieve scripts to ask (RFC 8579).", R"({ Spam: "\\Junk" })"),
      yaml::optional("annotations", yaml::map_of(yaml::text(), entries_shape()),
                     "Annotations of folders (RFC 5464), for Sieve scripts to ask (RFC 5490).",
                     "{ INBOX: { /private/comment: of the duty account } }"),
  });
  return yaml::map({
      yaml::required("version", yaml::integer(1, 1), "Version of this format.", "1"),
      yaml::required("mailboxes", yaml::map_of(yaml::address(), mailbox).sized(1), "Mailboxes by address."),
      yaml::optional("server_annotations", entries_shape(),
                     "Annotations of the server (RFC 5464), for Sieve scripts to ask (RFC 5490).",
                     "{ /shared/admin: postmaster@ctbto.int }"),
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
    // ManageSieve's personal scripts (RFC 5804) are those beside the one that includes; a world has no folder of
    // global ones.
    const sieve::FolderLibrary library({{folder_.path, folder_.shown}}, {});
    sieve::CompileOptions options;
    options.library = &library;
    auto compiled = sieve::compile(*text, shown, options);
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

store::Entries entries_of(const Node& node) {
  store::Entries entries;
  for (const auto& [name, value] : node.entries) entries[to_lower(yaml::as_text(name))] = yaml::as_text(value);
  return entries;
}

/// The folder's name, or an error of who names one that the mailbox has not.
std::string folder_of(const Node& named, const store::MailboxSettings& settings, Diagnostics& diagnostics) {
  const std::string& name = yaml::as_text(named);
  if (equal_ignoring_case(name, "INBOX")) return "INBOX";
  if (!store::ConfiguredFolders(settings).exists(name)) {
    diagnostics.push_back(named.error(
        fmt::format("the mailbox has no folder '{}'; expected one of `folders:` or INBOX", printable(name))));
  }
  return name;
}

void read_features(const Node& value, store::MailboxSettings& settings, Diagnostics& diagnostics) {
  if (const Node* uses = value.find("special_use")) {
    for (const auto& [folder, attributes] : uses->entries) {
      const std::string name = folder_of(folder, settings, diagnostics);
      for (const std::string& attribute : yaml::as_texts(attributes)) {
        // RFC 8579 §4 leaves open which of several is taken; two lanes may choose differently.
        const auto [known, is_new] = settings.folder_by_special_use.emplace(to_lower(attribute), name);
        if (is_new) continue;
        diagnostics.push_back(
            folder.error(fmt::format("'{}' is the use of two folders, {} and {}; expected one", printable(attribute),
                                     printable(known->second), printable(name))));
      }
    }
  }
  if (const Node* annotations = value.find("annotations")) {
    for (const auto& [folder, entries] : annotations->entries) {
      settings.annotations[folder_of(folder, settings, diagnostics)] = entries_of(entries);
    }
  }
}

}  // namespace

Parsed<std::vector<store::MailboxSettings>> read_mailboxes_file(const std::filesystem::path& file,
                                                                const std::string& shown, const ScriptFolder& scripts) {
  static const yaml::Shape shape = mailboxes_file_shape();
  const auto root = load_shown(file, shown, shape);
  if (!root) return root.error();
  std::vector<store::MailboxSettings> mailboxes;
  Diagnostics diagnostics;
  // What only scripts can ask for would otherwise be passed over in silence.
  const auto refuse_without_scripts = [&](const Node& map) {
    if (!scripts.path.empty()) return;
    for (const char* key : {"special_use", "annotations", "server_annotations"}) {
      if (const Node* given = map.find(key)) {
        diagnostics.push_back(given->error(
            fmt::format("only Sieve scripts ask for `{}`, and the host has no `filter:` folder of them", key)));
      }
    }
  };
  refuse_without_scripts(*root);
  ScriptCache cache(scripts);
  for (const auto& [key, value] : (*root)["mailboxes"].entries) {
    store::MailboxSettings settings;
    settings.address = yaml::as_address(key);
    settings.at = key.position();
    if (const Node* folders = value.find("folders")) settings.folders = yaml::as_texts(*folders);
    refuse_without_scripts(value);
    read_features(value, settings, diagnostics);
    if (const Node* entries = root->find("server_annotations")) settings.server_annotations = entries_of(*entries);
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
