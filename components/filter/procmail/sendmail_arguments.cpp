// See sendmail_arguments.hpp. What is not in sendmail(1) was seen in Postfix 3.7.
#include "components/filter/procmail/sendmail_arguments.hpp"

#include "base/text.hpp"
#include "mail/address_list.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::procmail {

namespace {

// Whatever an option's value is, and whether it may stand in the next word: getopt(3).
constexpr std::string_view with_value = "ABCFLNORVXbefhopqr";
// Ignored, or about how the message is read (-i; procmail's pipe never ends in a dot), or what is the default.
constexpr std::string_view harmless = "imUAFLOhe";

/// Where the list reader and Postfix's may part: unbalanced brackets, quotes and comments, source routes outside of
/// brackets, no address at all.
bool is_plain_list(std::string_view text, const std::vector<std::string>& addresses) {
  const auto count = [&](char c) { return std::count(text.begin(), text.end(), c); };
  const bool is_balanced =
      count('<') == count('>') && count('(') == count(')') && count('[') == count(']') && count('"') % 2 == 0;
  return is_balanced && !addresses.empty() && !trim(text).starts_with('@') && count('\\') == 0;
}

class Reader {
 public:
  explicit Reader(std::span<const std::string> words) : words_(words) {}

  SendmailArguments read() {
    while (at_ < words_.size() && words_[at_].size() > 1 && words_[at_].starts_with('-')) {
      const std::string& word = words_[at_++];
      if (word == "--") break;
      options(word);
    }
    for (; at_ < words_.size(); ++at_) recipients(words_[at_]);
    return std::move(read_);
  }

 private:
  void not_understood(std::string what) {
    if (read_.not_understood.empty()) read_.not_understood = std::move(what);
  }

  void options(const std::string& word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      const char option = word[i];
      if (option == ':' || with_value.find(option) == std::string_view::npos) {
        one(option, {});
        continue;
      }
      std::string value = word.substr(i + 1);
      const bool is_open = value.empty() && at_ >= words_.size();
      if (value.empty() && !is_open) value = words_[at_++];
      if (is_open) return not_understood(fmt::format("sendmail's option -{} has no value", option));
      return one(option, value);
    }
  }

  void one(char option, const std::string& value) {
    const bool is_mode_default = option == 'b' && value == "m";
    const bool is_ignored_setting = option == 'o' && !value.starts_with('A');
    if (option == 'f' || option == 'r') return reverse_path(value);
    if (option == 't') {
      read_.recipients_from_header = true;
    } else if (!is_mode_default && !is_ignored_setting && harmless.find(option) == std::string_view::npos) {
      not_understood(fmt::format("sendmail's option -{}{} is not modelled", option, value));
    }
  }

  void reverse_path(const std::string& value) {
    const std::string_view text = trim(value);
    read_.reverse_path = "";
    if (text.empty() || text == "<>") return;
    const std::vector<std::string> addresses = mail::parse_address_list(text);
    const bool is_whole = addresses.size() == 1 && addresses.front().find('@') != std::string::npos;
    if (!is_whole || !is_plain_list(text, addresses))
      return not_understood(fmt::format("sendmail's reverse-path {} is not understood", text));
    read_.reverse_path = addresses.front();
  }

  void recipients(const std::string& word) {
    std::vector<std::string> addresses = mail::parse_address_list(word);
    if (!is_plain_list(word, addresses))
      not_understood(fmt::format("sendmail's recipient '{}' is not understood", word));
    read_.recipients.insert(read_.recipients.end(), addresses.begin(), addresses.end());
  }

  std::span<const std::string> words_;
  std::size_t at_ = 0;
  SendmailArguments read_;
};

void add_recipients_of_header(const std::string& text, SendmailArguments& arguments) {
  const std::string header = MailText(std::string(MailText(text).header())).crlf();
  std::vector<std::string> plain;
  std::vector<std::string> resent;
  bool is_resent = false;
  mail::FieldCursor fields(header);
  for (mail::HeaderField field; fields.next(field);) {
    const auto is = [&](std::string_view name) { return equal_ignoring_case(field.name, name); };
    const bool is_resent_field = is("Resent-To") || is("Resent-Cc") || is("Resent-Bcc");
    if (!is_resent_field && !is("To") && !is("Cc") && !is("Bcc")) continue;
    is_resent = is_resent || is_resent_field;
    std::vector<std::string>& into = is_resent_field ? resent : plain;
    const std::vector<std::string> addresses = mail::parse_address_list(field.value);
    // A field without any address is none that sendmail would stumble over.
    if (!addresses.empty() && !is_plain_list(field.value, addresses) && arguments.not_understood.empty()) {
      arguments.not_understood =
          fmt::format("sendmail -t reads '{}: {}', which is not understood", field.name, trim(field.value));
    }
    into.insert(into.end(), addresses.begin(), addresses.end());
  }
  const std::vector<std::string>& found = is_resent ? resent : plain;
  arguments.recipients.insert(arguments.recipients.end(), found.begin(), found.end());
}

}  // namespace

SendmailArguments read_sendmail_arguments(std::span<const std::string> arguments) { return Reader(arguments).read(); }

SendmailArguments sendmail_arguments_of(const Delivery& forward) {
  std::vector<std::string> words = forward.options;
  // Those of a program that was run are all among its options.
  if (!forward.is_answer) words.insert(words.end(), forward.arguments.begin(), forward.arguments.end());
  SendmailArguments arguments = read_sendmail_arguments(words);
  if (arguments.recipients_from_header && forward.text) {
    add_recipients_of_header(written_text(forward), arguments);
  }
  return arguments;
}

bool is_sendmail(std::string_view program) { return program.substr(program.rfind('/') + 1) == "sendmail"; }

}  // namespace watershed::procmail
