// See theatre.hpp.
#include "harness/steps/theatre.hpp"

namespace watershed::harness {

stage::Task<StepError> Theatre::befall(std::string, MachineEvent) {
  co_return "this lane has no real machines; say `lanes: [live]`";
}

stage::Task<StepError> Theatre::await_queue(std::string, std::size_t) {
  co_return "this lane lets time go by with `advance`; say `lanes: [live]`";
}

StepError Theatre::set_mailbox(const std::string&, const std::string&, MailboxState) {
  return "this lane has no real mailboxes; say `lanes: [live]`";
}

}  // namespace watershed::harness
