// A pipe service of master.cf: which command it runs, as whom, and what it adds to the message. pipe(8).
#pragma once

#include "base/result.hpp"
#include "components/router/postfix/master_cf.hpp"
#include "mail/address.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace watershed::postfix {

struct PipeService {
  std::string flags;
  std::string user;  ///< without its group
  std::string null_sender = "MAILER-DAEMON";
  std::vector<std::string> command;  ///< argv=, macros as written

  bool has_flag(char flag) const { return flags.find(flag) != std::string::npos; }
  /// `procmail` of `/usr/bin/procmail`.
  std::string_view program() const;
};

/// The error says which attribute is missing, not known, or without effect in this model.
Result<PipeService, Error> pipe_service_of(const Service& service);

/// Whether it runs that program: `procmail` for `argv=/usr/bin/procmail …`.
bool runs(const Service& service, std::string_view program);
/// Whether it runs procmail, the one command whose deeds are modelled.
bool runs_procmail(const Service& service);

/// What the macros of a command line stand for.
struct PipeMacros {
  std::string sender;  ///< the reverse-path, or what null_sender puts in its place
  mail::Address recipient;
  mail::Address original_recipient;
  std::string next_hop;
  std::string queue_id;
  std::string delimiters;  ///< recipient_delimiter
  std::string size;
};

/// The command line of one delivery. The error names a macro that is not known.
Result<std::vector<std::string>, Error> expand_command(const PipeService& service, const PipeMacros& macros);

}  // namespace watershed::postfix
