// See fact_words.hpp.
#include "reports/html/fact_words.hpp"

namespace watershed::reports::html {

namespace {

using harness::StoryEvent;

void reply(Markup& html, const StoryEvent& event) {
  if (!event.text.empty()) html.raw(": ").element("q", event.text);
}

}  // namespace

void fact_in_words(Markup& html, const StoryEvent& event) {
  const std::string_view fact = event.fact;
  if (fact == "offered") {
    html.raw("sent by ").element("b", event.reverse_path).raw(" to ").element("b", event.recipient);
  } else if (fact == "accepted") {
    html.raw("accepted for ").element("b", event.recipient);
    html.raw(", reverse-path ").text(event.reverse_path.empty() ? "<>" : event.reverse_path);
  } else if (fact == "spawned") {
    html.raw("makes a ").element("b", event.detail).raw(" to ").element("b", event.recipient);
    html.raw(" on behalf of ").text(event.text).raw(", reverse-path ").text(event.reverse_path);
  } else if (fact == "rewritten") {
    html.element("b", event.recipient).raw(" becomes ").element("b", event.detail);
  } else if (fact == "merged") {
    html.text(event.recipient).raw(" is dropped: the same message already goes to ").text(event.detail);
  } else if (fact == "routed") {
    html.text(event.recipient).raw(" is routed to ").element("b", event.detail);
  } else if (fact == "attempted") {
    html.raw("begins transaction ").number(event.transaction).raw(" with ").element("b", event.detail);
  } else if (fact == "deferred") {
    html.raw("is put off for ").text(event.recipient);
    if (!event.detail.empty()) html.raw(", next attempt ").text(event.detail);
    reply(html, event);
  } else if (fact == "filtered") {
    html.raw("content filter says ").element("b", event.detail);
    reply(html, event);
  } else if (fact == "relayed") {
    html.raw("handed over to ").element("b", event.detail).raw(" for ").text(event.recipient);
    reply(html, event);
  } else if (fact == "stored") {
    html.raw("stored in folder ").element("b", event.detail).raw(" of ").element("b", event.text);
  } else if (fact == "rejected") {
    html.raw("refuses ").element("b", event.recipient.empty() ? "the transaction" : event.recipient);
    reply(html, event);
  } else if (fact == "failed") {
    html.raw("fails for good for ").element("b", event.recipient);
    reply(html, event);
  } else {
    html.text(event.fact).raw(" ").text(event.recipient).raw(" ").text(event.detail);
    reply(html, event);
  }
}

void decision(Markup& html, const StoryEvent& event) {
  if (event.decided_by.empty()) return;
  html.raw(" <span class=by>decided by ").element("code", event.decided_by).raw("</span>");
}

}  // namespace watershed::reports::html
