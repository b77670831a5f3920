// Messages made of what rules ask. See compare.hpp.
#include "base/text.hpp"
#include "components/filter/rules/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace watershed::rules {

namespace {

// Messages beyond this are left out: boundaries of megabytes for many recipients would fill the memory.
constexpr std::uint64_t octets_max = 512ULL * 1024 * 1024;

class Maker {
 public:
  Maker(const std::vector<Demand>& demands, const GenerateOptions& options)
      : options_(options), random_(options.seed), recipients_(options.recipients) {
    for (const Demand& demand : demands) {
      for (const auto* list : {&demand.needed, &demand.unwanted}) {
        for (const Trait& trait : *list) {
          if (std::find(traits_.begin(), traits_.end(), trait) == traits_.end()) traits_.push_back(trait);
        }
      }
    }
    if (!recipients_.empty()) return;
    for (const Trait& trait : traits_) {
      if (trait.kind != Trait::Kind::recipient) continue;
      if (const auto address = addressed(trait.text)) add(mail::ForwardPath(*address));
    }
    add(mail::ForwardPath({"someone", options_.domain}));
  }

  std::vector<Letter> run(const std::vector<Demand>& demands) {
    // The empty message for everybody, then each demand, each without one of its traits, each with what it does not
    // want, then chance.
    for (const mail::ForwardPath& recipient : recipients_) make({}, recipient, "empty");
    for (std::size_t i = 0; i < demands.size(); ++i) {
      const std::string name = fmt::format("demand {}", i + 1);
      for_recipients(demands[i].needed, name);
      for (std::size_t j = 0; j < demands[i].needed.size(); ++j) {
        std::vector<Trait> fewer = demands[i].needed;
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(j));
        for_recipients(fewer, fmt::format("{} without {}", name, j + 1));
      }
      for (const Trait& unwanted : demands[i].unwanted) {
        std::vector<Trait> more = demands[i].needed;
        more.push_back(unwanted);
        for_recipients(more, fmt::format("{} and what it does not want", name));
      }
    }
    boundaries(demands);
    for (std::size_t tries = 0; letters_.size() < options_.count && tries < 20 * options_.count && !traits_.empty();
         ++tries) {
      std::vector<Trait> some;
      for (std::size_t k = random_() % 5 + 1; k > 0; --k) some.push_back(traits_[random_() % traits_.size()]);
      make(some, recipients_[random_() % recipients_.size()], "combination");
    }
    return std::move(letters_);
  }

 private:
  void add(mail::ForwardPath path) {
    if (std::find(recipients_.begin(), recipients_.end(), path) == recipients_.end())
      recipients_.push_back(std::move(path));
  }

  std::optional<mail::Address> addressed(const std::string& text) const {
    const auto address = mail::parse_address(text.find('@') == std::string::npos ? text + "@" + options_.domain : text);
    if (!address) return std::nullopt;
    return *address;
  }

  /// A demand that names its recipient goes to that one, any other to everybody.
  void for_recipients(const std::vector<Trait>& traits, const std::string& name) {
    for (const Trait& trait : traits) {
      if (trait.kind != Trait::Kind::recipient) continue;
      for (const mail::ForwardPath& known : recipients_) {
        const std::string_view local = std::string_view(trait.text).substr(0, trait.text.find('@'));
        if (equal_ignoring_case(known.address().local_part, local)) return make(traits, known, name);
      }
      return;  // not one of the recipients that were asked for
    }
    for (const mail::ForwardPath& recipient : recipients_) make(traits, recipient, name);
  }

  /// Each size that a demand asks for, just missed and just met, as Sieve counts (lines end in CRLF) and as procmail
  /// does (in LF).
  void boundaries(const std::vector<Demand>& demands) {
    for (const Demand& demand : demands) {
      for (std::size_t i = 0; i < demand.needed.size(); ++i) {
        if (demand.needed[i].kind != Trait::Kind::size) continue;
        for (const bool counts_cr : {true, false}) {
          for (const int off : {-1, 0, 1}) {
            std::vector<Trait> near = demand.needed;
            const auto octets = static_cast<std::int64_t>(near[i].octets) + off;
            near[i].octets = static_cast<std::uint64_t>(std::max<std::int64_t>(octets, 1));
            counts_cr_ = counts_cr;
            for_recipients(near, "boundary");
          }
        }
      }
    }
    counts_cr_ = true;
  }

  /// What traits come to, before it is a message.
  struct Draft {
    std::string from = "op@station.example";
    bool is_null = false;
    std::vector<std::string> lines;
    std::set<std::string> named;  ///< the names of the fields in `lines`, in lower case
    std::string body = "text\r\n";
    std::uint64_t octets = 0;  ///< 0: whatever it comes to
    unsigned earlier_deliveries = 0;
  };

  static Draft draft_of(const std::vector<Trait>& traits) {
    Draft draft;
    for (const Trait& trait : traits) {
      switch (trait.kind) {
        case Trait::Kind::header_line:
          draft.lines.push_back(trait.text);
          draft.named.insert(to_lower(std::string_view(trait.text).substr(0, trait.text.find(':'))));
          break;
        case Trait::Kind::body_text:
          draft.body += with_line_ends(trait.text) + "\r\n";
          break;
        case Trait::Kind::size:
          draft.octets = trait.octets;
          break;
        case Trait::Kind::reverse_path:
          draft.is_null = trait.text.empty();
          if (!draft.is_null) draft.from = trait.text;
          break;
        case Trait::Kind::seen_before:
          draft.earlier_deliveries = 1;
          break;
        case Trait::Kind::recipient:
          break;
      }
    }
    return draft;
  }

  static std::string text_of(const Draft& draft, const mail::ForwardPath& recipient) {
    std::string text;
    if (!draft.named.contains("from")) text += fmt::format("From: {}\r\n", draft.from);
    if (!draft.named.contains("to")) text += fmt::format("To: {}\r\n", to_string(recipient.address()));
    for (const std::string& line : draft.lines) text += line + "\r\n";
    if (!draft.named.contains("subject")) text += "Subject: hello\r\n";
    // Rules know by it what they have seen.
    if (draft.earlier_deliveries > 0 && !draft.named.contains("message-id")) {
      text += "Message-ID: <again@station.example>\r\n";
    }
    return text + "\r\n" + draft.body;
  }

  void make(const std::vector<Trait>& traits, const mail::ForwardPath& recipient, const std::string& name) {
    if (letters_.size() >= options_.count) return;
    const Draft draft = draft_of(traits);
    std::string text = text_of(draft, recipient);
    const auto from_address = mail::parse_address(draft.from);
    const mail::ReversePath reverse_path =
        draft.is_null || !from_address ? mail::ReversePath() : mail::ReversePath(*from_address);
    // What final delivery puts in front counts too.
    std::uint64_t octets = draft.octets;
    if (octets > 0)
      octets -= std::min<std::uint64_t>(octets, fmt::format("Return-Path: {}\r\n", to_string(reverse_path)).size());
    if (octets > 0 && !counts_cr_) octets += static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    if (octets > text.size()) text += std::string(octets - text.size(), 'x');
    if (octets_ + text.size() > octets_max) return;
    octets_ += text.size();
    Letter letter{.reverse_path = reverse_path,
                  .forward_path = recipient,
                  .message = mail::Message::parse(std::move(text)),
                  .name = fmt::format("generated {} ({})", letters_.size() + 1, name),
                  .earlier_deliveries = draft.earlier_deliveries};
    const std::string key = fmt::format("{}{}{}{}", letter.message.bytes(), to_string(letter.reverse_path),
                                        to_string(letter.forward_path), draft.earlier_deliveries);
    if (made_.insert(std::hash<std::string>()(key)).second) letters_.push_back(std::move(letter));
  }

  static std::string with_line_ends(std::string_view text) {
    std::string out;
    for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return out;
  }

  const GenerateOptions& options_;
  Random random_;
  std::vector<mail::ForwardPath> recipients_;
  std::vector<Trait> traits_;
  std::vector<Letter> letters_;
  std::set<std::size_t> made_;
  std::uint64_t octets_ = 0;
  bool counts_cr_ = true;
};

}  // namespace

std::vector<Letter> generate(const std::vector<Demand>& demands, const GenerateOptions& options) {
  return Maker(demands, options).run(demands);
}

}  // namespace watershed::rules
