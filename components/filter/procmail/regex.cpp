// Searching: all ways through the expression at once, one octet after the other. See regex.hpp.
#include "components/filter/procmail/regex.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <limits>

namespace watershed::procmail {

using Kind = Instruction::Kind;

namespace {

constexpr std::size_t no_mark = std::numeric_limits<std::size_t>::max();

bool is_word(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

class Regex::Search {
 public:
  Search(const Regex& regex, std::string_view text, std::size_t from)
      : regex_(regex), text_(text), from_(from), seen_(regex.program_.size(), 0) {}

  std::optional<Found> run() {
    // The newline before the search area: imagined at its start, or the one that ended the match before.
    const bool is_start = from_ == 0;
    if (is_start || text_[from_ - 1] == '\n') {
      is_before_start_ = is_start;
      start(is_start ? 0 : from_ - 1);
      if (done()) return result();
      step('\n', from_);
    } else {
      begin_list(from_);
    }
    for (std::size_t at = from_; at < text_.size(); ++at) {
      if (!found_) start(at);
      if (done()) return result();
      if (now_.empty() && found_) return result();
      const auto c = static_cast<unsigned char>(text_[at]);
      step(regex_.ignore_case_ ? static_cast<unsigned char>(to_lower(static_cast<char>(c))) : c, at + 1);
    }
    if (!found_) start(text_.size());
    if (done()) return result();
    is_behind_ = true;
    step('\n', text_.size() + (regex_.extracts_match_ ? 0 : 1));
    return result();
  }

 private:
  struct Thread {
    std::uint32_t at;
    std::size_t mark;
  };

  bool done() const { return found_ && !regex_.extracts_match_; }

  std::optional<Found> result() const { return found_; }

  void begin_list(std::size_t position) {
    ++round_;
    position_ = position;
    now_.clear();
  }

  /// A match may begin here too; ways that began earlier go first.
  void start(std::size_t position) {
    if (round_ == 0) begin_list(position);
    position_ = position;
    push(regex_.start_, no_mark);
  }

  void push(std::uint32_t first, std::size_t mark) {
    pending_.push_back({first, mark});
    while (!pending_.empty()) {
      auto [at, marked] = pending_.back();
      pending_.pop_back();
      if (seen_[at] == round_) continue;
      seen_[at] = round_;
      const Instruction& one = regex_.program_[at];
      switch (one.kind) {
        case Kind::fork:
          pending_.push_back({one.other, marked});
          pending_.push_back({one.next, marked});
          break;
        case Kind::match_start:
          pending_.push_back({one.next, mark_here()});
          break;
        case Kind::text_start:
          if (is_after_start_) pending_.push_back({one.next, marked});
          break;
        case Kind::text_end:
          if (position_ == text_.size() && !is_behind_) pending_.push_back({one.next, marked});
          break;
        case Kind::found:
          record(marked);
          break;
        default:
          now_.push_back({at, marked});
      }
    }
  }

  /// A place for `\/`: those before the first and behind the last newline, which are imagined, are places of their own.
  std::size_t mark_here() const { return is_before_start_ ? 0 : position_ + (is_behind_ ? 2 : 1); }

  /// Seen in procmail 3.22: a later `\/` than that of the match already found does not count, an earlier one does; one
  /// behind the imagined last newline splits off nothing, not even an empty text.
  void record(std::size_t mark) {
    if (found_ && found_mark_ != no_mark && mark > found_mark_) return;
    Found found{.end = std::max(position_, from_), .match = {}};
    if (mark <= text_.size() + 1) found.match = Span{std::max<std::size_t>(mark, 1) - 1, position_};
    found_ = found;
    found_mark_ = mark;
  }

  bool accepts(const Instruction& one, unsigned char c) const {
    switch (one.kind) {
      case Kind::octet:
        return one.octet == c;
      case Kind::any:
        return c != '\n';
      case Kind::one_of:
        return regex_.sets_[one.set][c];
      case Kind::newline:
        return c == '\n';
      case Kind::delimiter:
        return !is_word(c);
      default:
        return false;
    }
  }

  void step(unsigned char c, std::size_t after) {
    std::swap(now_, last_);
    begin_list(after);
    is_before_start_ = false;
    is_after_start_ = after == 0 && !is_behind_;
    // Where two ways meet, the one whose `\/` came first goes on: those that have passed it are moved first.
    for (const bool is_marked : {true, false}) {
      if (is_marked && !regex_.extracts_match_) continue;
      for (const Thread& thread : last_) {
        if ((thread.mark != no_mark) != is_marked) continue;
        const Instruction& one = regex_.program_[thread.at];
        if (!accepts(one, c)) continue;
        push(one.next, thread.mark);
        if (done()) return;
      }
    }
  }

  const Regex& regex_;
  std::string_view text_;
  std::size_t from_;
  std::size_t position_ = 0;
  bool is_before_start_ = false;
  bool is_after_start_ = false;
  bool is_behind_ = false;
  std::vector<std::uint32_t> seen_;
  std::uint32_t round_ = 0;
  std::vector<Thread> now_;
  std::vector<Thread> last_;
  std::vector<Thread> pending_;
  std::optional<Found> found_;
  std::size_t found_mark_ = no_mark;
};

std::optional<Found> Regex::search(std::string_view text, std::size_t from) const {
  if (from > text.size()) return std::nullopt;
  return Search(*this, text, from).run();
}

namespace {

struct Macro {
  std::string_view name;
  std::string_view expansion;
};

// procmailrc(5), "Miscellaneous"; longer names first.
constexpr std::array<Macro, 4> macros{{
    {"^FROM_DAEMON", R"re((^(Mailing-List:|Precedence:.*(junk|bulk|list)|To: Multiple recipients of |)re"
                     R"re((((Resent-)?(From|Sender)|X-Envelope-From):|>?From )([^>]*[^(.%@a-z0-9])?)re"
                     R"re((Post(ma?(st(e?r)?|n)|office)|(send)?Mail(er)?|daemon|m(mdf|ajordomo)|n?uucp|)re"
                     R"re(LIST(SERV|proc)|NETSERV|o(wner|ps)|r(e(quest|sponse)|oot)|b(ounce|bs\.smtp)|echo|mirror|)re"
                     R"re(s(erv(ices?|er)|mtp(error)?|ystem)|A(dmin(istrator)?|MMGR|utoanswer)))re"
                     R"re((([^).!:a-z0-9][-_a-z0-9]*)?[%@>	 ][^<)]*(\(.*\).*)?)?$([^>]|$))))re"},
    {"^FROM_MAILER", R"re((^(((Resent-)?(From|Sender)|X-Envelope-From):|>?From )([^>]*[^(.%@a-z0-9])?)re"
                     R"re((Post(ma(st(er)?|n)|office)|(send)?Mail(er)?|daemon|mmdf|n?uucp|ops|r(esponse|oot)|)re"
                     R"re((bbs\.)?smtp(error)?|s(erv(ices?|er)|ystem)|A(dmin(istrator)?|MMGR)))re"
                     R"re((([^).!:a-z0-9][-_a-z0-9]*)?[%@>	 ][^<)]*(\(.*\).*)?)?$([^>]|$)))re"},
    {"^TO_", R"re((^((Original-)?(Resent-)?(To|Cc|Bcc)|(X-Envelope|Apparently(-Resent)?)-To):(.*[^-a-zA-Z0-9_.])?))re"},
    {"^TO", R"re((^((Original-)?(Resent-)?(To|Cc|Bcc)|(X-Envelope|Apparently(-Resent)?)-To):(.*[^a-zA-Z])?))re"},
}};

const Macro* macro_at(std::string_view text) {
  for (const Macro& macro : macros) {
    if (text.starts_with(macro.name)) return &macro;
  }
  return nullptr;
}

}  // namespace

std::string with_macros(std::string_view expression) {
  std::string filled;
  for (std::size_t at = 0; at < expression.size();) {
    const Macro* macro = expression[at] == '^' ? macro_at(expression.substr(at)) : nullptr;
    if (macro == nullptr) {
      filled += expression[at++];
      continue;
    }
    filled += macro->expansion;
    at += macro->name.size();
  }
  return filled;
}

std::vector<std::string_view> macros_in(std::string_view expression) {
  std::vector<std::string_view> used;
  for (const Macro& macro : macros) {
    if (expression.find(macro.name) == std::string_view::npos) continue;
    if (macro.name == "^TO" && expression.find("^TO_") != std::string_view::npos) continue;
    used.push_back(macro.name);
  }
  return used;
}

}  // namespace watershed::procmail
