// See letter.hpp.
#include "harness/steps/letter.hpp"

#include "harness/yaml/read.hpp"
#include "harness/yaml/validate.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

using yaml::Node;

Submission Letter::write(Theatre& theatre) const {
  const auto other = by_world.find(theatre.world().spec.name);
  if (other == by_world.end()) return write_as(theatre);
  Letter changed = *this;
  if (other->second.from) changed.from = *other->second.from;
  if (!other->second.to.empty()) changed.to = other->second.to;
  return changed.write_as(theatre);
}

Submission Letter::write_as(Theatre& theatre) const {
  const std::uint64_t number = theatre.next_number();
  const std::string domain = from.domain.empty() ? "localhost.example" : from.domain;
  std::vector<std::string> names;
  for (const mail::Address& address : to) names.push_back(to_string(address));
  Submission submission;
  submission.label = label;
  submission.message_class = message_class;
  submission.via = via;
  submission.author = from;
  submission.message = make_message(content, {.from = to_string(from),
                                              .to = fmt::format("{}", fmt::join(names, ", ")),
                                              .message_id = fmt::format("<{}.{}@{}>", label, number, domain),
                                              .unix_seconds = theatre.executor().unix_seconds()});
  mail::Envelope& envelope = submission.envelope;
  envelope.reverse_path = reverse_path.value_or(mail::ReversePath(from));
  envelope.dsn_return = dsn_return;
  for (const mail::Address& address : to) envelope.recipients.push_back({mail::ForwardPath(address), notify, {}});
  const std::string_view body = submission.message.body();
  const bool eight_bit =
      std::any_of(body.begin(), body.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7f; });
  if (eight_bit) envelope.body_type = mail::BodyType::eight_bit_mime;
  const std::string_view header = submission.message.header_section();
  envelope.smtputf8 =
      needs_smtputf8(from) ||
      std::any_of(to.begin(), to.end(), [](const auto& each) { return needs_smtputf8(each); }) ||
      std::any_of(header.begin(), header.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7f; });
  return submission;
}

std::vector<yaml::Key> letter_keys() {
  const yaml::Shape other_names = yaml::map({
      yaml::optional("from", yaml::address(), "Its author there.", "autodrm@ctbto.org"),
      yaml::optional("to", yaml::one_or_many(yaml::address()), "Its recipients there.", "autodrm@ctbto.org"),
  });
  std::vector<yaml::Key> keys = {
      yaml::required("class", yaml::text(), "Class of the message: which zones may handle it.", "verification"),
      yaml::required("from", yaml::address(), "RFC5322.From, and the reverse-path unless that is given.",
                     "op@station.example"),
      yaml::required("to", yaml::one_or_many(yaml::address()), "Recipients of the envelope.", "autodrm@ctbto.int"),
      yaml::optional("via", yaml::text(), "Host that sends it; default: the one that stands for From's domain.",
                     "ndc.example"),
      yaml::optional("envelope_from", yaml::text(), "Another reverse-path; `<>` for the null one.", "\"<>\""),
      yaml::optional("notify", yaml::list_of(yaml::enumeration({"never", "success", "failure", "delay"})).sized(1),
                     "DSN NOTIFY parameter (RFC 3461).", "[success, failure]"),
      yaml::optional("by_world", yaml::map_of(yaml::text(), other_names),
                     "Other addresses in some worlds, where the same account has another name.",
                     "{ legacy: { to: autodrm@ctbto.org } }"),
      yaml::optional("ret", yaml::enumeration({"full", "headers"}), "DSN RET parameter (RFC 3461).", "headers"),
  };
  for (yaml::Key& key : message_keys()) keys.push_back(std::move(key));
  return keys;
}

namespace {

void read_other_names(const Node& node, Letter& letter, BindContext& context) {
  const Node* worlds = node.find("by_world");
  if (worlds == nullptr) return;
  for (const auto& [name, names] : worlds->entries) {
    if (std::find(context.worlds.begin(), context.worlds.end(), name.text) == context.worlds.end()) {
      context.diagnostics.push_back(yaml::unknown_name(name, "world of this scenario", context.worlds));
    }
    OtherNames& other = letter.by_world[name.text];
    if (const Node* from = names.find("from")) other.from = yaml::as_address(*from);
    const Node* to = names.find("to");
    if (to == nullptr) continue;
    for (const Node& each : yaml::items_of(*to)) other.to.push_back(yaml::as_address(each));
  }
}

}  // namespace

Letter read_letter(const Node& node, std::string label, BindContext& context, std::vector<NameUse>& uses) {
  Letter letter;
  letter.label = std::move(label);
  letter.message_class = yaml::as_text(node["class"]);
  uses.push_back({NameUse::Kind::message_class, node["class"]});
  letter.from = yaml::as_address(node["from"]);
  for (const Node& each : yaml::items_of(node["to"])) letter.to.push_back(yaml::as_address(each));
  read_other_names(node, letter, context);
  if (const Node* via = node.find("via")) {
    letter.via = yaml::as_text(*via);
    uses.push_back({NameUse::Kind::host, *via});
  }
  if (const Node* other = node.find("envelope_from")) {
    const std::string& text = yaml::as_text(*other);
    const auto path = mail::parse_reverse_path(text.starts_with('<') ? text : "<" + text + ">");
    if (path) {
      letter.reverse_path = *path;
    } else {
      context.diagnostics.push_back(other->error(path.error().message + "; expected an address or '<>'"));
    }
  }
  if (const Node* notify = node.find("notify")) {
    letter.notify.specified = true;
    for (const std::string& word : yaml::as_texts(*notify)) {
      letter.notify.never = letter.notify.never || word == "never";
      letter.notify.success = letter.notify.success || word == "success";
      letter.notify.failure = letter.notify.failure || word == "failure";
      letter.notify.delay = letter.notify.delay || word == "delay";
    }
  }
  if (const Node* ret = node.find("ret")) {
    letter.dsn_return = yaml::as_text(*ret) == "full" ? mail::DsnReturn::full : mail::DsnReturn::headers;
  }
  letter.content = read_message_template(node, context.messages_folder, context.scenario_folder, context.diagnostics);
  return letter;
}

yaml::Key id_key() {
  return yaml::required("id", yaml::text_matching("[A-Za-z][A-Za-z0-9_-]*", "a message id", "request"),
                        "Name under which expectations speak of it.", "request");
}

}  // namespace watershed::harness
