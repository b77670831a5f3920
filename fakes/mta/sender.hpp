// The sending half of a fake MTA: an originator with a small honest queue. RFC 5321 §4.5.4 (retries), §5.1 (MX).
//
// It is the originator, so it knows at first hand when a message cannot be delivered: a `failed` fact ends the custody
// and no DSN is made.
#pragma once

#include "fakes/mta/session_pool.hpp"
#include "mail/envelope.hpp"
#include "mail/message.hpp"
#include "stage/stage.hpp"
#include "talk/dns_resolver.hpp"
#include "talk/smtp_client.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace watershed::mta {

/// Transient failures are retried after 5, 10, 20, 40 and then every 60 minutes for 5 days, as Postfix and RFC 5321
/// §4.5.4.1 suggest.
struct RetrySchedule {
  stage::Duration first = std::chrono::minutes(5);
  stage::Duration longest = std::chrono::hours(1);
  stage::Duration lifetime = std::chrono::hours(24 * 5);
};

struct SenderOptions {
  stage::HostId host = 0;
  std::vector<IpAddress> locals = {};   ///< the host's addresses; the first of the peer's family is used
  talk::SmtpClientOptions client = {};  ///< helo, LMTP, pipelining and timeouts
  /// Where everything goes instead of by MX: an address literal's text or a host name. Empty: by MX.
  std::string smart_host = {};
  std::uint16_t port = 25;
  talk::ResolverSettings resolver = {};  ///< `local` is filled in
  RetrySchedule retry = {};
  SessionPoolOptions pool = {};
};

/// How the offer of one recipient ended.
struct RecipientResult {
  mail::Recipient recipient;
  bool is_accepted = false;  ///< else it failed for good
  std::optional<mail::Reply> reply = {};
  std::string text = {};  ///< the reply on one line, or why there is none
};

struct SubmissionResult {
  stage::Custody custody = 0;
  std::vector<RecipientResult> recipients;  ///< in the order of the envelope
};

class Sender {
 public:
  Sender(stage::Stage& stage, SenderOptions options);
  ~Sender();

  /// Records `offered` for each recipient (detail = label, text = traffic class) when the task first runs, then
  /// delivers, with retries, until every recipient was taken or has failed: `attempted` and `relayed` come from the
  /// SMTP client, `deferred` (detail = when the next attempt is, in whole seconds of stage time, `1200s`) and `failed`
  /// from here.
  stage::Task<SubmissionResult> submit(mail::Envelope envelope, mail::Message message, std::string label,
                                       std::string traffic_class);

  /// Recipients offered that have not ended yet.
  std::size_t queued() const { return queued_; }
  /// Deliveries that have failed for now and wait for their next attempt.
  std::size_t deferred() const { return deferred_; }
  /// Deliveries that are being tried now.
  std::size_t under_way() const { return open_.size() - deferred_; }
  /// Writes a `queued` fact for each of them: what is left when a run ends.
  void note_queued() const;
  talk::Resolver& resolver() { return resolver_; }
  /// Ends idle sessions now.
  stage::Task<void> close_idle() { return pool_.close_idle(); }

 private:
  struct Delivery;  // one message to the recipients of one domain
  struct Candidate;
  stage::Task<void> deliver(Delivery& delivery);
  stage::Task<void> attempt(Delivery& delivery);
  stage::Task<void> attempt_at(Delivery& delivery, Candidate candidate, bool is_last);
  stage::Task<std::vector<Candidate>> find_candidates(Delivery& delivery);
  stage::Task<void> deliver_one_of(Delivery& delivery, std::size_t& left, stage::Signal& ended);
  void settle(Delivery& delivery, std::vector<talk::RecipientOutcome> outcomes);
  void finish(Delivery& delivery, std::size_t index, bool is_accepted);
  void note(stage::FactKind kind, const Delivery& delivery, std::size_t index, std::string detail) const;

  stage::Stage& stage_;
  SenderOptions options_;
  stage::Random random_;
  talk::Resolver resolver_;
  SessionPool pool_;
  std::size_t queued_ = 0;
  std::size_t deferred_ = 0;
  std::vector<const Delivery*> open_;  // being delivered or waiting for their next attempt
};

}  // namespace watershed::mta
