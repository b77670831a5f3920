// The router's whole decision in one place: what smtpd, cleanup, trivial-rewrite and local decide, without talking to
// anybody. The engine owns one RouteDecider for a host and asks it; nothing here knows of sockets, queues or time.
#pragma once

#include "components/router/route/access.hpp"
#include "components/router/route/header_checks.hpp"
#include "components/router/route/header_rewriting.hpp"
#include "components/router/route/local.hpp"
#include "components/router/route/resolve.hpp"
#include "components/router/route/rewrite.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::router {

/// What cleanup(8) does to mail that came in through one program, by what that program asks of it: master.cf overrides
/// and receive_override_options respected.
struct Entrance {
  Cleanup cleanup;
  CleanupRequest request;
  ContentChecks checks;        ///< header_checks and friends
  std::string content_filter;  ///< empty for none
  HeaderRewriting header_rewriting;
  /// Of pickup(8): one line where non_smtpd_milters would be asked about its mail. Nothing here asks them.
  std::vector<NotUnderstood> milters;

  Expansion expand(const mail::ReversePath& reverse_path, const std::vector<mail::Recipient>& recipients) const {
    return cleanup.expand(reverse_path, recipients, request);
  }
};

class RouteDecider {
 public:
  explicit RouteDecider(PostfixConfig config);
  ~RouteDecider();
  RouteDecider(RouteDecider&&) noexcept;
  RouteDecider& operator=(RouteDecider&&) noexcept;

  const PostfixConfig& config() const;

  /// The smtpd policy of a master.cf service ("smtp", "submission", …); an unknown name answers with the first one.
  const AccessPolicy& access(std::string_view service) const;

  /// cleanup for mail that came in through that smtpd service, its overrides and receive_override_options respected.
  Expansion expand(const mail::ReversePath& reverse_path, const std::vector<mail::Recipient>& recipients,
                   std::string_view service) const;
  /// The way in of mail that a program on this host gives to sendmail(1). pickup(8).
  const Entrance& pickup() const;
  /// cleanup for mail that this host makes itself, local forwards and notices: mapped, but without automatic Bcc.
  Expansion expand_internal(const mail::ReversePath& reverse_path,
                            const std::vector<mail::Recipient>& recipients) const;

  /// Where the queue manager sends a recipient. `filter` is the message's FILTER action or content_filter, empty for
  /// none.
  Resolution resolve(const mail::ReversePath& reverse_path, const mail::Address& recipient,
                     std::string_view filter = {}) const;

  /// A REDIRECT action's address as the queue manager routes it: completed, but not mapped.
  mail::Address complete(const mail::Address& address) const;

  /// content_filter as it applies to mail from that smtpd service; empty for none.
  std::string content_filter(std::string_view service) const;

  LocalDelivery deliver_local(std::string_view transport, const mail::ReversePath& reverse_path,
                              const mail::Address& recipient, std::span<const std::string> delivered_to = {}) const;

  /// Everything in the folder that is not modelled, restrictions included: what makes a verdict inconclusive.
  const std::vector<NotUnderstood>& not_understood() const;

  /// header_checks and friends for mail from that smtpd service.
  const ContentChecks& content_checks(std::string_view service) const;

  /// What cleanup rewrites in header sections of mail from that smtpd service's local clients.
  const HeaderRewriting& header_rewriting(std::string_view service) const;
  /// The same for mail that this host makes itself.
  const HeaderRewriting& header_rewriting_internal() const;

 private:
  struct Parts;
  std::unique_ptr<const Parts> parts_;
};

}  // namespace watershed::router
