// header, body, checksum: what is in the delivered copies.
#include "harness/expectations/support.hpp"

#include "base/text.hpp"
#include "harness/content/ims2.hpp"

#include <fmt/format.h>

#include <regex.h>
#include <algorithm>

namespace watershed::harness {

namespace {

// Copies of the message in the mailbox asked for; none is a finding of its own.
std::vector<const StoredCopy*> copies_for(const Expectation& expectation, const Evidence& evidence,
                                          const RootMessage& root, const std::string& to, Findings& findings) {
  std::vector<const StoredCopy*> copies = evidence.copies_of(root);
  std::erase_if(copies, [&](const StoredCopy* copy) {
    return copy->message == nullptr || (!to.empty() && !equal_ignoring_case(to, copy->mailbox));
  });
  if (copies.empty()) {
    findings.push_back(finding_of(expectation, evidence, root,
                                  fmt::format("message '{}' has no delivered copy{} to look into: {}{}", root.label,
                                              to.empty() ? "" : " in " + to, fate_of(evidence, root),
                                              closest_deliveries(evidence, root.label, to, ""))));
  }
  return copies;
}

bool matches_regex(const std::string& pattern, const std::string& text) {
  regex_t compiled{};
  if (regcomp(&compiled, pattern.c_str(), REG_EXTENDED | REG_NOSUB) != 0) return false;
  const bool matched = regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
  regfree(&compiled);
  return matched;
}

struct Header final : Expectation {
  std::string to;
  std::string name;
  std::optional<std::string> equals;
  std::optional<std::string> contains;
  std::optional<std::string> matches;
  bool absent = false;

  void check(const Evidence& evidence, Findings& findings) const override {
    for (const RootMessage* root : subjects(*this, evidence, findings)) {
      for (const StoredCopy* copy : copies_for(*this, evidence, *root, to, findings)) {
        const bool present = copy->message->field(name).has_value();
        const std::string value = copy->message->value(name);
        std::string wanted;
        if (absent && present) wanted = "to be absent";
        if (!absent && !present) wanted = "to be present";
        if (equals && value != *equals) wanted = fmt::format("to be '{}'", *equals);
        if (contains && value.find(*contains) == std::string::npos) wanted = fmt::format("to contain '{}'", *contains);
        if (matches && !matches_regex(*matches, value)) wanted = fmt::format("to match /{}/", *matches);
        if (wanted.empty()) continue;
        findings.push_back(
            finding_of(*this, evidence, *root,
                       fmt::format("message '{}' in {}: expected {} {}, {}", root->label, copy->mailbox, name, wanted,
                                   present ? fmt::format("it is '{}'", printable(value)) : "it is absent")));
      }
    }
  }
};

struct Body final : Expectation {
  std::string to;
  bool unchanged = false;
  std::string contains;

  void check(const Evidence& evidence, Findings& findings) const override {
    for (const RootMessage* root : subjects(*this, evidence, findings)) {
      const auto offered = evidence.offered.find(root->custody);
      for (const StoredCopy* copy : copies_for(*this, evidence, *root, to, findings)) {
        if (!contains.empty() && copy->message->body().find(contains) == std::string_view::npos) {
          findings.push_back(finding_of(*this, evidence, *root,
                                        fmt::format("the body of message '{}' in {} does not contain '{}'", root->label,
                                                    copy->mailbox, contains)));
        }
        if (!unchanged || offered == evidence.offered.end()) continue;
        const std::string_view sent = offered->second->body();
        const std::string_view got = copy->message->body();
        if (sent == got) continue;
        const auto differs = std::mismatch(sent.begin(), sent.end(), got.begin(), got.end()).first;
        findings.push_back(finding_of(
            *this, evidence, *root,
            fmt::format("the body of message '{}' in {} changed: {} octets sent, {} stored, the first difference is at "
                        "octet {}",
                        root->label, copy->mailbox, sent.size(), got.size(), differs - sent.begin())));
      }
    }
  }
};

struct Checksum final : Expectation {
  std::string to;

  void check(const Evidence& evidence, Findings& findings) const override {
    for (const RootMessage* root : subjects(*this, evidence, findings)) {
      for (const StoredCopy* copy : copies_for(*this, evidence, *root, to, findings)) {
        const auto checks = check_waveforms(copy->message->body());
        std::string wrong;
        if (!checks) wrong = checks.error().message;
        if (checks) {
          for (const WaveformCheck& check : *checks) {
            if (check.holds()) continue;
            wrong = fmt::format("{} {}: CHK2 says {} over {} samples, the data gives {} over {}", check.station,
                                check.channel, check.checksum_stated, check.samples_stated, check.checksum_found,
                                check.samples_found);
          }
        }
        if (wrong.empty()) continue;
        findings.push_back(finding_of(*this, evidence, *root,
                                      fmt::format("the IMS2.0 content of message '{}' in {} does not hold: {}",
                                                  root->label, copy->mailbox, wrong)));
      }
    }
  }
};

}  // namespace

yaml::Shape header_shape() {
  return yaml::map({
                       yaml::required("name", yaml::text(), "Field name.", "Subject"),
                       yaml::optional("to", yaml::address(), "Only the copy in this mailbox.", "anna@ctbto.org"),
                       yaml::optional("equals", yaml::text_or_empty(), "The whole unfolded value.", "Hello"),
                       yaml::optional("contains", yaml::text(), "Part of the value.", "REQUEST"),
                       yaml::optional("matches", yaml::text(), "POSIX extended regular expression.", "^MSG_ID [0-9]+"),
                       yaml::optional("absent", yaml::boolean(), "No such field.", "true"),
                   })
      .at_most_one_of({"equals", "contains", "matches", "absent"});
}

std::shared_ptr<Expectation> bind_header(const yaml::Node& node) {
  auto bound = std::make_shared<Header>();
  bound->name = yaml::as_text(node["name"]);
  bound->to = optional_text(node, "to");
  if (const yaml::Node* equals = node.find("equals")) bound->equals = yaml::as_text(*equals);
  if (const yaml::Node* contains = node.find("contains")) bound->contains = yaml::as_text(*contains);
  if (const yaml::Node* matches = node.find("matches")) bound->matches = yaml::as_text(*matches);
  if (const yaml::Node* absent = node.find("absent")) bound->absent = yaml::as_boolean(*absent);
  return bound;
}

yaml::Shape body_shape() {
  return yaml::either({yaml::enumeration({"unchanged"}),
                       yaml::map({
                           yaml::optional("to", yaml::address(), "Only the copy in this mailbox.", "anna@ctbto.org"),
                           yaml::required("contains", yaml::text(), "Part of the body.", "MSG_TYPE DATA"),
                       })});
}

std::shared_ptr<Expectation> bind_body(const yaml::Node& node) {
  auto bound = std::make_shared<Body>();
  bound->unchanged = node.kind == yaml::NodeKind::scalar;
  if (!bound->unchanged) {
    bound->to = optional_text(node, "to");
    bound->contains = yaml::as_text(node["contains"]);
  }
  return bound;
}

yaml::Shape checksum_shape() {
  return yaml::either(
      {yaml::enumeration({"ims2"}),
       yaml::map({yaml::required("of", yaml::enumeration({"ims2"}), "The format.", "ims2"),
                  yaml::optional("to", yaml::address(), "Only the copy in this mailbox.", "autodrm@ctbto.int")})});
}

std::shared_ptr<Expectation> bind_checksum(const yaml::Node& node) {
  auto bound = std::make_shared<Checksum>();
  if (node.kind == yaml::NodeKind::map) bound->to = optional_text(node, "to");
  return bound;
}

}  // namespace watershed::harness
