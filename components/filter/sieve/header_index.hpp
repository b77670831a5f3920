// The header section of one message as a script asks for it: by interned name, decoded once, parsed for addresses once.
#pragma once

#include "components/filter/sieve/address_list.hpp"
#include "components/filter/sieve/header_names.hpp"
#include "mail/message.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::sieve {

/// An address with the forms that tests compare, each beside its folding for i;ascii-casemap.
struct IndexedAddress {
  explicit IndexedAddress(MailboxAddress address);

  std::string local_part;
  std::string domain;
  std::string all;
  std::string folded_local_part;
  std::string folded_domain;
  std::string folded_all;
};

/// One field. What costs something is made on first use; a message has many fields that no test asks for.
class IndexedField {
 public:
  explicit IndexedField(const mail::HeaderField& field) : name_(field.name), raw_(field.value) {}

  std::string_view name() const { return name_; }
  std::string_view raw() const { return raw_; }

  /// Unfolded, trimmed, decoded (header_value.hpp).
  std::string_view text();
  /// `text` folded for i;ascii-casemap.
  std::string_view folded();
  const std::vector<IndexedAddress>& addresses(std::size_t addresses_max);

 private:
  friend class HeaderIndex;

  struct Values {
    std::string_view text;
    std::optional<std::string> decoded;  // where `text` is no part of the message
    std::optional<std::string> folded;
    std::optional<std::vector<IndexedAddress>> addresses;
  };
  Values& values();

  std::string_view name_;
  std::string_view raw_;
  std::unique_ptr<Values> values_;
  std::uint32_t next_ = 0;  // of the same interned name
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
