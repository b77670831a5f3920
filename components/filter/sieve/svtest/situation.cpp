// The situation of a test script. See situation.hpp.
#include "components/filter/sieve/svtest/situation.hpp"

#include "base/text.hpp"
#include "components/filter/sieve/address_list.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/svtest/bench.hpp"

#include <fmt/format.h>

#include <initializer_list>
#include <memory>
#include <optional>

namespace watershed::sieve {

namespace {

/// Leniently: what is no address is a local part alone, so that tests of odd envelopes can be written.
mail::Address address_of(std::string_view text) {
  text = trim(text);
  if (text.starts_with('<') && text.ends_with('>')) text = text.substr(1, text.size() - 2);
  if (const auto parsed = mail::parse_address(text)) return *parsed;
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos) return {std::string(text), {}};
  return {std::string(text.substr(0, at)), std::string(text.substr(at + 1))};
}

std::optional<std::string_view> first_field(const mail::Message& message,
                                            std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (const auto field = message.field(name)) return field->value;
  }
  return std::nullopt;
}

mail::Address first_address(std::string_view value) {
  const auto found = parse_address_list(value, 1);
  return found.empty() ? address_of(value) : mail::Address{found.front().local_part, found.front().domain};
}

mail::ReversePath reverse_path(std::string_view text) {
  const std::string_view trimmed = trim(text);
  if (trimmed.empty() || trimmed == "<>") return {};
  return mail::ReversePath(address_of(trimmed));
}

}  // namespace

mail::ReversePath reverse_path_of(const mail::Message& message) {
  const auto value = first_field(message, {"Return-Path", "Sender", "From"});
  if (!value) return mail::ReversePath({"sender", "example.com"});
  if (trim(*value) == "<>") return {};
  return mail::ReversePath(first_address(*value));
}

mail::ForwardPath forward_path_of(const mail::Message& message) {
  const auto value = first_field(message, {"Envelope-To", "To"});
  if (!value) return mail::ForwardPath({"recipient", "example.com"});
  return mail::ForwardPath(first_address(*value));
}

bool set_situation(Evaluation& evaluation, std::string_view name, std::string value) {
  if (name == "message") {
    auto message = std::make_shared<const mail::Message>(mail::Message::parse(std::move(value)));
    evaluation.set_reverse_path(reverse_path_of(*message));
    evaluation.set_forward_path(forward_path_of(*message));
    evaluation.receive_message(std::move(message));
  } else if (name == "envelope.from") {
    evaluation.set_reverse_path(reverse_path(value));
  } else if (name == "envelope.to") {
    evaluation.set_forward_path(mail::ForwardPath(address_of(value)));
  } else if (name == "envelope.orig_to") {
    evaluation.set_original_forward_path(mail::ForwardPath(address_of(value)));
  } else if (name == "envelope.auth") {
    evaluation.set_authenticated_as(std::move(value));
  } else {
    evaluation.bench()->explain(
        fmt::format("there is no item '{}'; expected message, envelope.from, envelope.to, "
                    "envelope.orig_to or envelope.auth",
                    printable(name)));
    return false;
  }
  return true;
}

}  // namespace watershed::sieve
