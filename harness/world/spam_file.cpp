// See spam_file.hpp.
#include "harness/world/spam_file.hpp"

#include "harness/world/shown.hpp"
#include "harness/yaml/read.hpp"

#include <fmt/format.h>

namespace watershed::harness {

using yaml::Node;

namespace {

yaml::Shape when_shape() {
  const yaml::Shape header =
      yaml::map({
                    yaml::required("name", yaml::text(), "Field name.", "Subject"),
                    yaml::optional("contains", yaml::text(), "Part of its value.", "\"[BULK]\""),
                    yaml::optional("matches", yaml::text(), "POSIX extended regular expression.", "^buy"),
                })
          .at_most_one_of({"contains", "matches"});
  const yaml::Shape body = yaml::map({yaml::required("contains", yaml::text(), "Part of the body.", "lottery")});
  return yaml::map({
                       yaml::optional("gtube", yaml::boolean(), "The GTUBE test text.", "true"),
                       yaml::optional("header", header, "A header field."),
                       yaml::optional("body", body, "The body."),
                       yaml::optional("from", yaml::text(), "Pattern of the reverse-path.", "\"*@bulk.example\""),
                       yaml::optional("to", yaml::text(), "Pattern of a forward-path.", "\"*@ctbto.int\""),
                       yaml::optional("client", yaml::text(), "Network of the client.", "198.51.100.66/32"),
                       yaml::optional("larger_than", yaml::size(), "Whole message.", "10MB"),
                   })
      .at_least_one_of({"gtube", "header", "body", "from", "to", "client", "larger_than"});
}

talk::FilterAction action_of(const std::string& word) {
  for (const auto action : {talk::FilterAction::accept, talk::FilterAction::tag, talk::FilterAction::quarantine,
                            talk::FilterAction::reject, talk::FilterAction::tempfail}) {
    if (word == talk::to_string(action)) return action;
  }
  return talk::FilterAction::discard;
}

spam::Match match_of(const Node& when) {
  spam::Match match;
  const auto text = [](const Node& map, const char* key) {
    const Node* node = map.find(key);
    return node == nullptr ? std::string() : yaml::as_text(*node);
  };
  if (const Node* gtube = when.find("gtube")) match.gtube = yaml::as_boolean(*gtube);
  if (const Node* header = when.find("header")) {
    match.header = text(*header, "name");
    match.header_contains = text(*header, "contains");
    match.header_regex = text(*header, "matches");
  }
  if (const Node* body = when.find("body")) match.body_contains = text(*body, "contains");
  match.reverse_path = text(when, "from");
  match.recipient = text(when, "to");
  match.client = text(when, "client");
  if (const Node* size = when.find("larger_than")) match.size_over_octets = yaml::as_size(*size);
  return match;
}

}  // namespace

yaml::Shape spam_file_shape() {
  const yaml::Shape rule = yaml::map({
      yaml::required("name", yaml::text(), "Name of the rule, shown in reports.", "bulk"),
      yaml::required("when", when_shape(), "What it matches; all conditions must hold."),
      yaml::required("action", yaml::enumeration({"accept", "tag", "quarantine", "reject", "tempfail", "discard"}),
                     "What happens to the message.", "tag"),
      yaml::optional("reply", yaml::text(), "Reply for reject and tempfail.", "554 5.7.1 Spam"),
      yaml::optional("add", yaml::list_of(yaml::text()), "Header fields to add.", "[\"X-Spam-Flag: YES\"]"),
  });
  return yaml::map({
      yaml::required("version", yaml::integer(1, 1), "Version of this format.", "1"),
      yaml::required("rules", yaml::list_of(rule), "The first that matches decides; GTUBE is rejected before any."),
  });
}

Parsed<std::vector<spam::Rule>> read_spam_file(const std::filesystem::path& file, const std::string& shown) {
  static const yaml::Shape shape = spam_file_shape();
  const auto root = load_shown(file, shown, shape);
  if (!root) return root.error();
  std::vector<spam::Rule> rules;
  Diagnostics diagnostics;
  for (const Node& item : (*root)["rules"].items) {
    spam::Rule rule;
    rule.name = yaml::as_text(item["name"]);
    rule.match = match_of(item["when"]);
    rule.action = action_of(yaml::as_text(item["action"]));
    rule.decided_by = to_file_line(item.position());
    if (const Node* reply = item.find("reply")) {
      const auto parsed = mail::parse_reply(yaml::as_text(*reply));
      if (!parsed) {
        diagnostics.push_back(reply->error(parsed.error().message + "; expected a reply such as '554 5.7.1 Spam'"));
        continue;
      }
      rule.reply = *parsed;
    }
    if (const Node* add = item.find("add")) rule.add_fields = yaml::as_texts(*add);
    if (const auto fault = spam::rule_fault(rule)) {
      diagnostics.push_back(item.error(*fault));
      continue;
    }
    rules.push_back(std::move(rule));
  }
  if (!diagnostics.empty()) return diagnostics;
  return rules;
}

}  // namespace watershed::harness
