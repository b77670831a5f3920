// The kinds of expectations: name, table of keys, and how a node becomes a check. Adding one is one file and one line.
#pragma once

#include "harness/scenario/scenario.hpp"

#include <span>

namespace watershed::harness {

struct ExpectationKind {
  const char* name;
  bool about_world;  ///< stands under `world:` instead of a message id
  const char* doc;
  yaml::Shape shape;
  std::shared_ptr<Expectation> (*bind)(const yaml::Node& node);
};

std::span<const ExpectationKind> expectation_kinds();

// One pair a file.
yaml::Shape delivered_shape();
std::shared_ptr<Expectation> bind_delivered(const yaml::Node& node);
yaml::Shape rejected_shape();
std::shared_ptr<Expectation> bind_rejected(const yaml::Node& node);
yaml::Shape bounced_shape();
std::shared_ptr<Expectation> bind_bounced(const yaml::Node& node);
yaml::Shape deferred_shape();
std::shared_ptr<Expectation> bind_deferred(const yaml::Node& node);
yaml::Shape ended_shape();  ///< discarded, held, queued: all ask for a host
std::shared_ptr<Expectation> bind_discarded(const yaml::Node& node);
std::shared_ptr<Expectation> bind_held(const yaml::Node& node);
std::shared_ptr<Expectation> bind_queued(const yaml::Node& node);
yaml::Shape path_shape();
std::shared_ptr<Expectation> bind_path(const yaml::Node& node);
yaml::Shape never_shape();
std::shared_ptr<Expectation> bind_never(const yaml::Node& node);
yaml::Shape header_shape();
std::shared_ptr<Expectation> bind_header(const yaml::Node& node);
yaml::Shape body_shape();
std::shared_ptr<Expectation> bind_body(const yaml::Node& node);
yaml::Shape checksum_shape();
std::shared_ptr<Expectation> bind_checksum(const yaml::Node& node);
yaml::Shape auto_reply_shape();
std::shared_ptr<Expectation> bind_auto_reply(const yaml::Node& node);
yaml::Shape filtered_shape();
std::shared_ptr<Expectation> bind_filtered(const yaml::Node& node);
yaml::Shape throughput_shape();
std::shared_ptr<Expectation> bind_throughput(const yaml::Node& node);

yaml::Shape queue_empty_shape();
std::shared_ptr<Expectation> bind_queue_empty(const yaml::Node& node);
yaml::Shape shared_hosts_shape();
std::shared_ptr<Expectation> bind_shared_hosts(const yaml::Node& node);
yaml::Shape stragglers_shape();
std::shared_ptr<Expectation> bind_stragglers(const yaml::Node& node);
yaml::Shape filter_saw_only_shape();
std::shared_ptr<Expectation> bind_filter_saw_only(const yaml::Node& node);
yaml::Shape unchanged_shape();
std::shared_ptr<Expectation> bind_unchanged(const yaml::Node& node);
yaml::Shape simpler_than_shape();
std::shared_ptr<Expectation> bind_simpler_than(const yaml::Node& node);
yaml::Shape lookups_shape();
std::shared_ptr<Expectation> bind_lookups(const yaml::Node& node);
yaml::Shape rules_shape();
std::shared_ptr<Expectation> bind_rules(const yaml::Node& node);

}  // namespace watershed::harness
