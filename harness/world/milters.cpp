#include "harness/world/milters.hpp"

#include <fmt/format.h>

#include <set>
#include <string>

namespace watershed::harness {

namespace {

bool asks_none(const postfix::Parameters& parameters) {
  // postconf(5) receive_override_options = no_milters.
  for (const std::string& option : parameters.list("receive_override_options")) {
    if (option == "no_milters") return true;
  }
  return false;
}

// Calls `visit` with the place that names a milter and with its name; what smtpd asks comes first.
template <class Visit>
void for_each_milter(const postfix::PostfixConfig& config, Visit visit) {
  const auto ask = [&](const postfix::Parameters& parameters, const char* parameter) {
    for (const std::string& milter : parameters.list(parameter)) visit(parameters.where(parameter), milter);
  };
  for (const postfix::Service* service : config.master().smtpd_services()) {
    const postfix::Parameters parameters = config.parameters_of(service);
    if (!asks_none(parameters)) ask(parameters, "smtpd_milters");
  }
  ask(config.parameters(), "non_smtpd_milters");
}

}  // namespace

std::vector<postfix::NotUnderstood> milters_without_a_part(const postfix::PostfixConfig& config, bool has_filter) {
  std::vector<postfix::NotUnderstood> unmet;
  std::set<std::string> known;
  for_each_milter(config, [&](const SourcePosition& at, const std::string& milter) {
    const bool is_first = known.empty() && has_filter;
    if (!known.insert(milter).second || is_first) return;
    unmet.push_back(
        {at, fmt::format("milter {}: {}, so what it would do is not known", milter,
                         has_filter ? "the world gives this host one filter, and it stands for another milter"
                                    : "the world gives this host no filter (spam_filter or milter)")});
  });
  return unmet;
}

std::vector<postfix::NotUnderstood> milters_beside_main_cf(const postfix::PostfixConfig& config) {
  const std::vector<std::string> named = config.parameters().list("smtpd_milters");
  std::set<std::string> known(named.begin(), named.end());
  std::vector<postfix::NotUnderstood> beside;
  for_each_milter(config, [&](const SourcePosition& at, const std::string& milter) {
    if (!known.insert(milter).second) return;
    beside.push_back(
        {at, fmt::format("no real filter stands behind milter {}: main.cf's smtpd_milters does not name it", milter)});
  });
  return beside;
}

}  // namespace watershed::harness
