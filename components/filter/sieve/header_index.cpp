// Index over a message's header section. See header_index.hpp.
#include "components/filter/sieve/header_index.hpp"

#include "base/text.hpp"
#include "components/filter/sieve/comparator.hpp"
#include "components/filter/sieve/header_value.hpp"

namespace watershed::sieve {

std::string_view IndexedField::text() {
  if (has_text_) return text_;
  has_text_ = true;
  if (auto decoded = decode_header_value(raw_)) {
    decoded_ = std::move(*decoded);
    text_ = decoded_;
  } else {
    text_ = trim(raw_);
  }
  return text_;
}

std::string_view IndexedField::folded() {
  if (has_folded_) return folded_;
  has_folded_ = true;
  folded_ = fold_ascii(text());
  return folded_;
}

const std::vector<MailboxAddress>& IndexedField::addresses(std::size_t addresses_max) {
  if (!addresses_) {
    addresses_ = std::make_unique<std::vector<MailboxAddress>>(parse_address_list(raw_, addresses_max));
  }
  return *addresses_;
}

HeaderIndex::HeaderIndex(const mail::Message& message, const HeaderNames& names) : first_(names.size(), none) {
  fields_.reserve(24);
  mail::FieldCursor cursor(message.header_section());
  mail::HeaderField field;
  while (cursor.next(field)) fields_.emplace_back(field);
  // From the back, so that each chain runs in the order of the message.
  for (std::size_t at = fields_.size(); at-- > 0;) {
    fields_[at].next_ = none;
    const auto name = names.find(fields_[at].name_);
    if (!name) continue;
    fields_[at].next_ = first_[*name];
    first_[*name] = static_cast<std::uint32_t>(at);
  }
}

IndexedField* HeaderIndex::first(std::uint32_t name) {
  return name < first_.size() && first_[name] != none ? &fields_[first_[name]] : nullptr;
}

IndexedField* HeaderIndex::next(const IndexedField& field) {
  return field.next_ == none ? nullptr : &fields_[field.next_];
}

}  // namespace watershed::sieve
