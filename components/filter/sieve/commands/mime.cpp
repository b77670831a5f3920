// replace, enclose, extracttext: changing and reading the parts of a message. RFC 5703 §5, §6, §7.
#include "base/text.hpp"
#include "components/filter/sieve/commands/modifiers.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/header_value.hpp"
#include "components/filter/sieve/mime_part.hpp"
#include "components/filter/sieve/utf8.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::sieve {

namespace {

bool is_mime_field(std::string_view name) {
  return starts_with_ignoring_case(name, "Content-") || equal_ignoring_case(name, "MIME-Version");
}

/// An entity's fields and body for a text, or for a MIME entity as it was given. RFC 5703 §5: with :mime.
struct Entity {
  std::string fields;
  std::string body;
};

Entity entity_of(const std::string& text, bool is_mime) {
  if (is_mime) {
    const mail::Message parsed = mail::Message::parse(text);
    std::string fields;
    for (const mail::HeaderField& field : parsed.fields()) {
      if (is_mime_field(field.name) && !equal_ignoring_case(field.name, "MIME-Version")) fields += field.raw;
    }
    return {std::move(fields), std::string(parsed.body())};
  }
  return {fmt::format("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {}\r\n",
                      is_ascii(text) ? "7bit" : "8bit"),
          text};
}

class ReplaceCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    const Entity entity = entity_of(evaluation.expanded(replacement), is_mime);
    if (entity.body.size() + evaluation.message().size_octets() > evaluation.limits().message_octets_max) {
      evaluation.fail(at, "replace would make the message too large");
      return Flow::stop;
    }
    const MimePart* const part = evaluation.current_part();
    if (part == nullptr || part->path.empty()) {
      whole(evaluation, entity);
    } else if (!evaluation.replace_part(part->path, entity.fields + "\r\n" + entity.body)) {
      evaluation.warn(at, "replace: the part is no longer there");
    }
    return Flow::next;
  }

  Text replacement;
  std::optional<Text> subject;
  std::optional<Text> from;
  bool is_mime = false;

 private:
  // RFC 5703 §5: the message keeps its other fields; what :subject and :from take the place of is kept as Original-…
  void whole(Evaluation& evaluation, const Entity& entity) const {
    std::string header;
    for (const mail::HeaderField& field : evaluation.message().fields()) {
      if (is_mime_field(field.name)) continue;
      const bool is_subject = equal_ignoring_case(field.name, "Subject");
      const bool is_from = equal_ignoring_case(field.name, "From");
      if ((is_subject && subject) || (is_from && from)) header += "Original-";
      header += field.raw;
    }
    if (subject) header += "Subject: " + encode_header_value(evaluation.expanded(*subject)) + "\r\n";
    if (from) header += "From: " + encode_header_value(evaluation.expanded(*from)) + "\r\n";
    header += "MIME-Version: 1.0\r\n" + entity.fields;
    evaluation.replace_part({}, header + "\r\n" + entity.body);
  }
};

class EncloseCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    const mail::Message& original = evaluation.message();
    const std::string value = evaluation.expanded(text);
    if (value.size() + original.size_octets() > evaluation.limits().message_octets_max) {
      evaluation.fail(at, "enclose would make the message too large");
      return Flow::stop;
    }
    std::string header;
    for (const mail::HeaderField& field : original.fields()) {
      if (is_kept(evaluation, field.name)) header += field.raw;
    }
    if (subject) header += "Subject: " + encode_header_value(evaluation.expanded(*subject)) + "\r\n";
    const std::string bytes = original.bytes();
    std::string boundary;
    for (unsigned number_of_try = 0; boundary.empty() || bytes.find(boundary) != std::string::npos; ++number_of_try) {
      boundary = fmt::format("=_enclosed-{}-{}", bytes.size(), number_of_try);
    }
    const Entity first = entity_of(value, false);
    header += fmt::format("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"{}\"\r\n", boundary);
    std::string body = fmt::format("--{0}\r\n{1}\r\n{2}\r\n--{0}\r\nContent-Type: message/rfc822\r\n\r\n", boundary,
                                   first.fields, first.body);
    body.append(bytes).append(fmt::format("\r\n--{}--\r\n", boundary));
    evaluation.replace_part({}, header + "\r\n" + body);
    return Flow::next;
  }

  std::optional<Text> subject;
  std::vector<Text> headers;
  Text text;

 private:
  // RFC 5703 §6: the new message is still addressed as the old one was; :headers names further fields to copy.
  bool is_kept(Evaluation& evaluation, std::string_view name) const {
    if (is_mime_field(name)) return false;
    if (equal_ignoring_case(name, "Subject")) return !subject;
    for (const std::string_view always : {"From", "To", "Cc", "Date", "Message-ID", "Return-Path", "Received"}) {
      if (equal_ignoring_case(name, always)) return true;
    }
    return std::any_of(headers.begin(), headers.end(),
                       [&](const Text& header) { return equal_ignoring_case(evaluation.expanded(header), name); });
  }
};

class ExtractTextCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    const MimePart* const part = evaluation.current_part();
    std::string value;
    // RFC 5703 §7: only text has any; what cannot be turned into UTF-8 sets the variable empty.
    if (part != nullptr && part->type == "text") {
      value = decoded_text(*part);
      if (part->subtype == "html") value = text_of_html(value);
    }
    if (first) value = std::string(first_characters(value, *first));
    for (const Modifier* modifier : applied) value = modifier->apply(std::move(value));
    evaluation.set_variable(variable, value);
    return Flow::next;
  }

  std::uint32_t variable = 0;
  std::optional<std::uint64_t> first;  ///< characters
  std::vector<const Modifier*> applied;

 private:
  static std::string_view first_characters(std::string_view text, std::uint64_t count) {
    std::size_t at = 0;
    for (; count > 0 && at < text.size(); --count) {
      at += std::max<std::size_t>(utf8_sequence_length(text.substr(at)), 1);
    }
    return text.substr(0, at);
  }
};

std::optional<Text> optional_text(Compiler& compiler, const Bound& bound, std::string_view name) {
  const BoundTag* tag = bound.tag(name);
  if (tag == nullptr) return std::nullopt;
  return compiler.text(*tag->value);
}

CommandPointer compile_replace(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto command = std::make_unique<ReplaceCommand>();
  command->is_mime = bound.tag(":mime") != nullptr;
  command->subject = optional_text(compiler, bound, ":subject");
  command->from = optional_text(compiler, bound, ":from");
  command->replacement = compiler.text(*bound.positional[0]);
  return command;
}

CommandPointer compile_enclose(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto command = std::make_unique<EncloseCommand>();
  command->subject = optional_text(compiler, bound, ":subject");
  if (const BoundTag* tag = bound.tag(":headers")) command->headers = compiler.texts(*tag->value);
  command->text = compiler.text(*bound.positional[0]);
  return command;
}

CommandPointer compile_extract_text(Compiler& compiler, const ast::Node& node, const Bound& bound) {
  auto command = std::make_unique<ExtractTextCommand>();
  if (compiler.loops().empty()) {
    compiler.error(node.at, "the extracttext command is not placed inside a foreverypart loop");
    return nullptr;
  }
  if (!compiler.requires_extension(Extension::variables)) {
    compiler.error(node.at, "the extracttext command requires that the variables extension is active",
                   "add at the top: require [\"variables\"];");
    return nullptr;
  }
  const auto variable = compiler.variable(bound.positional[0]->strings.front());
  if (!variable) return nullptr;
  command->variable = *variable;
  if (const BoundTag* tag = bound.tag(":first")) command->first = tag->value->number;
  command->applied = compile_modifiers(compiler, bound, "extracttext");
  return command;
}

}  // namespace

std::vector<CommandDefinition> mime_commands() {
  const Tags replace = {{":mime", Extension::core, TagGroup::free, {}},
                        {":subject", Extension::core, TagGroup::free, ValueKind::string},
                        {":from", Extension::core, TagGroup::free, ValueKind::string}};
  const Tags enclose = {{":subject", Extension::core, TagGroup::free, ValueKind::string},
                        {":headers", Extension::core, TagGroup::free, ValueKind::string_list}};
  const Tags first = {{":first", Extension::core, TagGroup::free, ValueKind::number}};
  return {{"replace", Extension::replace, {replace, {ValueKind::string}}, compile_replace},
          {"enclose", Extension::enclose, {enclose, {ValueKind::string}}, compile_enclose},
          {"extracttext",
           Extension::extracttext,
           {joined({modifier_tags(), first}), {ValueKind::string}},
           compile_extract_text}};
}

}  // namespace watershed::sieve
