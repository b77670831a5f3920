// See delivery.hpp.
#include "fakes/cloud/delivery.hpp"

#include "base/text.hpp"
#include "fakes/cloud/auto_reply.hpp"
#include "fakes/cloud/expansion.hpp"
#include "fakes/cloud/profile.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::cloud {

namespace {

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  return to_lower(text).find(to_lower(part)) != std::string::npos;
}

bool any_field_contains(const mail::Message& message, std::string_view name, std::string_view part) {
  mail::FieldCursor fields(message.header_section());
  mail::HeaderField field;
  while (fields.next(field)) {
    if (equal_ignoring_case(field.name, name) && contains_ignoring_case(mail::unfold(field.value), part)) return true;
  }
  return false;
}

bool applies(const InboxRule& rule, const mail::Message& message) {
  if (!rule.header_name.empty() && !any_field_contains(message, rule.header_name, rule.header_contains)) return false;
  return rule.from_contains.empty() || any_field_contains(message, "From", rule.from_contains);
}

class Planner {
 public:
  explicit Planner(const DeliveryRequest& request) : request_(request), mailbox_(request.mailbox) {
    end_.folder = "Inbox";
    end_.decided_by = to_file_line(mailbox_.at);
  }

  std::vector<Action> run() {
    if (request_.is_duplicate) {
      discard("duplicate: the mailbox has a message with this Message-ID and Date",
              to_file_line(request_.tenant.duplicate_window_at));
      return {end_};
    }
    const bool is_junk = request_.verdict == talk::FilterAction::tag;
    if (is_junk) {
      end_.folder = request_.tenant.profile->junk_folder;
      end_.decided_by = request_.verdict_by;
    } else {
      run_rules();
      forward_by_rule();
    }
    forward_by_mailbox();
    if (!is_junk) answer();
    std::vector<Action> plan{end_};
    plan.insert(plan.end(), std::make_move_iterator(others_.begin()), std::make_move_iterator(others_.end()));
    return plan;
  }

 private:
  void run_rules() {
    for (const InboxRule& rule : mailbox_.rules) {
      if (!applies(rule, request_.message)) continue;
      const std::string line = to_file_line(rule.at);
      bool all_sent = true;
      for (const mail::Address& to : rule.forward_to) {
        all_sent = send_on(Action::Kind::rule_forward, to, !rule.discard, line) && all_sent;
      }
      for (const mail::Address& to : rule.redirect_to) {
        all_sent = send_on(Action::Kind::rule_redirect, to, !rule.discard, line) && all_sent;
      }
      if (!rule.move_to.empty()) {
        end_.folder = rule.move_to;
        end_.decided_by = line;
      }
      // What a loop guard kept from being sent on is not thrown away.
      if (rule.discard && all_sent) discard(fmt::format("deleted by the inbox rule {}", rule.name), line);
      if (rule.stop || rule.discard) break;
    }
  }

  void forward_by_rule() {
    const std::optional<Forward>& forward = mailbox_.forward;
    if (!forward || forward->kind != Forward::Kind::inbox_rule || end_.kind == Action::Kind::discard) return;
    const std::string line = to_file_line(forward->at);
    const bool sent = send_on(Action::Kind::rule_redirect, forward->to, forward->keep_copy, line);
    if (sent && !forward->keep_copy) discard("redirected without a copy", line);
  }

  // A forward that keeps no copy was carried out before (expansion): the mailbox never saw the message.
  void forward_by_mailbox() {
    const std::optional<Forward>& forward = mailbox_.forward;
    if (!forward || forward->kind != Forward::Kind::mailbox || !forward->keep_copy) return;
    add_forward(Action::Kind::forward, forward->to, true, to_file_line(forward->at));
  }

  void answer() {
    const std::optional<OutOfOffice>& out_of_office = mailbox_.out_of_office;
    if (!out_of_office || !out_of_office->is_active || end_.kind == Action::Kind::discard) return;
    // Groups do not report who is out of office (Exchange: SendOofMessageToOriginatorEnabled is off).
    if (request_.via_group || request_.was_answered) return;
    const std::string& text = request_.is_internal ? out_of_office->internal_text : out_of_office->external_text;
    if (text.empty() || !may_answer(request_.message, request_.reverse_path)) return;
    Action reply;
    reply.kind = Action::Kind::auto_reply;
    reply.text = text;
    reply.to = request_.reverse_path.address();
    reply.decided_by = to_file_line(out_of_office->at);
    others_.push_back(std::move(reply));
  }

  // False when the mark against loops stops it.
  bool send_on(Action::Kind kind, const mail::Address& to, bool keeps_copy, const std::string& line) {
    const bool went_round = any_field_contains(request_.message, rules_loop_field, to_string(mailbox_.address));
    if (went_round || request_.message.count(rules_loop_field) >= rule_forwards_max) return false;
    add_forward(kind, to, keeps_copy, line);
    return true;
  }

  void add_forward(Action::Kind kind, const mail::Address& to, bool keeps_copy, const std::string& line) {
    Action forward;
    forward.kind = kind;
    forward.to = to;
    forward.decided_by = line;
    if (!may_forward_to(request_.tenant, request_.directory, to)) {
      forward.refusal = fill(request_.tenant.profile->external_forward);
      forward.notice_goes_to_owner = keeps_copy;
      const SourcePosition& policy = request_.tenant.external_forwarding.at;
      if (!policy.file.empty()) forward.decided_by = to_file_line(policy);
    }
    others_.push_back(std::move(forward));
  }

  void discard(std::string text, const std::string& line) {
    end_.kind = Action::Kind::discard;
    end_.folder.clear();
    end_.text = std::move(text);
    end_.decided_by = line;
  }

  const DeliveryRequest& request_;
  const Mailbox& mailbox_;
  Action end_;
  std::vector<Action> others_;
};

}  // namespace

std::vector<Action> plan_delivery(const DeliveryRequest& request) { return Planner(request).run(); }

}  // namespace watershed::cloud
