// The spam filter of a host as real rspamd, asked by milter at the sockets that the host's Postfix configuration names.
#pragma once

#include "fakes/spam/rule.hpp"
#include "harness/lanes/live/live_host.hpp"

#include <span>
#include <string>
#include <vector>

namespace watershed::harness {

class RspamdHost {
 public:
  /// `milters`: what smtpd_milters and non_smtpd_milters say, `unix:/run/rspamd/milter.sock`.
  RspamdHost(LiveHost& host, std::vector<std::string> milters);

  /// The error names the rule that cannot be expressed, or the milter that is not on this host.
  Result<void, Error> prepare(std::span<const spam::Rule> rules);
  Daemon& master() { return master_; }

 private:
  Result<std::vector<std::string>, Error> sockets() const;

  LiveHost& host_;
  std::vector<std::string> milters_;
  Daemon master_;
};

}  // namespace watershed::harness
