// Collects the diagnostics of one script with file:line:col and source line, up to a limit.
#pragma once

#include "base/diagnostic.hpp"
#include "components/filter/sieve/ast.hpp"

#include <string>
#include <string_view>

namespace watershed::sieve {

class Report {
 public:
  /// `source` must outlive the report.
  Report(std::string_view source, std::string file, std::size_t diagnostics_max);

  void error(Place at, std::string message, std::string hint = {});
  void warning(Place at, std::string message, std::string hint = {});

  bool has_errors() const { return errors_ > 0; }
  const std::string& file() const { return file_; }

  /// What was found so far.
  const Diagnostics& found() const { return found_; }
  /// All findings in the order of their places; the last one says how many were left out.
  Diagnostics take();

 private:
  void add(Severity severity, Place at, std::string message, std::string hint);

  std::string_view source_;
  std::string file_;
  std::size_t diagnostics_max_;
  Diagnostics found_;
  std::size_t errors_ = 0;
  std::size_t left_out_ = 0;
};

}  // namespace watershed::sieve
