// For tests: a client's host and a server's on a Stage, and a server whose owner says what the test tells it to.
#pragma once

#include "stage/simulated_stage.hpp"
#include "talk/smtp_client.hpp"
#include "talk/smtp_server.hpp"

#include <gtest/gtest.h>

namespace watershed::talk::smtp_test {

using stage::FactKind;
using stage::Task;
using Lines = std::vector<std::string>;

inline IpAddress address(std::string_view text) { return *parse_ip_address(text); }

// What the server's owner says: `rcpt` may be keyed by recipient, content over LMTP too.
struct Manners {
  std::map<std::string, Answer> answers;
  Answer to(const std::string& key, Answer otherwise) const {
    const auto found = answers.find(key);
    return found == answers.end() ? otherwise : found->second;
  }
};

struct World : stage::SimulatedStage {
  World() {
    client = add_host("client.example", from);
    server = add_host("server.example", to.address);
    server_options.profile.hostname = "server.example";
    client_options.helo = "client.example";
    client_options.peer_name = "server.example";
    envelope.reverse_path = *mail::parse_reverse_path("<a@client.example>");
    for (const std::string_view recipient : {"<x@server.example>", "<y@server.example>", "<z@server.example>"}) {
      envelope.recipients.push_back({*mail::parse_forward_path(recipient), {}, {}});
    }
  }
  ~World() { executor.shut_down(); }

  std::size_t count(FactKind kind) const {
    return static_cast<std::size_t>(std::count_if(journal.facts().begin(), journal.facts().end(),
                                                  [kind](const stage::Fact& fact) { return fact.kind == kind; }));
  }

  IpAddress from = address("192.0.2.1");
  Endpoint to{address("192.0.2.25"), 25};
  stage::HostId client = 0;
  stage::HostId server = 0;
  SmtpServerOptions server_options;
  SmtpClientOptions client_options;
  Manners manners;
  mail::Envelope envelope;
  mail::Message message = mail::Message::parse("Subject: x\r\n\r\n.dot\r\nend\r\n");
  std::vector<ReceivedContent> received;
  std::vector<std::string> log;
  int resets = 0;
};

class Conversation final : public SmtpConversation {
 public:
  explicit Conversation(World& world) : world_(world) {}
  Task<Answer> on_connect() override { co_return world_.manners.to("connect", answer(220, "", "")); }
  Task<Answer> on_hello(const mail::HelloCommand&) override {
    co_return world_.manners.to("hello", answer(250, "", ""));
  }
  Task<Answer> on_mail(const mail::Envelope&) override {
    co_return world_.manners.to("mail", answer(250, "2.1.0", "Ok"));
  }
  Task<Answer> on_rcpt(const mail::Envelope&, const mail::Recipient& recipient) override {
    co_return world_.manners.to("rcpt " + recipient.forward_path.address().local_part, answer(250, "2.1.5", "Ok"));
  }
  Task<Answer> on_data(const mail::Envelope&) override { co_return world_.manners.to("data", answer(354, "", "go")); }
  Task<std::vector<Answer>> on_content(ReceivedContent content) override {
    std::vector<Answer> answers;
    const bool lmtp = world_.server_options.profile.lmtp;
    for (const mail::Recipient& recipient : content.envelope.recipients) {
      const std::string key = lmtp ? "content " + recipient.forward_path.address().local_part : "content";
      answers.push_back(world_.manners.to(key, answer(250, "2.0.0", "taken")));
      if (!lmtp) break;
    }
    world_.received.push_back(std::move(content));
    co_return answers;
  }
  void on_reset() override { ++world_.resets; }

 private:
  World& world_;
};

inline Task<void> serve(World& world) {
  auto listener = world.network.listen(world.to);
  const ConversationFactory open = [&world](const Connection&) { return std::make_unique<Conversation>(world); };
  co_await serve_smtp(world.stage, world.server, world.server_options, **listener, open);
}

inline std::string describe(const RecipientOutcome& outcome) {
  const char* const kind = outcome.is_accepted() ? "accepted" : outcome.is_permanent() ? "permanent" : "transient";
  return fmt::format("{}: {} ({})", kind, outcome.text, to_string(outcome.at));
}

// Sends the message `times` times over one connection.
inline Task<void> deliver(World& world, int times) {
  auto opened = co_await SmtpClient::open(world.stage, world.client, world.from, world.to,
                                          SmtpClientOptions(world.client_options));
  if (!opened) {
    const SessionFailure& failure = opened.error();
    world.log.push_back(fmt::format("{} session: {} ({})", failure.is_permanent ? "permanent" : "transient",
                                    failure.text, to_string(failure.at)));
    co_return;
  }
  SmtpClient& client = **opened;
  for (int index = 0; index < times && client.is_usable(); ++index) {
    const std::vector<RecipientOutcome> outcomes = co_await client.send(world.envelope, world.message, 7);
    for (const RecipientOutcome& outcome : outcomes) world.log.push_back(describe(outcome));
  }
  if (!client.is_usable()) world.log.emplace_back("unusable");
  co_await client.quit();
}

inline std::vector<std::string> run(World& world, int times = 1) {
  world.executor.spawn(serve(world));
  world.executor.spawn(deliver(world, times));
  world.executor.run_until(stage::forever);
  EXPECT_EQ(world.executor.failure(), "");
  return world.log;
}

inline constexpr const char* taken =
    "accepted: 250 2.0.0 taken (sending end of data -- message may be sent more than once)";

}  // namespace watershed::talk::smtp_test
