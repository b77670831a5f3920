// header_checks(5) over whole messages.
#include "components/router/route/header_checks.hpp"

#include "components/router/postfix/test_folder.hpp"

#include <gmock/gmock.h>

namespace watershed::router {
namespace {

using postfix::TestFolder;

constexpr std::string_view multipart =
    "From: a@b.example\r\nSubject: long\r\n folded value\r\nContent-Type: multipart/mixed;\r\n boundary=\"bb\"\r\n\r\n"
    "preamble\r\n--bb\r\nContent-Type: text/plain\r\nX-Part: one\r\n\r\nbody one\r\n--bb\r\nContent-Type: "
    "message/rfc822\r\n\r\n"
    "Subject: inner\r\nX-Nested: yes\r\n\r\ninner body\r\n--bb--\r\nepilogue\r\n";

ContentOutcome run(std::string_view settings, std::string_view rules, std::string_view message = multipart) {
  const TestFolder folder{{"main.cf", "mynetworks = 127.0.0.0/8\n" + std::string(settings)}, {"rules", rules}};
  const PostfixConfig config = folder.config();
  return ContentChecks(config, config.parameters()).check(mail::Message::parse(std::string(message)));
}

constexpr std::string_view header = "header_checks = regexp:/etc/postfix/rules\n";

TEST(HeaderChecks, EachTableSeesItsHeaders) {
  const auto rejects = [](std::string_view setting, std::string_view pattern) {
    const ContentOutcome outcome =
        run(std::string(setting) + " = regexp:/etc/postfix/rules\n", std::string(pattern) + " REJECT 5.7.2 no\n");
    return outcome.refusal.has_value();
  };
  constexpr std::string_view off = "mime_header_checks =\nnested_header_checks =\nheader_checks";
  EXPECT_TRUE(rejects(off, "/^From: a@/"));
  EXPECT_FALSE(rejects(off, "/^Content-Type:/"));
  EXPECT_FALSE(rejects(off, "/^X-Part:/"));
  EXPECT_FALSE(rejects(off, "/^X-Nested:/"));
  EXPECT_TRUE(rejects("mime_header_checks", "/^Content-Type: multipart/"));
  EXPECT_TRUE(rejects("mime_header_checks", "/^X-Part:/"));
  EXPECT_FALSE(rejects("mime_header_checks", "/^X-Nested:/"));
  EXPECT_TRUE(rejects("nested_header_checks", "/^X-Nested:/"));
  EXPECT_TRUE(rejects("header_checks", "/^X-Nested:/"));  // the others default to $header_checks
  EXPECT_TRUE(rejects("body_checks", "/^inner body/"));
  EXPECT_TRUE(rejects("body_checks", "/^preamble/"));
  EXPECT_FALSE(rejects("body_checks", "/^X-Part/"));
  EXPECT_FALSE(rejects("body_checks", "/^From:/"));
}

TEST(HeaderChecks, FateActions) {
  const ContentOutcome rejected = run(header, "/^From: a@/ REJECT 5.7.2 no robots\n");
  EXPECT_EQ(mail::to_line(*rejected.refusal), "550 5.7.2 no robots");
  EXPECT_EQ(describe(rejected.decided_by), "pf/rules:1 (header_checks)");
  EXPECT_EQ(mail::to_line(*run(header, "/^From: a@/ REJECT\n").refusal), "550 5.7.1 message content rejected");
  EXPECT_TRUE(run(header, "/^From:/ DISCARD x\n").discard);
  EXPECT_TRUE(run(header, "/^From:/ HOLD\n").hold);
  EXPECT_EQ(run(header, "/^From:/ REDIRECT r@x.example\n").redirect, "r@x.example");
  EXPECT_FALSE(run(header, "/^From:/ REDIRECT nobody\n").redirect.has_value());
  EXPECT_EQ(run(header, "/^From: (.*)/ FILTER smtp:[$1]\n").filter, "smtp:[a@b.example]");
  EXPECT_EQ(run(header, "/^From:/ BCC b@x.example\n").bcc, std::vector<std::string>{"b@x.example"});
  EXPECT_EQ(run(header, "/^From:/ WARN seen\n").log.size(), 1U);
  EXPECT_FALSE(run(header, "/^From:/ DUNNO\n/a@/ REJECT\n").refusal.has_value());
}

TEST(HeaderChecks, ContentActions) {
  const auto text = [](std::string_view rules, std::string_view settings = header) {
    const ContentOutcome outcome = run(settings, rules, "From: a\r\nTo: b\r\n c\r\n\r\nline\r\nmore\r\n");
    return outcome.rewritten ? outcome.rewritten->bytes() : std::string("unchanged");
  };
  EXPECT_EQ(text("/^From:/ IGNORE\n"), "To: b\r\n c\r\n\r\nline\r\nmore\r\n");
  EXPECT_EQ(text("/^To:/ REPLACE To: d\n"), "From: a\r\nTo: d\r\n\r\nline\r\nmore\r\n");
  EXPECT_EQ(text("/^To:/ PREPEND X-Y: z\n"), "From: a\r\nX-Y: z\r\nTo: b\r\n c\r\n\r\nline\r\nmore\r\n");
  EXPECT_EQ(text("/^To:/ STRIP why\n"), "From: a\r\n\r\nline\r\nmore\r\n");
  EXPECT_EQ(text("/^To:/ REPLACE no header\n"), "unchanged");
  EXPECT_EQ(text("/^line/ REPLACE changed\n/more/ IGNORE\n", "body_checks = regexp:/etc/postfix/rules\n"),
            "From: a\r\nTo: b\r\n c\r\n\r\nchanged\r\n");
  EXPECT_EQ(text("/^more/ IGNORE\n", "body_checks = regexp:/etc/postfix/rules\nbody_checks_size_limit = 3\n"),
            "unchanged");
}

TEST(HeaderChecks, OddMessagesAndNoTables) {
  const TestFolder folder{{"main.cf", "mynetworks = 127.0.0.0/8\n"}};
  const PostfixConfig config = folder.config();
  EXPECT_TRUE(ContentChecks(config, config.parameters()).empty());
  for (const std::string_view message :
       {"", "no header at all\n", "A: b", "\r\n", "A: b\n\n--\n", "Content-Type: multipart/x; boundary=\n\n--\n--\n"}) {
    EXPECT_FALSE(run(header, "/never/ REJECT\n", message).refusal.has_value()) << message;
  }
}

}  // namespace
}  // namespace watershed::router
