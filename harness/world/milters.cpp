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

}  // namespace

std::vector<postfix::NotUnderstood> milters_without_a_part(const postfix::PostfixConfig& config, bool has_filter) {
  std::vector<postfix::NotUnderstood> unmet;
  std::set<std::string> known;
  const auto ask = [&](const postfix::Parameters& parameters, const char* parameter) {
    for (const std::string& milter : parameters.list(parameter)) {
      const bool is_first = known.empty() && has_filter;
      if (!known.insert(milter).second || is_first) continue;
      unmet.push_back({parameters.where(parameter),
                       fmt::format("milter {}: {}, so what it would do is not known", milter,
                                   has_filter ? "the world gives this host one filter, and it stands for another milter"
                                              : "the world gives this host no filter (spam_filter or milter)")});
    }
  };
  for (const postfix::Service* service : config.master().smtpd_services()) {
    const postfix::Parameters parameters = config.parameters_of(service);
    if (!asks_none(parameters)) ask(parameters, "smtpd_milters");
  }
  ask(config.parameters(), "non_smtpd_milters");
  return unmet;
}

}  // namespace watershed::harness
