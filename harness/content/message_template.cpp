// See message_template.hpp.
#include "harness/content/message_template.hpp"

#include "harness/world/shown.hpp"
#include "harness/yaml/read.hpp"
#include "mail/trace.hpp"

#include <fmt/format.h>

namespace watershed::harness {

namespace {

// Scenario files are text with LF line ends; mail has CRLF. A file that has any CRLF is taken to mean what it says.
std::string with_crlf(std::string text) {
  if (text.find("\r\n") != std::string::npos) return text;
  std::string out;
  out.reserve(text.size() + text.size() / 32);
  std::string_view rest = text;
  while (true) {
    const std::size_t line_end = rest.find('\n');
    out += rest.substr(0, line_end);
    if (line_end == std::string_view::npos) return out;
    out += "\r\n";
    rest.remove_prefix(line_end + 1);
  }
}

std::string inline_message(const yaml::Node& text) {
  std::string out;
  if (const yaml::Node* subject = text.find("subject")) out += "Subject: " + yaml::as_text(*subject) + "\n";
  std::string body = yaml::as_text(text["body"]);
  if (!body.ends_with('\n')) body += '\n';
  return out + "\n" + body;
}

}  // namespace

std::string padded(std::string bytes, std::uint64_t size_octets) {
  if (bytes.size() < size_octets) bytes.reserve(size_octets + 2);
  // Lines as IMS2.0 has them: 80 characters and no blank, so that a hop that re-wraps or trims is seen.
  while (bytes.size() < size_octets) {
    const std::uint64_t left = size_octets - bytes.size();
    const std::uint64_t line = left >= 82 ? 80 : left > 2 ? left - 2 : 1;
    bytes.append(line, 'a');
    bytes += "\r\n";
  }
  return bytes;
}

std::vector<yaml::Key> message_keys() {
  const yaml::Shape text = yaml::map({
      yaml::optional("subject", yaml::text_or_empty(), "Subject field.", "Hello"),
      yaml::required("body", yaml::text_or_empty(), "The body; line ends become CRLF.", "See you tomorrow."),
  });
  return {
      yaml::optional("message", yaml::text(), "A message file below scenarios/messages.", "ims2-request.eml"),
      yaml::optional("text", text, "A message in a few words instead of a file."),
      yaml::optional("headers",
                     yaml::map_of(yaml::text_matching("[!-9;-~]+", "a field name", "Subject"), yaml::text_or_empty()),
                     "Fields to set or add.", "{ Subject: Hello }"),
      yaml::optional("size", yaml::size(1, 200'000'000), "Pads the body with text up to this size.", "2MB"),
      yaml::optional("raw", yaml::boolean(), "Sent as it is: no field is added, line ends are kept.", "true"),
  };
}

MessageTemplate read_message_template(const yaml::Node& node, const std::filesystem::path& messages_folder,
                                      const std::filesystem::path& scenario_folder, Diagnostics& diagnostics) {
  MessageTemplate source;
  if (const yaml::Node* raw = node.find("raw")) source.raw = yaml::as_boolean(*raw);
  if (const yaml::Node* size = node.find("size")) source.size_octets = yaml::as_size(*size);
  if (const yaml::Node* fields = node.find("headers")) {
    for (const auto& [key, value] : fields->entries) source.set_fields.emplace_back(key.text, yaml::as_text(value));
  }
  const yaml::Node* file = node.find("message");
  const yaml::Node* text = node.find("text");
  if ((file == nullptr) == (text == nullptr)) {
    diagnostics.push_back(node.error("expected exactly one of the keys 'message' and 'text'"));
    return source;
  }
  if (text != nullptr) {
    source.bytes = with_crlf(inline_message(*text));
    return source;
  }
  const std::string& name = yaml::as_text(*file);
  for (const std::filesystem::path& folder : {messages_folder, scenario_folder}) {
    if (!std::filesystem::is_regular_file(folder / name)) continue;
    auto bytes = read_text(folder / name, name, file->position());
    if (!bytes) {
      for (const Diagnostic& diagnostic : bytes.error()) diagnostics.push_back(diagnostic);
      return source;
    }
    source.bytes = source.raw ? std::move(*bytes) : with_crlf(std::move(*bytes));
    return source;
  }
  diagnostics.push_back(file->error(
      fmt::format("message file '{}' is neither in {} nor beside the scenario", name, messages_folder.string())));
  return source;
}

mail::Message make_message(const MessageTemplate& source, const MessageFacts& facts) {
  std::string bytes = source.bytes;
  if (source.size_octets > 0) bytes = padded(std::move(bytes), source.size_octets);
  mail::Message message = mail::Message::parse(std::move(bytes));
  if (source.raw) return message;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (message.field(name)) return;
    std::string line;
    line.reserve(name.size() + value.size() + 4);
    for (const std::string_view part :
         {name, std::string_view(": "), std::string_view(value), std::string_view("\r\n")}) {
      line += part;
    }
    message.append(line);
  };
  for (const auto& [name, value] : source.set_fields) {
    while (message.remove(name, 0)) {
    }
    message.append(fmt::format("{}: {}\r\n", name, value));
  }
  add("From", facts.from);
  add("To", facts.to);
  add("Date", mail::date_time(facts.unix_seconds));
  add("Message-ID", facts.message_id);
  return message;
}

}  // namespace watershed::harness
