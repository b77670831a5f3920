// rejected, bounced, deferred: what a server said, where, and who was told.
#include "harness/expectations/support.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

namespace {

// What the three ask of a reply.
struct ReplyAsked {
  std::string to;
  std::int64_t code = 0;
  std::string status;
  std::string says;

  static ReplyAsked read(const yaml::Node& node) {
    ReplyAsked asked;
    asked.to = optional_text(node, "to");
    if (const yaml::Node* code = node.find("code")) asked.code = yaml::as_integer(*code);
    asked.status = optional_text(node, "status");
    asked.says = optional_text(node, "says");
    return asked;
  }

  bool fits(std::int64_t got_code, std::string_view text) const {
    if (code != 0 && code != got_code) return false;
    // The enhanced status is a word of its own: 5.1.1 is not 5.1.10.
    const std::vector<std::string_view> words = split(text, " -");
    if (!status.empty() && std::find(words.begin(), words.end(), status) == words.end()) return false;
    return says.empty() || text.find(says) != std::string_view::npos;
  }

  /// What came nearest to it.
  std::string closest(const Evidence& evidence, const RootMessage& root, stage::FactKind kind,
                      std::string_view host) const {
    const std::string described = describe();
    return closest_replies(evidence, {root.label, kind, host, to, described,
                                      [this](int got_code, std::string_view text) { return fits(got_code, text); }});
  }

  std::string describe() const {
    std::string text;
    if (code != 0) text += fmt::format(" {}", code);
    if (!status.empty()) text += fmt::format(" {}", status);
    if (!says.empty()) text += fmt::format(" saying '{}'", says);
    return text;
  }
};

std::vector<yaml::Key> reply_keys() {
  return {
      yaml::optional("to", yaml::address(), "The recipient.", "nobody@ctbto.int"),
      yaml::optional("code", yaml::integer(400, 599), "SMTP reply code.", "550"),
      yaml::optional("status", yaml::text_matching("[245]\\.[0-9]{1,3}\\.[0-9]{1,3}", "an enhanced status", "5.1.1"),
                     "Enhanced status code (RFC 3463).", "5.1.1"),
      yaml::optional("says", yaml::text(), "Part of the reply's text.", "User unknown"),
  };
}

struct Rejected final : Expectation {
  ReplyAsked asked;
  std::string by;

  void check(const Evidence& evidence, Findings& findings) const override {
    for (const RootMessage* root : subjects(*this, evidence, findings)) {
      if (found_for(evidence, *root)) continue;
      findings.push_back(finding_of(
          *this, evidence, *root,
          fmt::format("message '{}' expected to be rejected{}{}: {}{}", root->label,
                      by.empty() ? "" : fmt::format(" by {}", by), asked.describe(), fate_of(evidence, *root),
                      asked.closest(evidence, *root, stage::FactKind::rejected, by))));
    }
  }

  bool found_for(const Evidence& evidence, const RootMessage& root) const {
    for (const stage::Fact& fact : evidence.journal.facts()) {
      if (fact.kind != stage::FactKind::rejected) continue;
      const stage::Custody sent = evidence.lineage.custody_of_transaction(fact.connection, fact.transaction);
      const CustodyRecord* record = evidence.lineage.custody(sent);
      if (record == nullptr || &evidence.lineage.roots().at(record->root) != &root) continue;
      const std::string& host = evidence.journal.host_name(fact.host);
      const bool right_host = by.empty() || equal_ignoring_case(by, host);
      const bool right_recipient =
          asked.to.empty() || fact.recipient.empty() || equal_ignoring_case(asked.to, fact.recipient);
      if (right_host && right_recipient && asked.fits(fact.code, fact.text)) return true;
    }
    return false;
  }
};

struct Bounced final : Expectation {
  ReplyAsked asked;
  std::string notice_to;
  bool delayed = false;

  void check(const Evidence& evidence, Findings& findings) const override {
    for (const RootMessage* root : subjects(*this, evidence, findings)) {
      const char* wanted_notice = delayed ? "delay-notice" : "dsn";
      bool failed = delayed;
      for_each_duty(evidence, *root, [&](const CustodyRecord&, const Duty& duty) {
        failed =
            failed || (duty.end == End::failed && names_recipient(asked.to, duty) && asked.fits(duty.code, duty.text));
      });
      std::string arrived_at;
      bool arrived = false;
      for (const Delivery& delivery : root->deliveries) {
        if (delivery.kind != wanted_notice) continue;
        arrived_at += " " + delivery.mailbox;
        arrived = arrived || notice_to.empty() || equal_ignoring_case(notice_to, delivery.mailbox);
      }
      if (failed && arrived) continue;
      findings.push_back(
          finding_of(*this, evidence, *root,
                     fmt::format("message '{}' expected to bounce{} with a notice to {}: {}; notices arrived at:{}{}",
                                 root->label, asked.describe(), notice_to.empty() ? "its reverse-path" : notice_to,
                                 fate_of(evidence, *root), arrived_at.empty() ? " none" : arrived_at,
                                 failed ? "" : asked.closest(evidence, *root, stage::FactKind::failed, ""))));
    }
  }
};

struct Deferred final : Expectation {
  ReplyAsked asked;
  std::string at_host;

  void check(const Evidence& evidence, Findings& findings) const override {
    for (const RootMessage* root : subjects(*this, evidence, findings)) {
      bool deferred = false;
      for (const stage::Fact& fact : evidence.journal.facts()) {
        if (fact.kind != stage::FactKind::deferred) continue;
        const CustodyRecord* record = evidence.lineage.custody(fact.custody);
        if (record == nullptr || &evidence.lineage.roots().at(record->root) != root) continue;
        const bool right_host = at_host.empty() || equal_ignoring_case(at_host, evidence.journal.host_name(fact.host));
        const bool right_recipient = asked.to.empty() || equal_ignoring_case(asked.to, fact.recipient);
        deferred = deferred || (right_host && right_recipient && asked.fits(fact.code, fact.text));
      }
      if (deferred) continue;
      findings.push_back(finding_of(
          *this, evidence, *root,
          fmt::format("message '{}' expected to be deferred{}{}: {}{}", root->label,
                      at_host.empty() ? "" : fmt::format(" at {}", at_host), asked.describe(), fate_of(evidence, *root),
                      asked.closest(evidence, *root, stage::FactKind::deferred, at_host))));
    }
  }
};

}  // namespace

yaml::Shape rejected_shape() {
  std::vector<yaml::Key> keys = reply_keys();
  keys.push_back(yaml::optional("by", yaml::text(), "The host that refused.", "mx.ctbto.int"));
  return yaml::map(std::move(keys));
}

std::shared_ptr<Expectation> bind_rejected(const yaml::Node& node) {
  auto bound = std::make_shared<Rejected>();
  bound->asked = ReplyAsked::read(node);
  bound->by = optional_text(node, "by");
  use_name(*bound, NameUse::Kind::host, node, "by");
  return bound;
}

yaml::Shape bounced_shape() {
  std::vector<yaml::Key> keys = reply_keys();
  keys.push_back(
      yaml::optional("notice_to", yaml::address(), "Mailbox in which the notice arrived.", "op@station.example"));
  keys.push_back(yaml::defaulted("delayed", yaml::boolean(), "false", "A delay notice rather than a failure."));
  return yaml::map(std::move(keys));
}

std::shared_ptr<Expectation> bind_bounced(const yaml::Node& node) {
  auto bound = std::make_shared<Bounced>();
  bound->asked = ReplyAsked::read(node);
  bound->notice_to = optional_text(node, "notice_to");
  if (const yaml::Node* delayed = node.find("delayed")) bound->delayed = yaml::as_boolean(*delayed);
  return bound;
}

yaml::Shape deferred_shape() {
  std::vector<yaml::Key> keys = reply_keys();
  keys.push_back(yaml::optional("at", yaml::text(), "The host whose queue it waited in.", "mx.ctbto.int"));
  return yaml::map(std::move(keys));
}

std::shared_ptr<Expectation> bind_deferred(const yaml::Node& node) {
  auto bound = std::make_shared<Deferred>();
  bound->asked = ReplyAsked::read(node);
  bound->at_host = optional_text(node, "at");
  use_name(*bound, NameUse::Kind::host, node, "at");
  return bound;
}

}  // namespace watershed::harness
