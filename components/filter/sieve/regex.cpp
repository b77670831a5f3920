// Regular expressions over regcomp(3). See regex.hpp.
#include "components/filter/sieve/regex.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <optional>

namespace watershed::sieve {

namespace {

/// Octets of the bracket expression that starts at `begin`, e.g. 7 for `[]a-z]x`… up to and with its `]`.
std::size_t bracket_length(std::string_view pattern, std::size_t begin) {
  std::size_t at = begin + 1;
  if (at < pattern.size() && pattern[at] == '^') ++at;
  if (at < pattern.size() && pattern[at] == ']') ++at;
  while (at < pattern.size() && pattern[at] != ']') {
    const bool is_class = pattern[at] == '[' && at + 1 < pattern.size() &&
                          (pattern[at + 1] == ':' || pattern[at + 1] == '.' || pattern[at + 1] == '=');
    if (is_class) {
      const std::string closing{pattern[at + 1], ']'};
      const std::size_t end = pattern.find(closing, at + 2);
      if (end == std::string_view::npos) return pattern.size() - begin;
      at = end + 1;
    }
    ++at;
  }
  return at + 1 - begin;
}

/// What makes the pattern dangerous for the C library, if anything does.
std::optional<std::string> danger(std::string_view pattern, const Limits& limits) {
  if (pattern.size() > limits.regex_octets_max) {
    return fmt::format("it has {} octets; the limit is {}", pattern.size(), limits.regex_octets_max);
  }
  std::size_t product = 1;  // nested repetitions multiply the automaton's size
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == '[') {
      at += bracket_length(pattern, at) - 1;
    } else if (pattern[at] == '\\') {
      ++at;
      if (at < pattern.size() && pattern[at] >= '1' && pattern[at] <= '9') {
        return "it has a back-reference, which POSIX extended expressions do not know";
      }
    } else if (pattern[at] == '{') {
      std::size_t highest = 0;
      std::size_t number = 0;
      for (++at; at < pattern.size() && pattern[at] != '}'; ++at) {
        const bool is_digit = std::isdigit(static_cast<unsigned char>(pattern[at])) != 0;
        number =
            is_digit ? std::min<std::size_t>(number * 10 + static_cast<std::size_t>(pattern[at] - '0'), 100'000) : 0;
        highest = std::max(highest, number);
      }
      product *= std::max<std::size_t>(highest, 1);
      if (product > limits.regex_repeat_max) {
        return fmt::format("its repetitions multiply to more than {}", limits.regex_repeat_max);
      }
    }
  }
  return std::nullopt;
}

}  // namespace

Result<Regex, Error> Regex::compile(std::string_view pattern, bool ignore_case, const Limits& limits) {
  if (const auto why = danger(pattern, limits)) return Error{*why};
  if (pattern.find('\0') != std::string_view::npos) return Error{"it has a NUL octet"};
  auto raw = std::make_unique<regex_t>();
  const int status = regcomp(raw.get(), std::string(pattern).c_str(), REG_EXTENDED | (ignore_case ? REG_ICASE : 0));
  if (status != 0) {
    std::array<char, 256> reason{};
    regerror(status, raw.get(), reason.data(), reason.size());
    return Error{reason.data()};
  }
  return Regex(std::shared_ptr<const regex_t>(raw.release(), [](const regex_t* compiled) {
    const std::unique_ptr<regex_t> owner(const_cast<regex_t*>(compiled));
    regfree(owner.get());
  }));
}

bool Regex::search(std::string_view value, std::vector<Span>* spans) const {
  const std::size_t groups = spans == nullptr ? 1 : compiled_->re_nsub + 1;
  std::vector<regmatch_t> matches(groups);
  matches[0].rm_so = 0;
  matches[0].rm_eo = static_cast<regoff_t>(value.size());
  // REG_STARTEND takes the value by length, so that a NUL in it ends nothing.
  const char* const data = value.data() == nullptr ? "" : value.data();
  if (regexec(compiled_.get(), data, groups, matches.data(), REG_STARTEND) != 0) return false;
  if (spans == nullptr) return true;
  spans->clear();
  for (const regmatch_t& match : matches) {
    if (match.rm_so < 0) {
      spans->push_back({});
    } else {
      spans->push_back({static_cast<std::size_t>(match.rm_so), static_cast<std::size_t>(match.rm_eo - match.rm_so)});
    }
  }
  return true;
}

}  // namespace watershed::sieve
