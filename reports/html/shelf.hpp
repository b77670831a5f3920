// Where evidence goes: into the page as long as its part has room, then into linked files beside it.
//
// A page of a large run stays light because only this decides what it holds; whoever writes evidence asks for its
// address afterwards.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::reports::html {

struct LinkedFile {
  std::string name;  ///< file name within the folder of linked files
  std::string body;  ///< what goes between header and end of that page
};

class Shelf {
 public:
  /// `name`: `stories`; linked files are `stories-1.html` and so on, in `folder` beside the file `page`.
  Shelf(std::string name, std::string page, std::string folder, std::size_t page_octets_max)
      : name_(std::move(name)), page_(std::move(page)), folder_(std::move(folder)), page_octets_max_(page_octets_max) {}

  /// Puts a piece with an element id and gives the reference by which the page reaches it. References within the piece
  /// are written as from the page; in a linked file they are turned round.
  std::string put(std::string_view id, std::string_view piece);

  const std::string& page_part() const { return page_part_; }
  const std::vector<LinkedFile>& linked() const { return linked_; }
  std::size_t linked_pieces() const { return linked_pieces_; }

 private:
  std::string seen_from_linked(std::string_view piece) const;

  std::string name_;
  std::string page_;
  std::string folder_;
  std::size_t page_octets_max_;
  std::string page_part_;
  std::vector<LinkedFile> linked_;
  std::size_t linked_pieces_ = 0;
};

}  // namespace watershed::reports::html
