// Index over a message's header section. See header_index.hpp.
#include "components/filter/sieve/header_index.hpp"

#include "base/text.hpp"
#include "components/filter/sieve/comparator.hpp"
#include "components/filter/sieve/header_value.hpp"

namespace watershed::sieve {

IndexedAddress::IndexedAddress(MailboxAddress address)
    : local_part(std::move(address.local_part)),
      domain(std::move(address.domain)),
      all(MailboxAddress{local_part, domain}.all()),
      folded_local_part(fold_ascii(local_part)),
      folded_domain(fold_ascii(domain)),
      folded_all(fold_ascii(all)) {}

IndexedField::Values& IndexedField::values() {
  if (values_) return *values_;
  values_ = std::make_unique<Values>();
  values_->decoded = decode_header_value(raw_);
  values_->text = values_->decoded ? std::string_view(*values_->decoded) : trim(raw_);
  return *values_;
}

std::string_view IndexedField::text() { return values().text; }

std::string_view IndexedField::folded() {
  Values& values = this->values();
  if (!values.folded) values.folded = fold_ascii(values.text);
  return *values.folded;
}

const std::vector<IndexedAddress>& IndexedField::addresses(std::size_t addresses_max) {
  Values& values = this->values();
  if (!values.addresses) {
    values.addresses.emplace();
    for (MailboxAddress& address : parse_address_list(raw_, addresses_max)) {
      values.addresses->emplace_back(std::move(address));
    }
  }
  return *values.addresses;
}

HeaderIndex::HeaderIndex(const mail::Message& message, const HeaderNames& names) : first_(names.size(), none) {
  fields_.reserve(16);
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
