// Trace fields: Postfix's layout out, everybody's layout in.
#include "mail/trace.hpp"

#include <gmock/gmock.h>

namespace watershed::mail {
namespace {

constexpr std::int64_t example_seconds = 1795155300;  // 2026-11-20 06:15:00 UTC

TEST(Trace, ComposesAsPostfixDoes) {
  EXPECT_EQ(compose({"mx.example", "unknown", "192.0.2.1", "mx.ctbto.int", "Postfix", "ESMTP", "4F2A", "op@ctbto.int",
                     example_seconds}),
            "Received: from mx.example (unknown [192.0.2.1])\r\n\tby mx.ctbto.int (Postfix) with ESMTP id 4F2A\r\n"
            "\tfor <op@ctbto.int>; Fri, 20 Nov 2026 06:15:00 +0000\r\n");
  EXPECT_EQ(compose({"", "", "", "mx.ctbto.int", "Postfix", "", "4F2A", "", example_seconds}),
            "Received: by mx.ctbto.int (Postfix) id 4F2A; Fri, 20 Nov 2026 06:15:00 +0000\r\n");
}

TEST(Trace, AClientCannotWriteClausesOfItsOwn) {
  const std::string field = compose({"a) by evil; (\r\nX: y", "un\nknown", "192.0.2.1", "mx.example", "", "SMTP", "1",
                                     "<\"a\r\nb\"@x>", example_seconds});
  Message message = Message::parse(field);
  EXPECT_EQ(message.fields().size(), 1U);
  EXPECT_THAT(trace_faults(message), testing::IsEmpty());
  EXPECT_THAT(field, testing::HasSubstr("from a??by?evil?????X:?y (un?known [192.0.2.1])"));
  EXPECT_THAT(field, testing::HasSubstr("for <\"a??b\"@x>;"));
}

TEST(Trace, DatesAreWrittenInUtc) {
  EXPECT_EQ(date_time(0), "Thu, 1 Jan 1970 00:00:00 +0000");
  EXPECT_EQ(date_time(951782400), "Tue, 29 Feb 2000 00:00:00 +0000");
  EXPECT_EQ(date_time(-1), "Wed, 31 Dec 1969 23:59:59 +0000");
  EXPECT_EQ(date_time(INT64_MAX), "Fri, 31 Dec 9999 23:59:59 +0000");
  EXPECT_EQ(date_time(INT64_MIN), "Mon, 1 Jan 0001 00:00:00 +0000");
}

TEST(Trace, DatesAreReadInAllTheirForms) {
  for (const std::string_view text :
       {"Fri, 20 Nov 2026 06:15:00 +0000", " 20 Nov 2026 06:15:00 -0000", "fri, 20 nov 26 06:15 GMT",
        "Thu, 19 Nov 2026 22:15:00 -0800 (PST)", "Fri, 20 Nov 2026 11:45:00 +0530 (a (nested) \\) comment)",
        "Fri, 20 Nov 2026\r\n 01:15:00 EST", "20 Nov 2026 6:15:00 UT"}) {
    const auto date = parse_date_time(text);
    ASSERT_TRUE(date) << text << ": " << date.error().message;
    EXPECT_EQ(*date, example_seconds) << text;
  }
  EXPECT_EQ(*parse_date_time(date_time(1)), 1);
  EXPECT_EQ(*parse_date_time("1 Jan 70 00:00:00 Z"), 0);
  for (const std::string_view bad :
       {"", "yesterday", "Fri, 20 Nov 2026", "Fri, 31 Nov 2026 06:15:00 +0000", "20 Nov 2026 24:00:00 +0000",
        "20 Nov 2026 06:60:00 +0000", "20 Nov 2026 06:15:00 +00", "20 Nov 2026 06:15:00 +0099",
        "20 Foo 2026 06:15:00 +0000", "20 Nov 2026 06:15:00", "2026-11-20 06:15:00 +0000"}) {
    EXPECT_FALSE(parse_date_time(bad)) << bad;
  }
}

TEST(Trace, CountsHopsAndDeliveredTo) {
  const Message message =
      Message::parse("Received: a\r\nreceived: b\r\nDelivered-To: x@y\r\nX-Received: no\r\n\r\nReceived: body");
  EXPECT_EQ(hop_count(message), 2);
  EXPECT_THAT(delivered_to(message), testing::ElementsAre("x@y"));
}

TEST(Trace, RealFieldsOfOtherSystemsHaveNoFaults) {
  const std::string_view fields[] = {
      "Received: from EX1.corp.example (10.0.0.1) by EX2.corp.example (10.0.0.2)\r\n with Microsoft SMTP Server "
      "(version=TLS1_2,\r\n cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.1.2507.27; Fri, 20 Nov\r\n 2026 "
      "06:15:00 "
      "+0000\r\n",
      "Received: from EX1.corp.example ([fe80::1]) by EX1.corp.example\r\n ([fe80::1%4]) with mapi id 15.20.1.2; Fri, "
      "20 "
      "Nov 2026 06:15:00 +0000\r\n",
      "Received: from mx.example\r\n\tby store.example with LMTP\r\n\tid qM6QFpS0Y2YKHQAA\r\n\t(envelope-from "
      "<a@b.example>)\r\n\tfor <c@d.example>; Fri, 20 Nov 2026 07:15:00 +0100\r\n",
      "Received: (qmail 12345 invoked by uid 89); 20 Nov 2026 06:15:00 -0000\r\n",
      "Received: from unknown (HELO mx.example) (192.0.2.1)\r\n  by 0 with SMTP; 20 Nov 2026 06:15:00 -0000\r\n",
      "Received: by 2002:a05:6a10:1 with SMTP id x1csp1;\r\n        Thu, 19 Nov 2026 22:15:00 -0800 (PST)\r\n",
      "Received: from a (a [192.0.2.1])\r\n\t(using TLSv1.3 with cipher X (256/256 bits))\r\n\t(No client certificate; "
      "none)\r\n\tby b (Postfix) with ESMTPS id 1; Fri, 20 Nov 2026 06:15:00 +0000 (UTC)\r\n",
  };
  for (const std::string_view field : fields) {
    EXPECT_THAT(trace_faults(Message::parse(std::string(field))), testing::IsEmpty()) << field;
  }
}

TEST(Trace, FaultsAreNamedByField) {
  const auto faults = [](std::string_view value) {
    return trace_faults(Message::parse("Received: " + std::string(value) + "\r\n"));
  };
  using testing::ElementsAre;
  EXPECT_THAT(faults("from a; Fri, 20 Nov 2026 06:15:00 +0000"), ElementsAre("Received field 1: no 'by' clause"));
  EXPECT_THAT(faults("from a (by b); Fri, 20 Nov 2026 06:15:00 +0000"),
              ElementsAre("Received field 1: no 'by' clause"));
  EXPECT_THAT(faults("from a by b"), ElementsAre("Received field 1: no date"));
  EXPECT_THAT(faults("from a by b (; Fri, 20 Nov 2026 06:15:00 +0000)"), ElementsAre("Received field 1: no date"));
  EXPECT_THAT(faults("from a by b;"), ElementsAre("Received field 1: no date"));
  EXPECT_THAT(faults("from a by b; soon"), ElementsAre(testing::HasSubstr("'soon'")));
  EXPECT_THAT(faults("from a by b\x01; Fri, 20 Nov 2026 06:15:00 +0000"),
              ElementsAre("Received field 1: a control character"));
  EXPECT_THAT(faults(""), ElementsAre("Received field 1: no 'by' clause", "Received field 1: no date"));
}

}  // namespace
}  // namespace watershed::mail
