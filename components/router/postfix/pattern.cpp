// See pattern.hpp.
#define PCRE2_CODE_UNIT_WIDTH 8
#include "components/router/postfix/pattern.hpp"

#include "components/router/postfix/logical_lines.hpp"

#include <fmt/format.h>
#include <pcre2.h>
#include <regex.h>

#include <charconv>

namespace watershed::postfix {

namespace {

constexpr std::size_t pattern_max_octets = 20'000;

class RegexpPattern : public Pattern {
 public:
  static Result<PatternPtr, Error> compile(const std::string& text, int flags) {
    auto pattern = std::make_shared<RegexpPattern>();
    const int code = regcomp(&pattern->compiled_, text.c_str(), flags);
    if (code != 0) {
      char message[200];
      regerror(code, &pattern->compiled_, message, sizeof message);
      return Error{fmt::format("the regular expression is wrong: {}", message)};
    }
    pattern->is_compiled_ = true;
    return PatternPtr(std::move(pattern));
  }

  ~RegexpPattern() override {
    if (is_compiled_) regfree(&compiled_);
  }

  int group_count() const override { return static_cast<int>(compiled_.re_nsub); }

  Result<bool, Error> match(const PatternSubject& subject, Groups& groups) const override {
    std::vector<regmatch_t> found(compiled_.re_nsub + 1);
    found[0].rm_so = 0;
    found[0].rm_eo = static_cast<regoff_t>(subject.text().size());
    // REG_STARTEND: the subject need not end in a NUL byte.
    const int code = regexec(&compiled_, subject.text().data(), found.size(), found.data(), REG_STARTEND);
    if (code == REG_NOMATCH) return false;
    if (code != 0) return Error{"the regular expression engine gave up"};
    groups.clear();
    for (const regmatch_t& group : found) {
      const bool matched = group.rm_so >= 0;
      groups.push_back({matched, matched ? static_cast<std::size_t>(group.rm_so) : 0,
                        matched ? static_cast<std::size_t>(group.rm_eo) : 0});
    }
    return true;
  }

  RegexpPattern() = default;
  RegexpPattern(const RegexpPattern&) = delete;
  RegexpPattern& operator=(const RegexpPattern&) = delete;

 private:
  regex_t compiled_{};
  bool is_compiled_ = false;
};

struct PcreCodeFree {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct PcreMatchFree {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
struct PcreContextFree {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

class PcrePattern : public Pattern {
 public:
  static Result<PatternPtr, Error> compile(const std::string& text, std::uint32_t options) {
    auto pattern = std::make_shared<PcrePattern>();
    int code = 0;
    PCRE2_SIZE offset = 0;
    pattern->compiled_.reset(
        pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), options, &code, &offset, nullptr));
    if (!pattern->compiled_) {
      PCRE2_UCHAR message[200];
      pcre2_get_error_message(code, message, sizeof message);
      return Error{fmt::format("the regular expression is wrong at offset {}: {}", offset,
                               reinterpret_cast<const char*>(message))};
    }
    pcre2_pattern_info(pattern->compiled_.get(), PCRE2_INFO_CAPTURECOUNT, &pattern->group_count_);
    pcre2_jit_compile(pattern->compiled_.get(), PCRE2_JIT_COMPLETE);
    return PatternPtr(std::move(pattern));
  }

  int group_count() const override { return static_cast<int>(group_count_); }

  Result<bool, Error> match(const PatternSubject& subject, Groups& groups) const override {
    const std::unique_ptr<pcre2_match_data, PcreMatchFree> data(
        pcre2_match_data_create_from_pattern(compiled_.get(), nullptr));
    const int count = pcre2_match(compiled_.get(), reinterpret_cast<PCRE2_SPTR>(subject.text().data()),
                                  subject.text().size(), 0, 0, data.get(), nullptr);
    if (count == PCRE2_ERROR_NOMATCH) return false;
    if (count < 0) return Error{"the regular expression engine gave up (PCRE2 match limit)"};
    const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(data.get());
    groups.clear();
    for (std::size_t group = 0; group <= group_count_; ++group) {
      const bool matched = offsets[2 * group] != PCRE2_UNSET;
      groups.push_back({matched, matched ? offsets[2 * group] : 0, matched ? offsets[2 * group + 1] : 0});
    }
    return true;
  }

 private:
  std::unique_ptr<pcre2_code, PcreCodeFree> compiled_;
  std::uint32_t group_count_ = 0;
};

class NetworkPattern : public Pattern {
 public:
  explicit NetworkPattern(const Network& network) : network_(network) {}
  Result<bool, Error> match(const PatternSubject& subject, Groups&) const override {
    return subject.address() && network_.contains(*subject.address());
  }

 private:
  Network network_;
};

struct DelimitedPattern {
  std::string pattern;
  std::string_view flags;
};

/// `/pattern/flags`: a backslash protects the delimiter and stays in the pattern.
Result<DelimitedPattern, Error> take_delimited(std::string_view& text) {
  const char delimiter = text.empty() ? '\0' : text.front();
  const bool is_alphanumeric = (delimiter >= '0' && delimiter <= '9') || (delimiter >= 'a' && delimiter <= 'z') ||
                               (delimiter >= 'A' && delimiter <= 'Z');
  if (text.empty() || is_alphanumeric) return Error{"a pattern such as /pattern/ was expected"};
  std::size_t at = 1;
  while (at < text.size() && text[at] != delimiter) at += text[at] == '\\' && at + 1 < text.size() ? 2U : 1U;
  if (at >= text.size()) return Error{fmt::format("the pattern's closing '{}' is missing", delimiter)};
  if (at > pattern_max_octets) return Error{"the pattern is too long"};
  DelimitedPattern found{std::string(text.substr(1, at - 1)), {}};
  text.remove_prefix(at + 1);
  std::size_t length = 0;
  while (length < text.size() && !is_blank(text[length])) ++length;
  found.flags = text.substr(0, length);
  text.remove_prefix(length);
  return found;
}

Error unknown_flag(char flag, std::string_view expected) {
  return Error{fmt::format("'{}' is no pattern flag; expected any of {}", flag, expected)};
}

Result<PatternPtr, Error> take_regexp(std::string_view& text) {
  const auto delimited = take_delimited(text);
  if (!delimited) return delimited.error();
  int flags = REG_EXTENDED | REG_ICASE;
  for (const char flag : delimited->flags) {
    if (flag == 'i')
      flags ^= REG_ICASE;
    else if (flag == 'm')
      flags ^= REG_NEWLINE;
    else if (flag == 'x')
      flags ^= REG_EXTENDED;
    else
      return unknown_flag(flag, "imx");
  }
  return RegexpPattern::compile(delimited->pattern, flags);
}

Result<PatternPtr, Error> take_pcre(std::string_view& text) {
  const auto delimited = take_delimited(text);
  if (!delimited) return delimited.error();
  std::uint32_t options = PCRE2_CASELESS | PCRE2_DOTALL;
  for (const char flag : delimited->flags) {
    if (flag == 'i')
      options ^= PCRE2_CASELESS;
    else if (flag == 'm')
      options ^= PCRE2_MULTILINE;
    else if (flag == 's')
      options ^= PCRE2_DOTALL;
    else if (flag == 'x')
      options ^= PCRE2_EXTENDED;
    else if (flag == 'A')
      options ^= PCRE2_ANCHORED;
    else if (flag == 'E')
      options ^= PCRE2_DOLLAR_ENDONLY;
    else if (flag == 'U')
      options ^= PCRE2_UNGREEDY;
    else if (flag != 'X')
      return unknown_flag(flag, "imsxAEUX");  // pcre_table(5): X has no effect with PCRE2
  }
  return PcrePattern::compile(delimited->pattern, options);
}

Result<PatternPtr, Error> take_cidr(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && !is_blank(text[length])) ++length;
  const auto network = parse_network(text.substr(0, length));
  if (!network) return network.error();
  text.remove_prefix(length);
  return PatternPtr(std::make_shared<NetworkPattern>(*network));
}

}  // namespace

const std::optional<IpAddress>& PatternSubject::address() const {
  if (!address_read_) {
    const auto parsed = parse_ip_address(text_);
    if (parsed) address_ = *parsed;
    address_read_ = true;
  }
  return address_;
}

Result<PatternPtr, Error> take_pattern(std::string_view type, std::string_view& text) {
  if (type == "cidr") return take_cidr(text);
  return type == "pcre" ? take_pcre(text) : take_regexp(text);
}

Result<Network, Error> parse_network(std::string_view text) {
  const std::string_view whole = text;
  // Both [address]/bits and [address/bits] are taken.
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  const std::size_t slash = text.find('/');
  std::string_view address_text = text.substr(0, slash);
  if (address_text.starts_with('[') && address_text.ends_with(']')) {
    address_text = address_text.substr(1, address_text.size() - 2);
  }
  const auto address = parse_ip_address(address_text);
  if (!address)
    return Error{fmt::format("an address or a network such as 192.0.2.0/24 was expected, not \"{}\"", whole)};
  const int bits_max = address->is_v6 ? 128 : 32;
  Network network{*address, bits_max};
  if (slash == std::string_view::npos) return network;
  const std::string_view digits = text.substr(slash + 1);
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), network.prefix_bits);
  if (digits.empty() || parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() ||
      network.prefix_bits < 0 || network.prefix_bits > bits_max) {
    return Error{fmt::format("a prefix length from 0 to {} was expected in \"{}\"", bits_max, whole)};
  }
  for (int bit = network.prefix_bits; bit < bits_max; ++bit) {
    const auto byte = network.address.bytes[static_cast<std::size_t>(bit / 8)];
    if (((byte >> (7 - bit % 8)) & 1) != 0) {
      return Error{fmt::format("\"{}\" has address bits set behind its prefix length", whole)};
    }
  }
  return network;
}

}  // namespace watershed::postfix
