// send, send_many, reply: mail enters the world.
#include "harness/content/message_template.hpp"
#include "harness/steps/step_table.hpp"
#include "harness/steps/theatre.hpp"
#include "harness/yaml/read.hpp"
#include "harness/yaml/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace watershed::harness {

using stage::Task;
using yaml::Node;

namespace {

// The same correspondence where accounts have other names.
struct OtherNames {
  std::optional<mail::Address> from;
  std::vector<mail::Address> to;
};

// What is the same for one message and for many.
struct Letter {
  std::string label;
  std::string message_class;
  std::string via;
  mail::Address from;
  std::optional<mail::ReversePath> reverse_path;  // other than From
  std::vector<mail::Address> to;
  mail::DsnNotify notify;
  mail::DsnReturn dsn_return = mail::DsnReturn::unspecified;
  MessageTemplate content;
  std::map<std::string, OtherNames> by_world;

  Submission write(Theatre& theatre) const {
    const auto other = by_world.find(theatre.world().spec.name);
    if (other == by_world.end()) return write_as(theatre);
    Letter changed = *this;
    if (other->second.from) changed.from = *other->second.from;
    if (!other->second.to.empty()) changed.to = other->second.to;
    return changed.write_as(theatre);
  }

  Submission write_as(Theatre& theatre) const {
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
};

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

struct Send final : Step {
  Letter letter;

  Task<void> act(Theatre& theatre) const override {
    if (auto error = theatre.submit(letter.write(theatre))) theatre.fail(*this, std::move(*error));
    co_return;
  }
  std::vector<std::string> message_ids() const override { return {letter.label}; }
};

struct SendMany final : Step {
  std::string id;
  std::vector<std::pair<std::int64_t, Letter>> mix;  // weight, letter
  std::int64_t count = 0;
  double rate_per_second = 1;

  // Weighted round robin: the same order in every run, each prefix as close to the mix as it can be.
  Task<void> act(Theatre& theatre) const override {
    std::vector<std::int64_t> credit(mix.size(), 0);
    std::int64_t total = 0;
    for (const auto& [weight, letter] : mix) total += weight;
    const stage::Time started = theatre.executor().now();
    for (std::int64_t sent = 0; sent < count; ++sent) {
      // Against the schedule, not against the last message: a slow start does not lower the rate.
      const auto due = started + std::chrono::duration_cast<stage::Duration>(
                                     std::chrono::duration<double>(static_cast<double>(sent) / rate_per_second));
      if (due > theatre.executor().now()) co_await theatre.executor().sleep_until(due);
      std::size_t chosen = 0;
      for (std::size_t index = 0; index < mix.size(); ++index) {
        credit[index] += mix[index].first;
        if (credit[index] > credit[chosen]) chosen = index;
      }
      credit[chosen] -= total;
      if (auto error = theatre.submit(mix[chosen].second.write(theatre))) {
        theatre.fail(*this, std::move(*error));
        co_return;
      }
    }
  }
  std::vector<std::string> message_ids() const override { return {id}; }
};

struct Reply final : Step {
  std::string id;
  std::string to;
  std::string via;
  std::string message_class;
  std::optional<mail::Address> from;
  std::optional<mail::Address> rcpt;
  stage::Duration within{};
  MessageTemplate content;

  Task<void> act(Theatre& theatre) const override {
    const stage::Time deadline = theatre.executor().now() + within;
    const std::optional<Arrived> arrived = co_await theatre.wait_for(to, deadline);
    if (!arrived) {
      theatre.fail(*this, fmt::format("message '{}' did not arrive, so nobody can answer it", to));
      co_return;
    }
    const auto author = from ? Result<mail::Address, Error>(*from) : mail::parse_address(arrived->mailbox);
    const auto answered = rcpt ? Result<mail::Address, Error>(*rcpt) : reply_address(*arrived->message);
    if (!author || !answered) {
      theatre.fail(*this, fmt::format("message '{}' names no address to answer to", to));
      co_return;
    }
    Letter letter;
    letter.label = id;
    letter.message_class = message_class.empty() ? arrived->message_class : message_class;
    letter.via = via;
    letter.from = *author;
    letter.to = {*answered};
    letter.content = content;
    const std::string original = arrived->message->value("Message-ID");
    if (!original.empty()) letter.content.set_fields.emplace_back("In-Reply-To", original);
    if (auto error = theatre.submit(letter.write(theatre))) theatre.fail(*this, std::move(*error));
  }

  // AutoDRM answers to the address of the E-MAIL line rather than to From; people answer to Reply-To, else From.
  static Result<mail::Address, Error> reply_address(const mail::Message& message) {
    for (const char* prefix : {"\nE-MAIL ", "\nEMAIL "}) {
      const std::string_view body = message.body();
      const std::size_t found = body.find(prefix);
      if (found == std::string_view::npos) continue;
      const std::string_view line = body.substr(found + std::string_view(prefix).size());
      auto address = mail::parse_address(line.substr(0, line.find_first_of("\r\n ")));
      if (address) return address;
    }
    for (const char* name : {"Reply-To", "From"}) {
      std::string value = message.value(name);
      const std::size_t open = value.rfind('<');
      if (open != std::string::npos) value = value.substr(open + 1, value.find('>', open) - open - 1);
      auto address = mail::parse_address(value);
      if (address) return address;
    }
    return Error{"no address"};
  }

  std::vector<std::string> message_ids() const override { return {id}; }
};

}  // namespace

yaml::Shape send_shape() {
  std::vector<yaml::Key> keys = letter_keys();
  keys.insert(keys.begin(), id_key());
  return yaml::map(std::move(keys)).exactly_one_of({"message", "text"});
}

std::shared_ptr<Step> bind_send(const Node& node, BindContext& context) {
  auto bound = std::make_shared<Send>();
  bound->letter = read_letter(node, yaml::as_text(node["id"]), context, bound->uses);
  bound->summary = fmt::format("send {}: {} to {}", bound->letter.label, to_string(bound->letter.from),
                               fmt::join(yaml::as_texts(node["to"]), ", "));
  return bound;
}

yaml::Shape send_many_shape() {
  std::vector<yaml::Key> part = letter_keys();
  part.push_back(yaml::defaulted("weight", yaml::integer(1, 1000), "1", "Share of the mix.", "3"));
  const yaml::Shape mix = yaml::list_of(yaml::map(part).exactly_one_of({"message", "text"})).sized(1);
  std::vector<yaml::Key> keys = letter_keys();
  for (yaml::Key& key : keys) key.is_required = false;
  keys.insert(keys.begin(), id_key());
  keys.push_back(yaml::optional("mix", mix, "Several kinds of messages instead of one."));
  keys.push_back(yaml::required("count", yaml::integer(1, 10'000'000), "How many.", "500"));
  keys.push_back(yaml::required("rate", yaml::rate(), "How fast, evenly spaced.", "50/s"));
  return yaml::map(std::move(keys)).exactly_one_of({"mix", "class"});
}

std::shared_ptr<Step> bind_send_many(const Node& node, BindContext& context) {
  auto bound = std::make_shared<SendMany>();
  bound->id = yaml::as_text(node["id"]);
  bound->count = yaml::as_integer(node["count"]);
  bound->rate_per_second = yaml::as_rate(node["rate"]);
  if (const Node* mix = node.find("mix")) {
    for (const Node& item : mix->items) {
      bound->mix.emplace_back(yaml::as_integer(item["weight"]), read_letter(item, bound->id, context, bound->uses));
    }
  } else if (!node.has("from") || !node.has("to")) {
    context.diagnostics.push_back(node.error("expected the keys 'from' and 'to', or 'mix' instead of 'class'"));
  } else {
    bound->mix.emplace_back(1, read_letter(node, bound->id, context, bound->uses));
  }
  bound->summary = fmt::format("send_many {}: {} messages at {}/s", bound->id, bound->count, bound->rate_per_second);
  return bound;
}

yaml::Shape reply_shape() {
  std::vector<yaml::Key> keys = {
      id_key(),
      yaml::required("to", yaml::text(), "Id of the message that is answered.", "request"),
      yaml::optional("from", yaml::address(), "Another author than the recipient of that message.",
                     "autodrm@ctbto.int"),
      yaml::optional("rcpt", yaml::address(), "Another recipient than its E-MAIL line, Reply-To or From.",
                     "op@station.example"),
      yaml::optional("class", yaml::text(), "Another class than that of the message answered.", "verification"),
      yaml::optional("via", yaml::text(), "Host that sends it.", "robots.ctbto.int"),
      yaml::defaulted("within", yaml::duration(), "10m", "How long to wait for the message that is answered."),
  };
  for (yaml::Key& key : message_keys()) keys.push_back(std::move(key));
  return yaml::map(std::move(keys)).exactly_one_of({"message", "text"});
}

std::shared_ptr<Step> bind_reply(const Node& node, BindContext& context) {
  auto bound = std::make_shared<Reply>();
  const auto text = [&](const char* key) { return node.has(key) ? yaml::as_text(node[key]) : std::string(); };
  bound->id = yaml::as_text(node["id"]);
  bound->to = yaml::as_text(node["to"]);
  bound->via = text("via");
  bound->message_class = text("class");
  if (const Node* from = node.find("from")) bound->from = yaml::as_address(*from);
  if (const Node* rcpt = node.find("rcpt")) bound->rcpt = yaml::as_address(*rcpt);
  bound->within = yaml::as_duration(node["within"]);
  bound->content = read_message_template(node, context.messages_folder, context.scenario_folder, context.diagnostics);
  bound->uses.push_back({NameUse::Kind::message, node["to"]});
  if (const Node* via = node.find("via")) bound->uses.push_back({NameUse::Kind::host, *via});
  if (const Node* cls = node.find("class")) bound->uses.push_back({NameUse::Kind::message_class, *cls});
  bound->summary = fmt::format("reply {} to {}", bound->id, bound->to);
  return bound;
}

}  // namespace watershed::harness
