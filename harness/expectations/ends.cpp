// discarded, held, queued: the message's way ended at a host, on purpose or not yet.
#include "harness/expectations/support.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace watershed::harness {

namespace {

struct Ended final : Expectation {
  End wanted = End::discarded;
  std::string at_host;
  std::string to;

  void check(const Evidence& evidence, Findings& findings) const override {
    for (const RootMessage* root : subjects(*this, evidence, findings)) {
      bool ended = false;
      for_each_duty(evidence, *root, [&](const CustodyRecord& record, const Duty& duty) {
        const bool right_host =
            at_host.empty() || equal_ignoring_case(at_host, evidence.journal.host_name(record.host));
        ended = ended || (duty.end == wanted && right_host && names_recipient(to, duty));
      });
      if (ended) continue;
      findings.push_back(
          finding_of(*this, evidence, *root,
                     fmt::format("message '{}' expected to be {}{}: {}", root->label, harness::to_string(wanted),
                                 at_host.empty() ? "" : fmt::format(" at {}", at_host), fate_of(evidence, *root))));
    }
  }
};

std::shared_ptr<Expectation> bind_ended(const yaml::Node& node, End wanted) {
  auto bound = std::make_shared<Ended>();
  bound->wanted = wanted;
  bound->at_host = optional_text(node, "at");
  bound->to = optional_text(node, "to");
  use_name(*bound, NameUse::Kind::host, node, "at");
  return bound;
}

}  // namespace

yaml::Shape ended_shape() {
  return yaml::map({
      yaml::optional("at", yaml::text(), "The host.", "mx.ctbto.int"),
      yaml::optional("to", yaml::address(), "The recipient.", "autodrm@ctbto.int"),
  });
}

std::shared_ptr<Expectation> bind_discarded(const yaml::Node& node) { return bind_ended(node, End::discarded); }
std::shared_ptr<Expectation> bind_held(const yaml::Node& node) { return bind_ended(node, End::held); }
std::shared_ptr<Expectation> bind_queued(const yaml::Node& node) { return bind_ended(node, End::queued); }

}  // namespace watershed::harness
