// The kinds of steps: name, table of keys, and how a node becomes a step. Adding one is one file and one line here.
#pragma once

#include "harness/scenario/scenario.hpp"

#include <filesystem>
#include <functional>
#include <span>

namespace watershed::harness {

/// What binding a step may need beside its node; diagnostics are collected.
struct BindContext {
  std::filesystem::path messages_folder;
  std::filesystem::path scenario_folder;
  Diagnostics& diagnostics;
  std::span<const std::string> worlds;  ///< those of the scenario
};

struct StepKind {
  const char* name;
  const char* doc;
  yaml::Shape shape;
  std::shared_ptr<Step> (*bind)(const yaml::Node& node, BindContext& context);
};

std::span<const StepKind> step_kinds();

// One pair a file.
yaml::Shape send_shape();
std::shared_ptr<Step> bind_send(const yaml::Node& node, BindContext& context);
yaml::Shape send_many_shape();
std::shared_ptr<Step> bind_send_many(const yaml::Node& node, BindContext& context);
yaml::Shape reply_shape();
std::shared_ptr<Step> bind_reply(const yaml::Node& node, BindContext& context);
yaml::Shape advance_shape();
std::shared_ptr<Step> bind_advance(const yaml::Node& node, BindContext& context);
yaml::Shape fault_shape();
std::shared_ptr<Step> bind_fault(const yaml::Node& node, BindContext& context);
yaml::Shape clear_fault_shape();
std::shared_ptr<Step> bind_clear_fault(const yaml::Node& node, BindContext& context);
yaml::Shape spam_filter_shape();
std::shared_ptr<Step> bind_spam_filter(const yaml::Node& node, BindContext& context);
yaml::Shape dns_shape();
std::shared_ptr<Step> bind_dns(const yaml::Node& node, BindContext& context);
yaml::Shape configure_shape();
std::shared_ptr<Step> bind_configure(const yaml::Node& node, BindContext& context);
yaml::Shape host_state_shape();
std::shared_ptr<Step> bind_host_state(const yaml::Node& node, BindContext& context);
yaml::Shape link_shape();
std::shared_ptr<Step> bind_link(const yaml::Node& node, BindContext& context);
yaml::Shape flush_shape();
std::shared_ptr<Step> bind_flush(const yaml::Node& node, BindContext& context);
yaml::Shape outage_shape();
std::shared_ptr<Step> bind_outage(const yaml::Node& node, BindContext& context);
yaml::Shape machine_shape();
std::shared_ptr<Step> bind_machine(const yaml::Node& node, BindContext& context);
yaml::Shape await_shape();
std::shared_ptr<Step> bind_await(const yaml::Node& node, BindContext& context);
yaml::Shape mailbox_shape();
std::shared_ptr<Step> bind_mailbox(const yaml::Node& node, BindContext& context);

}  // namespace watershed::harness
