// One client's SMTP session at the provider: asks the pure admission rules and the content filter, takes custody.
#pragma once

#include "fakes/cloud/profile.hpp"
#include "fakes/cloud/provider.hpp"
#include "talk/content_filter.hpp"
#include "talk/smtp_server.hpp"

#include <optional>
#include <string>
#include <vector>

namespace watershed::cloud {

class InboundConversation final : public talk::SmtpConversation {
 public:
  InboundConversation(Provider& provider, const talk::Connection& connection);

  stage::Task<talk::Answer> on_connect() override;
  stage::Task<talk::Answer> on_hello(const mail::HelloCommand& hello) override;
  stage::Task<talk::Answer> on_mail(const mail::Envelope& envelope) override;
  stage::Task<talk::Answer> on_rcpt(const mail::Envelope& so_far, const mail::Recipient& recipient) override;
  stage::Task<talk::Answer> on_data(const mail::Envelope& envelope) override;
  stage::Task<std::vector<talk::Answer>> on_content(talk::ReceivedContent received) override;

 private:
  talk::Answer refuse(const ReplyForm& form, const SourcePosition& at) const;
  talk::Answer fail_by_outage(const ReplyForm& form, const mail::Recipient* recipient) const;
  /// Custody 0: the message was not taken.
  void note_filtered(stage::Custody custody, const talk::ReceivedContent& received,
                     const talk::FilterVerdict& verdict) const;
  void accept(InHand item, const talk::ReceivedContent& received, const std::optional<talk::FilterVerdict>& verdict);

  Provider& provider_;
  stage::ConnectionId connection_;
  IpAddress client_;
  std::string client_text_;
  std::string helo_;
  bool extended_ = false;  // said EHLO
};

}  // namespace watershed::cloud
