// See listeners.hpp.
#include "components/router/engine/listeners.hpp"

#include "components/router/engine/smtpd.hpp"
#include "talk/smtp_server.hpp"

#include <algorithm>

namespace watershed::router {

using stage::Task;

namespace {

// serve_connection keeps a reference to its options: this task keeps them, and the configuration, for as long.
Task<void> serve(Engine& engine, std::shared_ptr<const EngineSettings> /* kept */, const ServiceSettings& service,
                 std::unique_ptr<stage::Stream> stream, std::unique_ptr<talk::SmtpConversation> conversation) {
  talk::SmtpServerOptions options{service.profile, service.timeout};
  const IpAddress client = stream->peer().address;
  if (service.bare_newline_exclusions->match({}, &client).matched) {
    options.profile.bare_newlines = mail::BareNewlinePolicy::normalize;
  }
  co_await talk::serve_connection(engine.stage, engine.host, options, std::move(stream), std::move(conversation));
}

}  // namespace

Result<bool, Error> Listeners::follow_configuration() {
  std::map<Endpoint, Open> wanted;
  for (const ServiceSettings& service : engine_.settings->services) {
    for (const ListenAddress& each : service.listen_on) {
      Open& open = wanted.emplace(each.at, Open{nullptr, service.name, each.loopback_only}).first->second;
      // What everybody may reach wins over what only the host itself may.
      if (open.loopback_only && !each.loopback_only) open = Open{nullptr, service.name, false};
    }
  }
  for (auto entry = open_.begin(); entry != open_.end();) {
    const auto still = wanted.find(entry->first);
    const bool keep = still != wanted.end() && still->second.service == entry->second.service &&
                      still->second.loopback_only == entry->second.loopback_only;
    if (!keep) entry->second.listener->close();
    entry = keep ? std::next(entry) : open_.erase(entry);
  }
  for (auto& [endpoint, open] : wanted) {
    if (open_.contains(endpoint)) continue;
    auto listener = engine_.stage.network.listen(endpoint);
    if (!listener) return listener.error();
    open.listener = listener->get();
    open_.emplace(endpoint, open);
    engine_.stage.executor.spawn(accept(std::move(*listener), open.service, open.loopback_only));
  }
  return true;
}

void Listeners::close_all() {
  for (const auto& [endpoint, open] : open_) open.listener->close();
  open_.clear();
}

Task<void> Listeners::accept(std::unique_ptr<stage::Listener> listener, std::string service_name, bool loopback_only) {
  for (;;) {
    std::unique_ptr<stage::Stream> stream = co_await listener->accept();
    if (!stream) co_return;
    const std::shared_ptr<const EngineSettings> settings = engine_.settings;
    const auto service = std::find_if(settings->services.begin(), settings->services.end(),
                                      [&](const ServiceSettings& each) { return each.name == service_name; });
    if (service == settings->services.end()) continue;  // its listener is being closed
    const talk::Connection connection{stream->id(), stream->local(), stream->peer()};
    auto conversation = std::make_unique<SmtpdConversation>(engine_, *service, loopback_only, connection);
    engine_.stage.executor.spawn(serve(engine_, settings, *service, std::move(stream), std::move(conversation)));
  }
}

}  // namespace watershed::router
