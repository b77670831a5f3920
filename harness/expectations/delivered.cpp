// delivered: the message is in a mailbox, in a folder, as often as stated, in time.
#include "harness/expectations/support.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace watershed::harness {

namespace {

double seconds(stage::Duration duration) { return std::chrono::duration<double>(duration).count(); }

struct Delivered final : Expectation {
  std::string to;
  std::string folder;
  std::optional<stage::Duration> within;
  std::optional<std::int64_t> times;
  std::optional<std::int64_t> count;

  bool fits(const Delivery& delivery) const {
    if (delivery.is_notice) return false;
    if (!to.empty() && !equal_ignoring_case(to, delivery.mailbox)) return false;
    return folder.empty() || folder == delivery.folder;
  }

  std::string place() const {
    const std::string mailbox = to.empty() ? "some mailbox" : to;
    return folder.empty() ? mailbox : fmt::format("{} of {}", folder, mailbox);
  }

  void check_one(const Evidence& evidence, const RootMessage& root, Findings& findings) const {
    std::int64_t arrived = 0;
    for (const Delivery& delivery : root.deliveries) {
      if (!fits(delivery)) continue;
      ++arrived;
      if (within) check_time(evidence, root, delivery, findings);
    }
    const bool wrong = times ? arrived != *times : arrived == 0;
    if (!wrong) return;
    const std::string wanted = times ? fmt::format("{} time(s)", *times) : std::string("once or more");
    findings.push_back(
        finding_of(*this, evidence, root,
                   fmt::format("message '{}' expected in {} {}, found there {} time(s): {}{}", root.label, place(),
                               wanted, arrived, fate_of(evidence, root),
                               arrived > 0 ? "" : closest_deliveries(evidence, root.label, to, folder))));
  }

  void check_time(const Evidence& evidence, const RootMessage& root, const Delivery& delivery,
                  Findings& findings) const {
    const Took span = took(evidence, root, delivery);
    const InTime timely = in_time(span, *within);
    if (timely == InTime::yes) return;
    Finding found = finding_of(*this, evidence, root,
                               fmt::format("message '{}' took {:.3f} s to {}; expected at most {:.3f} s", root.label,
                                           seconds(span.least), place(), seconds(*within)));
    if (timely == InTime::open) {
      found.sentence +=
          fmt::format(", and it was put off: this lane shortens waiting {:g} times", evidence.time_factor);
      found = left_open(std::move(found));
    }
    findings.push_back(std::move(found));
  }

  // Of a load, how many arrive.
  void check_count(const Evidence& evidence, const std::vector<const RootMessage*>& roots, Findings& findings) const {
    std::int64_t arrived = 0;
    std::int64_t open = 0;
    const RootMessage* missing = nullptr;
    for (const RootMessage* root : roots) {
      InTime best = InTime::no;
      for (const Delivery& delivery : root->deliveries) {
        if (!fits(delivery) || best == InTime::yes) continue;
        const InTime timely = within ? in_time(took(evidence, *root, delivery), *within) : InTime::yes;
        if (timely != InTime::no) best = timely;
      }
      arrived += best == InTime::yes ? 1 : 0;
      open += best == InTime::open ? 1 : 0;
      if (best == InTime::no && missing == nullptr) missing = root;
    }
    if (arrived == *count && open == 0) return;
    Finding found =
        finding_of(*this, evidence, missing != nullptr ? *missing : *roots.front(),
                   fmt::format("{} of the {} messages '{}' arrived in {}{}; expected {}{}", arrived, roots.size(),
                               subject, place(), within ? " in time" : "", *count,
                               missing == nullptr ? "" : ". The first that did not: " + fate_of(evidence, *missing)));
    if (open > 0) {
      found.sentence +=
          fmt::format(". Of {} more that is open: they were put off, and this lane shortens waiting {:g} times", open,
                      evidence.time_factor);
      if (arrived <= *count && *count <= arrived + open) found = left_open(std::move(found));
    }
    findings.push_back(std::move(found));
  }

  void check(const Evidence& evidence, Findings& findings) const override {
    const std::vector<const RootMessage*> roots = subjects(*this, evidence, findings);
    if (roots.empty()) return;
    if (count) {
      check_count(evidence, roots, findings);
      return;
    }
    for (const RootMessage* root : roots) check_one(evidence, *root, findings);
  }
};

}  // namespace

yaml::Shape delivered_shape() {
  return yaml::map({
      yaml::optional("to", yaml::address(), "The mailbox.", "autodrm@ctbto.int"),
      yaml::optional("folder", yaml::text(), "The folder in it.", "Requests"),
      yaml::optional("within", yaml::duration(), "Longest time from sending to storing.", "5s"),
      yaml::optional("times", yaml::integer(0, 1'000'000), "How often, exactly; default: at least once.", "1"),
      yaml::optional("count", yaml::integer(0, 100'000'000), "How many of a send_many's messages arrive.", "500"),
  });
}

std::shared_ptr<Expectation> bind_delivered(const yaml::Node& node) {
  auto bound = std::make_shared<Delivered>();
  bound->to = optional_text(node, "to");
  bound->folder = optional_text(node, "folder");
  if (const yaml::Node* within = node.find("within")) bound->within = yaml::as_duration(*within);
  if (const yaml::Node* times = node.find("times")) bound->times = yaml::as_integer(*times);
  if (const yaml::Node* count = node.find("count")) bound->count = yaml::as_integer(*count);
  return bound;
}

}  // namespace watershed::harness
