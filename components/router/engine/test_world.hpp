// For tests: a small world on the virtual clock with routers, a name server, receivers that follow a script, and a
// client.
#pragma once

#include "components/router/engine/router.hpp"
#include "components/router/postfix/config.hpp"
#include "stage/memory_network.hpp"
#include "talk/dns_test_answers.hpp"
#include "talk/smtp_client.hpp"
#include "talk/smtp_server.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace watershed::router::testing {

using namespace std::chrono_literals;

inline IpAddress ip(std::string_view text) { return *parse_ip_address(text); }

inline mail::Envelope envelope(const std::string& from, const std::vector<std::string>& to) {
  mail::Envelope made;
  if (from != "<>") made.reverse_path = mail::ReversePath(*mail::parse_address(from));
  for (const std::string& each : to) made.recipients.push_back({mail::ForwardPath(*mail::parse_address(each)), {}, {}});
  return made;
}

/// A folder with the given files, deleted at the end of the test.
class Folder {
 public:
  explicit Folder(const std::map<std::string, std::string>& files) {
    static int number = 0;
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::temp_directory_path() / "watershed_engine_test" /
            (std::string(test->name()) + std::to_string(++number));
    std::filesystem::create_directories(path_);
    for (const auto& [name, text] : files) std::ofstream(path_ / name) << text;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::shared_ptr<const RouteDecider> decider(const std::string& hostname, std::vector<IpAddress> addresses,
                                                   std::map<std::string, std::string> files) {
  files["main.cf"] = "compatibility_level = 3.6\nmyhostname = " + hostname +
                     "\nalias_maps =\nmydestination =\nlocal_recipient_maps =\n"
                     "mynetworks = 192.0.2.0/24\n" +
                     files["main.cf"];
  const Folder folder(files);
  postfix::LoadOptions options;
  options.shown_folder = "postfix";
  options.addresses = std::move(addresses);
  auto config = postfix::load_postfix(folder.path(), options);
  if (!config) {
    ADD_FAILURE() << render(config.error());
    return nullptr;
  }
  return std::make_shared<const RouteDecider>(std::move(*config));
}

/// A host that takes mail and answers as its script says.
struct Receiver {
  using Script = std::function<talk::Answer(talk::SmtpStage at, const std::string& recipient)>;

  struct Transaction {
    mail::Envelope envelope;
    mail::Message message;
    stage::Time at;
    stage::ConnectionId connection;
  };

  stage::Stage& stage;
  stage::HostId host;
  talk::SmtpServerOptions options;
  Script script;
  stage::Duration work{};  ///< how long a message takes after its final dot
  std::unique_ptr<stage::Listener> listener;
  talk::ConversationFactory open;
  std::vector<Transaction> taken;
  int connections = 0;
  int busy = 0;
  int busy_max = 0;

  class Conversation;
  std::vector<std::string> recipients() const {
    std::vector<std::string> names;
    for (const Transaction& each : taken) {
      for (const mail::Recipient& recipient : each.envelope.recipients)
        names.push_back(display(recipient.forward_path));
    }
    return names;
  }
};

class Receiver::Conversation final : public talk::SmtpConversation {
 public:
  explicit Conversation(Receiver& owner) : owner_(owner) { ++owner.connections; }

  stage::Task<talk::Answer> on_connect() override { co_return say(talk::SmtpStage::greeting, "", talk::Answer{}); }
  stage::Task<talk::Answer> on_rcpt(const mail::Envelope&, const mail::Recipient& recipient) override {
    co_return say(talk::SmtpStage::rcpt, display(recipient.forward_path), talk::answer(250, "2.1.5", "Ok"));
  }
  stage::Task<std::vector<talk::Answer>> on_content(talk::ReceivedContent received) override {
    owner_.busy_max = std::max(owner_.busy_max, ++owner_.busy);
    if (owner_.work > 0s) co_await owner_.stage.executor.sleep_for(owner_.work);
    --owner_.busy;
    std::vector<talk::Answer> answers;
    mail::Envelope taken = received.envelope;
    taken.recipients.clear();
    for (const mail::Recipient& recipient : received.envelope.recipients) {
      answers.push_back(
          say(talk::SmtpStage::content, display(recipient.forward_path), talk::answer(250, "2.0.0", "Taken")));
      if (answers.back().reply.is_positive()) taken.recipients.push_back(recipient);
    }
    if (!owner_.options.profile.lmtp) answers.resize(1);
    if (!taken.recipients.empty() && answers.front().then == talk::Then::go_on) {
      owner_.taken.push_back({std::move(taken), mail::Message::parse(std::move(received.content)),
                              owner_.stage.executor.now(), received.connection});
    }
    co_return answers;
  }

 private:
  talk::Answer say(talk::SmtpStage at, const std::string& recipient, talk::Answer otherwise) {
    if (!owner_.script) return otherwise;
    talk::Answer scripted = owner_.script(at, recipient);
    const bool silent = scripted.reply.lines.empty() && scripted.then == talk::Then::go_on;
    return silent ? otherwise : scripted;
  }

  Receiver& owner_;
};

class World : public ::testing::Test, public MailboxSink {
 protected:
  World() : network(executor, journal), random(7), stage{executor, random, network, journal} {
    const stage::HostId dns = journal.add_host("dns.example");
    network.add_address(ip("192.0.2.53"), dns);
    static_cast<void>(network.serve_datagrams(Endpoint{ip("192.0.2.53"), 53}, [this](std::string query, Endpoint) {
      return names.answer(std::move(query), executor.now());
    }));
    client_host = journal.add_host("client.example");
    network.add_address(ip("192.0.2.1"), client_host);
  }
  ~World() override { executor.shut_down(); }
  void TearDown() override {
    if (HasFailure()) printf("%s", journal_text().c_str());
  }

  void name(const std::string& owner, talk::RecordType type, std::vector<std::string> records) {
    names.answers[{owner, type}] = talk::AnswerText{0, std::move(records), {}, false};
  }
  void address_record(const std::string& host, const std::string& address) {
    name(host, talk::RecordType::a, {host + ". 60 IN A " + address});
    name(host, talk::RecordType::aaaa, {});
  }
  void mx(const std::string& domain, const std::vector<std::string>& exchangers) {
    std::vector<std::string> records;
    records.reserve(exchangers.size());
    for (const std::string& each : exchangers) records.push_back(fmt::format("{}. 60 IN MX {}.", domain, each));
    name(domain, talk::RecordType::mx, std::move(records));
  }

  RouterOptions options(const std::string& address) {
    RouterOptions made;
    made.addresses = {ip(address)};
    made.dns_servers = {Endpoint{ip("192.0.2.53"), 53}};
    made.mailboxes = this;
    return made;
  }
  Router& router(const std::string& hostname, const std::string& address, std::map<std::string, std::string> files,
                 const std::function<void(RouterOptions&)>& adjust = {}) {
    const stage::HostId host = journal.add_host(hostname);
    network.add_address(ip(address), host);
    address_record(hostname, address);
    RouterOptions made = options(address);
    if (adjust) adjust(made);
    routers.push_back(std::make_unique<Router>(stage, host, made, decider(hostname, made.addresses, std::move(files))));
    const auto started = routers.back()->start();
    EXPECT_TRUE(started) << (started ? "" : started.error().message);
    return *routers.back();
  }
  Receiver& receiver(const std::string& hostname, const std::string& address, Receiver::Script script = {},
                     std::uint16_t port = 25, bool lmtp = false) {
    const stage::HostId host = journal.add_host(hostname);
    network.add_address(ip(address), host);
    address_record(hostname, address);
    receivers.push_back(Receiver{stage, host, {}, std::move(script), {}, nullptr, {}, {}});
    Receiver& made = receivers.back();
    made.options.profile.hostname = hostname;
    made.options.profile.lmtp = lmtp;
    made.listener = std::move(*network.listen(Endpoint{ip(address), port}));
    made.open = [&made](const talk::Connection&) { return std::make_unique<Receiver::Conversation>(made); };
    executor.spawn(talk::serve_smtp(stage, host, made.options, *made.listener, made.open));
    return made;
  }

  /// Sends one message over a connection of its own; the outcomes are there when the executor ran.
  std::vector<talk::RecipientOutcome>& send(const std::string& to_host, const mail::Envelope& of,
                                            const std::string& content = "Subject: x\r\n\r\nbody\r\n") {
    sent_.emplace_back();
    executor.spawn(send_task(ip(to_host), of, content, sent_.back()));
    return sent_.back();
  }
  stage::Task<void> send_task(IpAddress to, mail::Envelope of, std::string content,
                              std::vector<talk::RecipientOutcome>& into) {
    talk::SmtpClientOptions client_options;
    client_options.helo = "client.example";
    client_options.peer_name = "router";
    auto client =
        co_await talk::SmtpClient::open(stage, client_host, ip("192.0.2.1"), Endpoint{to, 25}, client_options);
    if (!client) {
      into.push_back({client.error().at, client.error().reply, client.error().text});
      co_return;
    }
    const mail::Message message = mail::Message::parse(std::move(content));
    const stage::Custody custody = journal.new_custody();
    into = co_await (*client)->send(of, message, custody);
    co_await (*client)->quit();
  }

  /// Runs to the end of everything; false when something still waits after `limit`.
  bool run(stage::Duration limit = 24h * 30) {
    const bool idle = executor.run_until(executor.now() + limit);
    EXPECT_EQ(executor.failure(), "");
    return idle;
  }
  /// The whole journal as text, for failures.
  std::string journal_text() const {
    std::string text;
    for (const stage::Fact& fact : journal.facts()) append_json_line(text, journal, fact);
    return text;
  }
  std::vector<stage::Fact> facts(stage::FactKind kind) const {
    std::vector<stage::Fact> found;
    for (const stage::Fact& fact : journal.facts()) {
      if (fact.kind == kind) found.push_back(fact);
    }
    return found;
  }

  void store(const StoredMessage& stored) override { mailboxes[stored.mailbox].push_back(stored.message); }

  stage::VirtualExecutor executor;
  stage::Journal journal;
  stage::MemoryNetwork network;
  stage::Random random;
  stage::Stage stage;
  talk::ScriptedNameServer names;
  stage::HostId client_host = 0;
  std::list<Receiver> receivers;
  std::vector<std::unique_ptr<Router>> routers;
  std::list<std::vector<talk::RecipientOutcome>> sent_;
  std::map<std::string, std::vector<mail::Message>> mailboxes;
};

}  // namespace watershed::router::testing
