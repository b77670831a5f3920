// smtpd(8): one client's session. Policy comes from the pure AccessPolicy, with DNS answers where a restriction asks
// for them; the content goes through cleanup's checks and the milter stage into the queue.
#pragma once

#include "components/router/engine/engine.hpp"
#include "components/router/engine/intake.hpp"
#include "components/router/engine/message_actions.hpp"
#include "components/router/route/access.hpp"
#include "talk/content_filter.hpp"
#include "talk/smtp_server.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace watershed::router {

class SmtpdConversation final : public talk::SmtpConversation {
 public:
  SmtpdConversation(Engine& engine, const ServiceSettings& service, bool loopback_only, const talk::Connection& peer);

  stage::Task<talk::Answer> on_connect() override;
  stage::Task<talk::Answer> on_hello(const mail::HelloCommand& hello) override;
  stage::Task<talk::Answer> on_mail(const mail::Envelope& envelope) override;
  stage::Task<talk::Answer> on_rcpt(const mail::Envelope& so_far, const mail::Recipient& recipient) override;
  stage::Task<talk::Answer> on_data(const mail::Envelope& envelope) override;
  stage::Task<std::vector<talk::Answer>> on_content(talk::ReceivedContent received) override;
  void on_reset() override;

 private:
  using Ask = std::function<AccessDecision(const DnsFacts&)>;
  struct RecipientQuestion;

  /// What the accepted commands of this transaction want done to the message. access(5) "OTHER ACTIONS".
  struct Effects : MessageActions {
    std::vector<std::string> prepend;
  };

  /// Everything about one message between its final dot and the reply.
  struct Incoming {
    NewMail mail;
    mail::Message message;
    talk::FilterVerdict verdict;
    bool was_filtered = false;
    std::string queue_id_text;
    stage::ConnectionId connection = 0;
    std::uint32_t transaction = 0;
  };

  bool is_over() const { return !engine_.running || engine_.generation != generation_; }
  talk::Answer hang_up() const;
  stage::Task<void> find_client_name();
  template <class Asking>
  stage::Task<talk::Answer> decide(const Asking& ask, talk::Answer when_accepted);
  stage::Task<talk::Answer> decide_with_dns(Ask ask, AccessDecision decision, talk::Answer when_accepted);
  stage::Task<talk::Answer> decide_recipient(RecipientQuestion question);
  stage::Task<const DnsAnswer*> ask_dns(const DnsQuestion& question);
  stage::Task<const DnsAnswer*> ask_resolver(DnsQuestion question);
  talk::Answer conclude(const AccessDecision& decision, talk::Answer when_accepted);
  std::string memo_key(const RecipientQuestion& question) const;
  talk::Answer refuse(const AccessDecision& decision) const;
  talk::Answer soften(talk::Answer answer) const;
  void take_effects(const AccessDecision& decision);
  stage::Task<talk::Answer> check_end_of_data(const mail::Envelope& envelope);
  stage::Task<talk::Answer> receive(Incoming& incoming, std::string content);
  /// postconf(5) local_header_rewrite_clients = permit_inet_interfaces.
  bool is_from_this_host() const;
  std::optional<talk::Answer> prepare_header(Incoming& incoming);
  std::optional<talk::Answer> check_content(Incoming& incoming);
  std::optional<talk::Answer> expand(Incoming& incoming);
  /// What a client is told while the filter is lost; nothing where its mail is taken all the same.
  std::optional<talk::Answer> refusal_without_filter() const;
  stage::Task<std::optional<talk::Answer>> filter(Incoming& incoming);
  std::optional<talk::Answer> apply_verdict(Incoming& incoming);
  void take_custody(Incoming& incoming);
  void record_filtered(const Incoming& incoming, stage::Custody custody) const;

  Engine& engine_;
  std::shared_ptr<const RouteDecider> decider_;  // the configuration of this session, whatever comes later
  std::shared_ptr<const EngineSettings> settings_;
  const ServiceSettings& service_;
  bool loopback_only_;
  std::uint32_t generation_;
  SessionFacts session_;
  DnsFacts dns_;  // of the transaction: the next one asks again, what the resolver still knows costs nothing
  Effects effects_;
  bool data_checked_ = false;
  bool has_served_ = false;      // a transaction began before
  bool filter_is_lost_ = false;  // for the rest of the session: nobody asks again
};

}  // namespace watershed::router
