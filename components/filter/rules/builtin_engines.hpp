// Our own engines as sides of a comparison.
#pragma once

#include "components/filter/procmail/known_programs.hpp"
#include "components/filter/procmail/rcfile.hpp"
#include "components/filter/rules/effect.hpp"
#include "components/filter/sieve/input.hpp"
#include "components/filter/sieve/script.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <set>

namespace watershed::rules {

class SieveEngine final : public Engine, private sieve::ResponseHistory {
 public:
  explicit SieveEngine(sieve::Script script) : script_(std::move(script)), taken_(script_.commands().size(), 0) {}

  Judgement judge(const Letter& letter) override;
  std::vector<LineCount> coverage() const override;
  bool remembers() const override { return true; }
  void forget() override { remembered_until_.clear(); }

 private:
  bool remembers(std::string_view key, std::int64_t now_unix_seconds) const override;

  sieve::Script script_;
  std::vector<std::uint64_t> taken_;
  std::map<std::string, std::int64_t, std::less<>> remembered_until_;
};

/// Runs `procmail -m rcfile LOCALPART`: $1 is the recipient's local part, LOGNAME too.
class ProcmailEngine final : public Engine {
 public:
  explicit ProcmailEngine(std::shared_ptr<const procmail::Rcfile> rcfile, std::string host = "localhost");

  Judgement judge(const Letter& letter) override;
  std::vector<LineCount> coverage() const override;
  bool remembers() const override { return true; }
  void forget() override { caches_ = {}; }

 private:
  std::shared_ptr<const procmail::Rcfile> rcfile_;
  std::string host_;
  procmail::IdCaches caches_;
  std::map<std::uint32_t, std::uint64_t> taken_;
};

/// The letter as both engines are given it: with the Return-Path that final delivery writes. RFC 5321 §4.4.
mail::Message delivered(const Letter& letter);

/// The effects of a run of a procmailrc. `maildir` is where the folders lie, `default_folder` what DEFAULT names.
std::vector<Effect> effects_of(const procmail::Outcome& outcome, const procmail::MailText& original,
                               std::string_view maildir, std::string_view default_folder);

}  // namespace watershed::rules
