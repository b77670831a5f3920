// A small scenario-like table that this folder's tests, benchmark and fuzz target share.
#pragma once

#include "harness/yaml/shape.hpp"

namespace watershed::yaml {

inline Shape sample_shape() {
  using namespace std::chrono_literals;
  const Shape word = text_matching("[a-z][a-z0-9-]*", "a word in lower case", "request");
  const Shape zone = text_matching("[a-z]+", "a zone name", "personal").about("A zone of the world.");
  const Shape send =
      map({
              required("id", word, "Name by which expectations refer to the message."),
              required("from", either({address(), enumeration({"<>"})}), "RFC5321.MailFrom.", "op@station.example"),
              required("to", one_or_many(address()), "RFC5321.RcptTo.", "autodrm@ctbto.int"),
              optional("class", enumeration({"verification", "personal"}), "What kind of mail it is."),
              optional("subject", text_or_empty(), "RFC5322.Subject."),
              optional("body", text(), "The text of the message."),
              optional("message", text(), "A file with the message."),
              optional("size", size(1, 10'000'000), "Pads the message up to this size.", "10KB"),
              optional("rate", rate(), "How many a second.", "50/s"),
              optional("spam_score", number(0, 100), "What the spam filter will find.", "7.5"),
              defaulted("count", integer(1, 1'000'000), "1", "How many are sent."),
              defaulted("within", duration(1ms, 1h), "5s", "Deadline of the transaction."),
              defaulted("tls", boolean(), "false", "Whether STARTTLS is used."),
          })
          .at_most_one_of({"body", "message"});
  const Shape step =
      named("step", choice({
                               optional("send", send, "Sends mail."),
                               optional("advance", duration(), "Lets time pass.", "5d"),
                               optional("repeat", list_of(reference("step")).sized(1), "Steps done again."),
                               optional("host_down", ip_address(), "Takes a host away.", "192.0.2.25"),
                           })
                        .about("One thing that happens."));
  const Shape expectation =
      map({optional("queue", enumeration({"empty"}), "All queues, at the end.")})
          .other_keys(
              word,
              map({
                      optional("delivered", map({required("to", address(), "Whose mailbox.", "autodrm@ctbto.int")}),
                               "Arrives."),
                      optional("never", map({required("zone", zone, "Where it must not be.")}), "Is never there."),
                  })
                  .exactly_one_of({"delivered", "never"}))
          .sized(1, 1);
  return map({
      required("version", enumeration({"1"}), "Version of the format.", "1"),
      required("scenario", text(), "What must hold, as a sentence.", "A request is answered"),
      defaulted("worlds", list_of(word), "[phase1, phase2]", "Worlds it runs on."),
      required("steps", list_of(step).sized(1), "What happens, in order.", "[{advance: 5s}]"),
      optional("expect", list_of(expectation), "What must be true in the end.", "[{queue: empty}]"),
      optional("notes", anything(), "Not looked into."),
  });
}

}  // namespace watershed::yaml
