// The milters that a router's configuration calls, against the filter that the world gives it.
#pragma once

#include "components/router/postfix/config.hpp"

#include <vector>

namespace watershed::harness {

/// The milters named in smtpd_milters (main.cf or -o) and non_smtpd_milters that nothing in the world stands for. A
/// world gives a host one filter at most (`spam_filter` or `milter`); it stands for the first that smtpd asks. Each of
/// the others may refuse, change or take a message, so no verdict can rest on it. postconf(5). That a milter of
/// non_smtpd_milters is one of these says nothing of mail that programs submit: the router notes it when there is any.
std::vector<postfix::NotUnderstood> milters_without_a_part(const postfix::PostfixConfig& config, bool has_filter);

/// Those of the same that main.cf's own smtpd_milters does not name: at the sockets that it names, and at no others,
/// the live lane has a real filter.
std::vector<postfix::NotUnderstood> milters_beside_main_cf(const postfix::PostfixConfig& config);

}  // namespace watershed::harness
