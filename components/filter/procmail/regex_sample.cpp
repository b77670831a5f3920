// A text that an expression matches, by a walk of chance through its instructions. See regex.hpp.
#include "components/filter/procmail/regex.hpp"

namespace watershed::procmail {

namespace {

constexpr std::size_t loops_until = 40;  // from then on, loops are left
constexpr std::size_t steps_max = 20'000;

char member_of(const std::bitset<256>& set, std::mt19937_64& random) {
  // A letter or digit where there is one, else anything printable, else anything.
  std::string fine;
  std::string any;
  for (unsigned c = 1; c < 256; ++c) {
    if (!set[c]) continue;
    const char octet = static_cast<char>(c);
    const bool is_fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ';
    (is_fine ? fine : any) += octet;
  }
  const std::string& choice = fine.empty() ? any : fine;
  return choice.empty() ? '\n' : choice[random() % choice.size()];
}

}  // namespace

std::string Regex::sample(std::mt19937_64& random) const {
  std::string text;
  std::uint32_t at = start_;
  for (std::size_t steps = 0; steps < steps_max; ++steps) {
    const Instruction& one = program_[at];
    switch (one.kind) {
      case Instruction::Kind::found:
        return text;
      case Instruction::Kind::octet:
        text += static_cast<char>(one.octet);
        break;
      case Instruction::Kind::any:
        text += 'x';
        break;
      case Instruction::Kind::one_of:
        text += member_of(sets_[one.set], random);
        break;
      case Instruction::Kind::newline:
        text += '\n';
        break;
      case Instruction::Kind::delimiter:
        text += ' ';
        break;
      case Instruction::Kind::fork:
        at = steps < loops_until && random() % 2 == 0 ? one.next : one.other;
        continue;
      default:
        break;
    }
    at = one.next;
  }
  return {};
}

}  // namespace watershed::procmail
