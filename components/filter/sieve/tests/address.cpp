// address and envelope. RFC 5228 §5.1, §5.4; address parts §2.7.4 and RFC 5233 (:user, :detail).
#include "mail/address.hpp"
#include "base/text.hpp"
#include "components/filter/sieve/tests/fields.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace watershed::sieve {

namespace {

enum class AddressPart { all, local_part, domain, user, detail };

AddressPart address_part(const Bound& bound) {
  const BoundTag* tag = bound.group(TagGroup::address_part);
  if (tag == nullptr) return AddressPart::all;  // RFC 5228 §2.7.4: the default
  const std::string_view name = tag->definition->name;
  if (name == ":localpart") return AddressPart::local_part;
  if (name == ":domain") return AddressPart::domain;
  if (name == ":user") return AddressPart::user;
  return name == ":detail" ? AddressPart::detail : AddressPart::all;
}

/// Offers the part of one address. RFC 5233 §4: without a separator :user is the whole local part and :detail is
/// nothing at all, not the empty string.
bool offer(MatchRun& run, AddressPart part, const IndexedAddress& address, const std::string& separator) {
  if (run.is_count()) part = AddressPart::all;  // RFC 5231 §4.2: :count counts mailboxes, whatever part is asked for
  switch (part) {
    case AddressPart::all:
      return run.offer(address.all, address.folded_all);
    case AddressPart::local_part:
      return run.offer(address.local_part, address.folded_local_part);
    case AddressPart::domain:
      return run.offer(address.domain, address.folded_domain);
    case AddressPart::user:
    case AddressPart::detail:
      break;
  }
  const std::size_t at = separator.empty() ? std::string::npos : address.local_part.find(separator);
  const std::string_view whole = address.local_part;
  if (part == AddressPart::user) return run.offer(whole.substr(0, at));
  return at != std::string::npos && run.offer(whole.substr(at + separator.size()));
}

class AddressTest final : public TestNode {
 public:
  bool holds(Evaluation& evaluation) const override {
    MatchRun run(evaluation, match);
    const std::string& separator = evaluation.settings().subaddress_separator;
    const auto visit = [&](IndexedField& field) {
      const auto& addresses = field.addresses(evaluation.limits().header_addresses_max);
      // As with Pigeonhole, a field without any address is compared as it stands, so that a rule can still see it; an
      // empty one is the empty string in each part. To :count it is one.
      const bool stands_for_itself = run.is_count() || part == AddressPart::all || field.text().empty();
      if (addresses.empty() && stands_for_itself) return run.offer(field);
      return std::any_of(addresses.begin(), addresses.end(),
                         [&](const IndexedAddress& address) { return offer(run, part, address, separator); });
    };
    return any_chosen_field(evaluation, names, choice, mime, visit) || run.finish();
  }

  bool add_conditions(std::vector<KeyCondition>& conditions) const override {
    if (mime.is_used || part == AddressPart::user || part == AddressPart::detail) return false;
    const auto of = part == AddressPart::domain       ? KeyCondition::Of::domain
                    : part == AddressPart::local_part ? KeyCondition::Of::local_part
                                                      : KeyCondition::Of::address;
    return add_key_conditions(match, of, names, conditions);
  }

  std::vector<HeaderName> names;
  FieldChoice choice;
  MimeOptions mime;
  AddressPart part = AddressPart::all;
  Match match;
};

bool is_envelope_part(std::string_view name) {
  return name == "from" || name == "to" || name == "orig_to" || name == "auth";
}

class EnvelopeTest final : public TestNode {
 public:
  bool holds(Evaluation& evaluation) const override {
    MatchRun run(evaluation, match);
    const std::string& separator = evaluation.settings().subaddress_separator;
    for (const Text& name : names) {
      const std::string wanted = to_lower(evaluation.expanded(name));
      if (wanted == "auth") {
        if (offer_login(evaluation, run)) return true;
        continue;
      }
      if (!is_envelope_part(wanted)) continue;
      const std::optional<IndexedAddress>& address = wanted == "from"      ? evaluation.reverse_path()
                                                     : wanted == "orig_to" ? evaluation.original_forward_path()
                                                                           : evaluation.forward_path();
      // RFC 5228 §5.4: a null reverse-path is the empty string whatever the address part.
      if (address ? offer(run, part, *address, separator) : run.offer(std::string_view())) return true;
    }
    return run.finish();
  }

  std::vector<Text> names;
  AddressPart part = AddressPart::all;
  Match match;

 private:
  // RFC 5228 §5.4 names no "auth"; Dovecot has it for the authenticated user, who has no address.
  static bool offer_login(Evaluation& evaluation, MatchRun& run) {
    const std::string_view login = evaluation.authenticated_as();
    return !login.empty() && run.offer(login);
  }
};

// RFC 5228 §5.1: the address test is restricted to fields that hold addresses. Beyond those that must be there, the
// ones that mail systems write addresses into.
constexpr std::array<std::string_view, 27> address_fields = {"from",
                                                             "to",
                                                             "cc",
                                                             "bcc",
                                                             "sender",
                                                             "reply-to",
                                                             "resent-from",
                                                             "resent-to",
                                                             "resent-cc",
                                                             "resent-bcc",
                                                             "resent-sender",
                                                             "resent-reply-to",
                                                             "errors-to",
                                                             "return-path",
                                                             "return-receipt-to",
                                                             "disposition-notification-to",
                                                             "delivered-to",
                                                             "original-recipient",
                                                             "x-original-to",
                                                             "x-envelope-to",
                                                             "envelope-to",
                                                             "apparently-to",
                                                             "apparently-from",
                                                             "for-approval",
                                                             "for-handling",
                                                             "for-comment",
                                                             "mail-followup-to"};

TestPointer compile_address(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<AddressTest>();
  test->names = compiler.header_names(*bound.positional[0]);
  for (std::size_t index = 0; index < test->names.size(); ++index) {
    const Text& name = test->names[index].text;
    if (!name.is_constant()) continue;
    const std::string folded = to_lower(name.constant);
    if (std::find(address_fields.begin(), address_fields.end(), folded) != address_fields.end()) continue;
    const std::string near = nearest_match(folded, address_fields);
    compiler.error(bound.positional[0]->strings[index].at,
                   fmt::format("specified header '{}' is not allowed for the address test: it holds no addresses",
                               printable(name.constant)),
                   near.empty() ? "use the test 'header' instead" : fmt::format("did you mean '{}'?", near));
  }
  test->choice = compiler.field_choice(bound);
  test->mime = compile_mime_options(compiler, bound);
  test->part = address_part(bound);
  auto match = compiler.match(bound, *bound.positional[1]);
  if (!match) return nullptr;
  test->match = std::move(*match);
  return test;
}

TestPointer compile_envelope(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<EnvelopeTest>();
  for (const ast::StringLiteral& literal : bound.positional[0]->strings) {
    Text name = compiler.text(literal);
    const bool is_known = !name.is_constant() || is_envelope_part(to_lower(name.constant));
    // RFC 5228 §5.4: an envelope part that is not supported is an error.
    if (!is_known) {
      compiler.error(literal.at,
                     fmt::format("specified envelope part '{}' is not supported by the envelope test; expected "
                                 "\"from\", \"to\", \"orig_to\" or \"auth\"",
                                 printable(name.constant)));
    }
    const BoundTag* part = bound.group(TagGroup::address_part);
    if (part != nullptr && part->definition->name != ":all" && name.is_constant() &&
        equal_ignoring_case(name.constant, "auth")) {
      compiler.error(literal.at, fmt::format("address part '{}' specified while non-address envelope part '{}' is "
                                             "tested with the envelope test",
                                             part->definition->name, name.constant));
    }
    test->names.push_back(std::move(name));
  }
  test->part = address_part(bound);
  auto match = compiler.match(bound, *bound.positional[1]);
  if (!match) return nullptr;
  test->match = std::move(*match);
  return test;
}

}  // namespace

std::vector<TestDefinition> address_tests() {
  const Tags tags = joined({match_tags(), address_part_tags()});
  const std::vector<ValueKind> arguments = {ValueKind::string_list, ValueKind::string_list};
  return {{"address", Extension::core, {joined({tags, index_tags(), mime_tags(false)}), arguments}, compile_address},
          {"envelope", Extension::envelope, {tags, arguments}, compile_envelope}};
}

}  // namespace watershed::sieve
