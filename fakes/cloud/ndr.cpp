// See ndr.hpp.
#include "fakes/cloud/ndr.hpp"

#include "fakes/cloud/composition.hpp"
#include "fakes/cloud/profile.hpp"

#include <fmt/format.h>

namespace watershed::cloud {

mail::Message compose_notice(const NoticeRequest& request) {
  const Profile& profile = *request.tenant.profile;
  mail::DeliveryReport report;
  report.reporting_mta = request.hostname;
  report.envelope_id = request.envelope.envelope_id;
  report.arrival_unix_seconds = request.arrival_unix_seconds;
  report.recipients = {request.recipient};
  mail::NoticeOptions options;
  options.from = fmt::format(fmt::runtime(profile.notice_from), fmt::arg("domain", request.tenant.default_domain));
  options.to = display(request.envelope.reverse_path);
  options.message_id = request.identity.message_id;
  options.boundary = "_notice_" + request.identity.message_id;
  options.unix_seconds = request.identity.unix_seconds;
  options.full_message = request.envelope.dsn_return == mail::DsnReturn::full;
  mail::Message notice = compose_dsn(report, options, request.original);
  const bool is_delay = request.recipient.action == mail::DsnAction::delayed;
  const bool is_failure = request.recipient.action == mail::DsnAction::failed;
  if (is_delay || is_failure) {
    const std::string_view form = is_delay ? profile.delayed_subject : profile.failed_subject;
    notice.remove("Subject", 0);
    notice.append(fmt::format("Subject: {}\r\n", subject_line(form, request.original)));
  }
  return notice;
}

mail::EnhancedStatus status_of(const mail::Reply& reply) {
  return reply.status.value_or(mail::EnhancedStatus{reply.code / 100, 0, 0});
}

}  // namespace watershed::cloud
