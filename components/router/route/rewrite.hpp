// What cleanup(8) does to an envelope on its way into the queue: address rewriting, canonical maps, masquerading,
// automatic Bcc, virtual aliases. ADDRESS_REWRITING_README, canonical(5), virtual(5). Pure; each step names what
// decided it.
#pragma once

#include "components/router/postfix/config.hpp"
#include "mail/envelope.hpp"
#include "mail/reply.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace watershed::router {

using postfix::DecidedBy;
using postfix::NotUnderstood;
using postfix::PostfixConfig;

/// One rewriting: `from` became `to` because of `decided_by`.
struct RewriteStep {
  std::string from;
  std::string to;
  DecidedBy decided_by;
};

struct FinalRecipient {
  enum class Origin { recipient, always_bcc, sender_bcc, recipient_bcc };
  mail::Recipient recipient;  ///< after all rewriting; DSN parameters as they are in the queue file
  mail::Address original;     ///< the forward-path that it came from (X-Original-To)
  Origin origin = Origin::recipient;
  std::vector<RewriteStep> trail;
};

struct Expansion {
  mail::ReversePath reverse_path;  ///< after rewriting
  std::vector<RewriteStep> reverse_path_trail;
  std::vector<FinalRecipient> recipients;  ///< without duplicates, in Postfix's order
  /// When set, cleanup refuses the whole message with this reply after end of data (451 4.3.0, 550 5.4.6 …).
  std::optional<mail::Reply> refusal;
  std::vector<NotUnderstood> not_understood;
};

/// Which of cleanup's services smtpd asked for (receive_override_options).
struct CleanupRequest {
  bool address_mappings = true;  ///< canonical, masquerade, bcc, virtual alias
  bool automatic_bcc = true;     ///< off for mail that the system makes itself (notices)
};

/// Holds the opened maps of one configuration. Immutable, safe to share.
class Cleanup {
 public:
  Cleanup(std::shared_ptr<const PostfixConfig> config, const postfix::Parameters& parameters);
  ~Cleanup();
  Cleanup(Cleanup&&) noexcept;
  Cleanup& operator=(Cleanup&&) noexcept;

  Expansion expand(const mail::ReversePath& reverse_path, const std::vector<mail::Recipient>& recipients,
                   const CleanupRequest& request = {}) const;

  struct Rules;

 private:
  std::unique_ptr<const Rules> rules_;
};

}  // namespace watershed::router
