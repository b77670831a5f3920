// Where the router listens, and for which service of master.cf.
#pragma once

#include "components/router/engine/engine.hpp"

#include <map>
#include <string>

namespace watershed::router {

class Listeners {
 public:
  explicit Listeners(Engine& engine) : engine_(engine) {}

  /// Makes what is listened on agree with the configuration in force. The error names the endpoint that is taken.
  Result<bool, Error> follow_configuration();
  void close_all();

 private:
  struct Open {
    stage::Listener* listener = nullptr;  // owned by its accepting task
    std::string service;
    bool loopback_only = false;
  };

  stage::Task<void> accept(std::unique_ptr<stage::Listener> listener, std::string service, bool loopback_only);

  Engine& engine_;
  std::map<Endpoint, Open> open_;
};

}  // namespace watershed::router
