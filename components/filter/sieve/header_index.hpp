// The header section of one message as a script asks for it: by interned name, decoded once, parsed for addresses once.
#pragma once

#include "components/filter/sieve/address_list.hpp"
#include "components/filter/sieve/header_names.hpp"
#include "mail/message.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::sieve {

/// One field. Members that cost something are made on first use.
class IndexedField {
 public:
  explicit IndexedField(const mail::HeaderField& field) : name_(field.name), raw_(field.value) {}

  std::string_view name() const { return name_; }
  std::string_view raw() const { return raw_; }

  /// Unfolded, trimmed, decoded (header_value.hpp).
  std::string_view text();
  /// `text` folded for i;ascii-casemap.
  std::string_view folded();
  const std::vector<MailboxAddress>& addresses(std::size_t addresses_max);

 private:
  friend class HeaderIndex;

  std::string_view name_;
  std::string_view raw_;
  std::string_view text_;
  std::string decoded_;
  std::string folded_;
  std::unique_ptr<std::vector<MailboxAddress>> addresses_;
  std::uint32_t next_ = 0;  // of the same interned name
  bool has_text_ = false;
  bool has_folded_ = false;
};

class HeaderIndex {
 public:
  /// `message` and `names` must outlive the index, and the message must not change.
  HeaderIndex(const mail::Message& message, const HeaderNames& names);

  /// The fields of one name in order: `for (auto* field = index.first(id); field; field = index.next(*field))`.
  IndexedField* first(std::uint32_t name);
  IndexedField* next(const IndexedField& field);

  /// All fields in order, for names that are known only at run time.
  std::vector<IndexedField>& fields() { return fields_; }

 private:
  static constexpr std::uint32_t none = UINT32_MAX;

  std::vector<IndexedField> fields_;
  std::vector<std::uint32_t> first_;  // by interned name
};

}  // namespace watershed::sieve
