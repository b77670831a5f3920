// See shelf.hpp.
#include "reports/html/shelf.hpp"

#include <fmt/format.h>

namespace watershed::reports::html {

namespace {

constexpr std::size_t linked_octets_max = 1'500'000;

}  // namespace

std::string Shelf::put(std::string_view id, std::string_view piece) {
  // Once something went elsewhere, all that follows does: the order stays.
  if (linked_.empty() && page_part_.size() + piece.size() <= page_octets_max_) {
    page_part_ += piece;
    return fmt::format("#{}", id);
  }
  ++linked_pieces_;
  if (linked_.empty() || linked_.back().body.size() + piece.size() > linked_octets_max) {
    linked_.push_back({fmt::format("{}-{}.html", name_, linked_.size() + 1), {}});
  }
  linked_.back().body += seen_from_linked(piece);
  return fmt::format("{}/{}#{}", folder_, linked_.back().name, id);
}

// Quotes in text from outside are references, so `href="` can only be our own.
std::string Shelf::seen_from_linked(std::string_view piece) const {
  constexpr std::string_view reference = "href=\"";
  const std::string inside = folder_ + "/";
  std::string out;
  for (;;) {
    const std::size_t found = piece.find(reference);
    if (found == std::string_view::npos) return out.append(piece);
    out += piece.substr(0, found + reference.size());
    piece.remove_prefix(found + reference.size());
    if (piece.starts_with('#')) {
      out += "../" + page_;
    } else if (piece.starts_with(inside)) {
      piece.remove_prefix(inside.size());
    }
  }
}

}  // namespace watershed::reports::html
