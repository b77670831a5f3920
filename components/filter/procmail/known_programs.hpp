// Programs that procmailrc files call again and again, as far as their deeds are known exactly: formail, sendmail,
// echo, cat, true, false, test; joined by a small part of sh(1). Anything else stays unknown, and so an assumption.
#pragma once

#include "components/filter/procmail/evaluate.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::procmail {

/// formail's caches of Message-IDs and correspondents, by file name: what is new is written down. formail(1), -D.
class IdCaches {
 public:
  /// True where the id was there before.
  bool check_and_add(const std::string& file, const std::string& id, std::size_t octets_max);

 private:
  std::map<std::string, std::vector<std::string>> ids_;
};

struct ProgramOutput {
  int exit_code = 0;
  std::string output;
};

/// formail(1): header fields added, renamed, taken out; -rt; -x; -D. Nothing for options that are not modelled.
/// `folder`: where it runs, and so where a cache lies whose name is relative.
std::optional<ProgramOutput> formail(const std::vector<std::string>& arguments, const std::string& input,
                                     IdCaches& caches, const std::string& folder);

class KnownPrograms final : public Programs {
 public:
  /// The caches live longer than one message.
  explicit KnownPrograms(IdCaches& caches) : caches_(caches) {}

  std::optional<ProgramResult> run(std::string_view command, const MailText& input,
                                   const Environment& environment) override;

 private:
  IdCaches& caches_;
};

}  // namespace watershed::procmail
