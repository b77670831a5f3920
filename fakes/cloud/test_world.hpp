// For tests: a provider at 203.0.113.40, a client at 198.51.100.10, and a next hop at 192.0.2.25, in memory on a
// virtual clock.
#pragma once

#include "fakes/cloud/provider.hpp"
#include "fakes/cloud/test_tenant.hpp"
#include "stage/memory_network.hpp"
#include "talk/smtp_client.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace watershed::cloud::test {

inline IpAddress ip(std::string_view text) { return *parse_ip_address(text); }

/// What the next hop got, and what it answers to RCPT and to content.
struct Sink {
  struct Received {
    mail::Envelope envelope;
    mail::Message message;
  };
  std::vector<Received> received;
  std::function<talk::Answer(const mail::Recipient&)> on_rcpt;
  std::function<talk::Answer()> on_content;
};

class SinkConversation final : public talk::SmtpConversation {
 public:
  explicit SinkConversation(Sink& sink) : sink_(sink) {}
  stage::Task<talk::Answer> on_rcpt(const mail::Envelope&, const mail::Recipient& recipient) override {
    if (sink_.on_rcpt) co_return sink_.on_rcpt(recipient);
    co_return talk::answer(250, "2.1.5", "Ok");
  }
  stage::Task<std::vector<talk::Answer>> on_content(talk::ReceivedContent received) override {
    std::vector<talk::Answer> answers;
    answers.push_back(sink_.on_content ? sink_.on_content() : talk::answer(250, "2.0.0", "Ok"));
    if (answers[0].reply.is_positive()) {
      sink_.received.push_back({received.envelope, mail::Message::parse(std::move(received.content))});
    }
    co_return answers;
  }

 private:
  Sink& sink_;
};

/// Decides by the subject: `tag`, `quarantine`, `reject`, `tempfail`, `discard`; `down`: no answer.
class SubjectFilter final : public talk::ContentFilter {
 public:
  explicit SubjectFilter(stage::HostId host) : host_(host) {}
  stage::HostId host() const override { return host_; }
  stage::Task<std::optional<talk::FilterVerdict>> inspect(const talk::FilterRequest& request) override {
    const std::string subject = request.message.value("Subject");
    if (subject == "down") co_return std::nullopt;
    talk::FilterVerdict verdict;
    for (const auto action : {talk::FilterAction::tag, talk::FilterAction::quarantine, talk::FilterAction::reject,
                              talk::FilterAction::tempfail, talk::FilterAction::discard}) {
      if (subject == talk::to_string(action)) verdict.action = action;
    }
    verdict.rule = "by subject";
    verdict.decided_by = "rules.yaml:3";
    if (subject == "tag") verdict.add_fields = {"X-Spam-Flag: YES"};
    co_return verdict;
  }

 private:
  stage::HostId host_;
};

class World {
 public:
  explicit World(Tenant tenant, bool with_filter = false, std::vector<Endpoint> dns_servers = {}) {
    client_ = add_host("client.example", "198.51.100.10");
    const stage::HostId cloud = add_host("eu.cloud.example", "203.0.113.40");
    const stage::HostId next = add_host("mx.ctbto.int", "192.0.2.25");
    filter = std::make_unique<SubjectFilter>(cloud);
    provider = std::make_unique<Provider>(
        stage, ProviderOptions{cloud, "eu.cloud.example", {ip("203.0.113.40")}, std::move(dns_servers), 25, 25},
        std::move(tenant), with_filter ? filter.get() : nullptr);
    const auto started = provider->start();
    sink_options_.profile.hostname = "mx.ctbto.int";
    listener_ = std::move(*network.listen({ip("192.0.2.25"), 25}));
    open_sink_ = [this](const talk::Connection&) { return std::make_unique<SinkConversation>(sink); };
    executor.spawn(talk::serve_smtp(stage, next, sink_options_, *listener_, open_sink_));
    run(std::chrono::milliseconds(1));
  }
  ~World() { executor.shut_down(); }

  stage::HostId add_host(const std::string& name, std::string_view address) {
    const stage::HostId host = journal.add_host(name);
    network.add_address(ip(address), host);
    return host;
  }

  void run(stage::Duration for_so_long) {
    executor.spawn(pass(for_so_long));  // the clock moves only to timers
    executor.run_until(executor.now() + for_so_long);
  }

  /// A client hands a message in; the outcome of each recipient on one line, `connect: …` when there was no session.
  std::vector<std::string> send(const std::string& from, const std::vector<std::string>& to,
                                const std::string& content = "Subject: s\r\n\r\nbody\r\n") {
    return send(envelope(from, to), content);
  }
  std::vector<std::string> send(mail::Envelope envelope, const std::string& content) {
    std::vector<std::string> outcomes;
    executor.spawn(talk_to_provider(std::move(envelope), mail::Message::parse(content), outcomes));
    run(std::chrono::seconds(5));
    return outcomes;
  }

  /// `kind recipient detail text` of the provider's facts of these kinds, in order.
  std::vector<std::string> facts(std::initializer_list<stage::FactKind> kinds) const {
    std::vector<std::string> lines;
    for (const stage::Fact& fact : journal.facts()) {
      const bool wanted = std::find(kinds.begin(), kinds.end(), fact.kind) != kinds.end();
      if (!wanted || journal.host_name(fact.host) != "eu.cloud.example") continue;
      lines.push_back(fmt::format("{} {} {} {}", stage::to_string(fact.kind), fact.recipient, fact.detail, fact.text));
    }
    return lines;
  }
  std::size_t count(stage::FactKind kind) const { return facts({kind}).size(); }

  /// `folder: subject` of what a mailbox holds.
  std::vector<std::string> holds(std::string_view mailbox) const {
    std::vector<std::string> lines;
    for (const StoredMessage& stored : provider->store().messages(at(mailbox))) {
      lines.push_back(stored.folder + ": " + stored.message.value("Subject"));
    }
    return lines;
  }

  stage::VirtualExecutor executor;
  stage::Random random{1};
  stage::Journal journal;
  stage::MemoryNetwork network{executor, journal};
  stage::Stage stage{executor, random, network, journal};
  std::unique_ptr<SubjectFilter> filter;
  std::unique_ptr<Provider> provider;
  Sink sink;

 private:
  stage::Task<void> pass(stage::Duration for_so_long) { co_await executor.sleep_for(for_so_long); }
  stage::Task<void> talk_to_provider(mail::Envelope envelope, mail::Message message,
                                     std::vector<std::string>& outcomes) {
    talk::SmtpClientOptions options;
    options.helo = "client.example";
    options.peer_name = "eu.cloud.example";
    const Endpoint to{ip("203.0.113.40"), 25};
    auto client = co_await talk::SmtpClient::open(stage, client_, ip("198.51.100.10"), to, std::move(options));
    if (!client) {
      outcomes.push_back("connect: " + client.error().text);
      co_return;
    }
    const auto results = co_await (*client)->send(envelope, message, journal.new_custody());
    for (const talk::RecipientOutcome& result : results) outcomes.push_back(result.text);
    co_await (*client)->quit();
  }

  stage::HostId client_ = 0;
  talk::SmtpServerOptions sink_options_;
  std::unique_ptr<stage::Listener> listener_;
  talk::ConversationFactory open_sink_;
};

/// tenant() with everything outside going to the next hop; forwards to ctbto.int are allowed.
inline Tenant connected(std::string_view profile = "exchange_online") {
  Tenant made = tenant(profile);
  made.outbound_connectors = {{"all", {"*"}, {{"mx.ctbto.int", ip("192.0.2.25"), 25}}, false, line(80)}};
  made.external_forwarding.domains = {"ctbto.int"};
  return made;
}

inline mail::Envelope from_ben(const std::string& to) { return envelope("ben@ctbto.org", {to}); }

/// Ben sends a message with the subject `hi`.
inline void submit(World& world, const mail::Envelope& envelope) {
  ASSERT_TRUE(world.provider->submit(at("ben@ctbto.org"), envelope,
                                     mail::Message::parse("Subject: hi\r\nMessage-ID: <1@x>\r\n\r\nb\r\n"), "hello",
                                     "personal"));
}

}  // namespace watershed::cloud::test
