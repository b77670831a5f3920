// A letter: what the steps that send mail have in common, and how it becomes a message with its envelope.
#pragma once

#include "harness/content/message_template.hpp"
#include "harness/steps/step_table.hpp"
#include "harness/steps/theatre.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace watershed::harness {

/// The same correspondence where accounts have other names.
struct OtherNames {
  std::optional<mail::Address> from;
  std::vector<mail::Address> to;
};

/// What is the same for one message and for many.
struct Letter {
  std::string label;
  std::string message_class;
  std::string via;
  mail::Address from;
  std::optional<mail::ReversePath> reverse_path;  ///< other than From
  std::vector<mail::Address> to;
  mail::DsnNotify notify;
  mail::DsnReturn dsn_return = mail::DsnReturn::unspecified;
  MessageTemplate content;
  std::map<std::string, OtherNames> by_world;

  /// The message and its envelope as they are in the theatre's world.
  Submission write(Theatre& theatre) const;

 private:
  Submission write_as(Theatre& theatre) const;
};

/// The keys of a letter, without its id.
std::vector<yaml::Key> letter_keys();
yaml::Key id_key();

Letter read_letter(const yaml::Node& node, std::string label, BindContext& context, std::vector<NameUse>& uses);

}  // namespace watershed::harness
