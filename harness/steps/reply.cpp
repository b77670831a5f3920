// reply: a message that arrived is answered, as a person or a robot would.
#include "harness/steps/letter.hpp"
#include "harness/yaml/read.hpp"

#include <fmt/format.h>

namespace watershed::harness {

using stage::Task;
using yaml::Node;

namespace {

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
