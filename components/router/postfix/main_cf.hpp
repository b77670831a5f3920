// main.cf as written: settings in order with their places, nothing expanded yet. postconf(5).
#pragma once

#include "base/diagnostic.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::postfix {

/// One `name = value`. `at` is the place of the name; `value` is not expanded.
struct Setting {
  std::string name;
  std::string value;
  SourcePosition at;
};

/// `name = value` taken apart and trimmed; views into the text that was split.
struct Assignment {
  std::string_view name;
  std::string_view value;
};
Result<Assignment, Error> split_assignment(std::string_view text);

class MainCf {
 public:
  /// Reads the text of a main.cf; `file` is the path shown in messages. A line without `=` is an error; a repeated name
  /// is a warning, the last one wins (as Postfix warns and does).
  static Parsed<MainCf> parse(std::string_view text, const std::string& file);

  /// The effective setting of that name, or nullptr when the file has none.
  const Setting* find(std::string_view name) const;

  /// All effective settings, in file order.
  std::vector<const Setting*> settings() const;

  const Diagnostics& warnings() const { return warnings_; }
  const std::string& file() const { return file_; }

 private:
  std::string file_;
  std::map<std::string, Setting, std::less<>> settings_;
  Diagnostics warnings_;
};

}  // namespace watershed::postfix
