// Matching of :matches patterns. See glob.hpp.
#include "components/filter/sieve/glob.hpp"

namespace watershed::sieve {

Glob::Glob(std::string_view pattern) : segments_(1) {
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == '*') {
      segments_.emplace_back();
      continue;
    }
    const bool is_any = pattern[at] == '?';
    // A backslash at the very end has nothing to quote and stands for itself.
    if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
    Segment& segment = segments_.back();
    segment.octets += pattern[at];
    segment.any.push_back(is_any);
    segment.has_any = segment.has_any || is_any;
  }
}

std::string_view Glob::longest_literal() const {
  std::string_view longest;
  for (const Segment& segment : segments_) {
    if (!segment.has_any && segment.octets.size() > longest.size()) longest = segment.octets;
  }
  return longest;
}

bool Glob::fits_at(const Segment& segment, std::string_view value, std::size_t at) {
  if (at + segment.octets.size() > value.size()) return false;
  if (!segment.has_any) return value.substr(at, segment.octets.size()) == segment.octets;
  for (std::size_t index = 0; index < segment.octets.size(); ++index) {
    if (!segment.any[index] && segment.octets[index] != value[at + index]) return false;
  }
  return true;
}

std::size_t Glob::find(const Segment& segment, std::string_view value, std::size_t from) {
  if (!segment.has_any) return value.find(segment.octets, from);
  for (std::size_t at = from; at + segment.octets.size() <= value.size(); ++at) {
    if (fits_at(segment, value, at)) return at;
  }
  return std::string_view::npos;
}

void Glob::add_spans(const Segment& segment, std::size_t at, std::vector<Span>& spans) {
  if (!segment.has_any) return;
  for (std::size_t index = 0; index < segment.octets.size(); ++index) {
    if (segment.any[index]) spans.push_back({at + index, 1});
  }
}

bool Glob::fits(std::string_view value, std::vector<Span>* spans) const {
  if (spans != nullptr) spans->assign(1, {0, value.size()});
  const Segment& first = segments_.front();
  if (!fits_at(first, value, 0)) return false;
  if (spans != nullptr) add_spans(first, 0, *spans);
  std::size_t at = first.octets.size();
  if (segments_.size() == 1) return at == value.size();
  // Taking each inner segment at its first place leaves most to the ones behind it, so no way back is ever needed.
  for (std::size_t index = 1; index < segments_.size(); ++index) {
    const Segment& segment = segments_[index];
    const bool is_last = index + 1 == segments_.size();
    std::size_t found = 0;
    if (is_last) {
      if (value.size() < at + segment.octets.size()) return false;
      found = value.size() - segment.octets.size();
      if (!fits_at(segment, value, found)) return false;
    } else {
      found = find(segment, value, at);
      if (found == std::string_view::npos) return false;
    }
    if (spans != nullptr) {
      spans->push_back({at, found - at});
      add_spans(segment, found, *spans);
    }
    at = found + segment.octets.size();
  }
  return true;
}

}  // namespace watershed::sieve
