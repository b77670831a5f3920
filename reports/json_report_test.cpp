// The JSON report word for word: others read it, so any change of a key must be seen here.
#include "reports/json_report.hpp"

#include "reports/sample_outcome.hpp"

#include <gmock/gmock.h>

namespace watershed::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(JsonReport, WritesEveryPartOfAnOutcome) {
  EXPECT_EQ(json_report(sample_outcome({sample_passed()})), R"json({
  "schema_version": 1,
  "segregated": {
    "phase2": {
      "answer": "yes",
      "reason": "0 crossings in 1 run",
      "runs": 1
    }
  },
  "coverage": {},
  "lane": "simulated",
  "sandbox_level": "",
  "components": {},
  "time_factor": 0,
  "parity": null,
  "lane_comparison": {
    "compared": 0,
    "agree": 0,
    "differences": [],
    "unused_declarations": []
  },
  "seed": 7,
  "shard": {
    "index": 1,
    "count": 1
  },
  "summary": {
    "scenarios": 1,
    "passed": 1,
    "failed": 0,
    "errors": 0,
    "skipped": 0,
    "inconclusive": 0,
    "crossings": 0,
    "hops": 4,
    "messages": {
      "offered": 2,
      "delivered": 2,
      "rejected": 0,
      "bounced": 0,
      "discarded": 0,
      "queued": 0,
      "lost": 0,
      "duplicated": 0
    }
  },
  "shared_hosts": {
    "phase2": []
  },
  "requirements": {
    "SEG-1": {
      "id": "SEG-1",
      "title": "Separate systems",
      "statement": "No host handles both.",
      "verdict": "passed",
      "scenarios": [
        "scenarios/request.yaml on phase2"
      ]
    },
    "OPS-1": {
      "id": "OPS-1",
      "title": "Load",
      "statement": "The platform carries it.",
      "verdict": "skipped",
      "scenarios": []
    }
  },
  "scenarios": [
    {
      "file": "scenarios/request.yaml",
      "title": "A request is answered",
      "world": "phase2",
      "verdict": "passed",
      "must_fail": false,
      "requirements": [
        "SEG-1",
        "ROUTE-1"
      ],
      "findings": [],
      "expected_findings": [],
      "not_understood": [],
      "counts": {
        "offered": 2,
        "delivered": 2,
        "rejected": 0,
        "bounced": 0,
        "discarded": 0,
        "queued": 0,
        "lost": 0,
        "duplicated": 0
      },
      "crossings": 0,
      "hops": 4,
      "stragglers": {
        "old@ctbto.org from op@station.example": 1
      },
      "shared_hosts": [],
      "segregated_classes": [
        "personal",
        "verification"
      ],
      "figures": {
        "hops": 2,
        "rules": 5,
        "distinct_paths": 1
      },
      "seconds": 0.0125,
      "virtual_seconds": 1.5,
      "replay": "watershed run scenarios/request.yaml --world phase2 --seed 7",
      "skipped_because": "",
      "compared": [],
      "messages": [
        {
          "id": "request",
          "class": "verification",
          "reverse_path": "op@station.example",
          "recipient": "autodrm@ctbto.int",
          "fate": "delivered",
          "path": [
            "station.example",
            "mx.ctbto.int",
            "store.ctbto.int"
          ],
          "trail": [
            "mx.ctbto.int: transport lmtp:store (worlds/phase2/postfix/transport:3)"
          ],
          "mailbox": "autodrm@ctbto.int",
          "folder": "Requests",
          "code": 250,
          "text": "2.0.0 Ok",
          "latency_ms": 1.5,
          "latency_ns": 1500000,
          "journal": [],
          "body_hash": "",
          "header": {}
        },
        {
          "id": "letter",
          "class": "personal",
          "reverse_path": "op@station.example",
          "recipient": "autodrm@ctbto.int",
          "fate": "delivered",
          "path": [
            "station.example",
            "mx.ctbto.int",
            "store.ctbto.int"
          ],
          "trail": [
            "mx.ctbto.int: transport lmtp:store (worlds/phase2/postfix/transport:3)"
          ],
          "mailbox": "autodrm@ctbto.int",
          "folder": "Requests",
          "code": 250,
          "text": "2.0.0 Ok",
          "latency_ms": 1.5,
          "latency_ns": 1500000,
          "journal": [],
          "body_hash": "",
          "header": {}
        }
      ],
      "messages_left_out": 0,
      "flow": [],
      "lines": {},
      "changed_files": false,
      "stories": [],
      "stories_left_out": 0,
      "series": {
        "bucket_ns": 0,
        "buckets": [],
        "marks": []
      }
    }
  ],
  "seconds": 0.25,
  "worlds": [],
  "inputs": [],
  "record": {
    "started_at": "",
    "command": "",
    "machine": "",
    "sandbox": "",
    "versions": {},
    "waivers": []
  },
  "world_comparison": []
}
)json");
}

TEST(JsonReport, WritesFindingsAndKnownBadWorldsApart) {
  const std::string report = json_report(sample_outcome({sample_failed(), sample_inconclusive(), sample_must_fail()}));
  EXPECT_THAT(report, HasSubstr(R"json("at": "scenarios/leak.yaml:7",
          "position": {
            "file": "scenarios/leak.yaml",
            "line": 7,
            "column": 5
          },
          "decided_by": "worlds/phase2/postfix/transport:3",
          "message": "request",
          "inconclusive": false,
          "path": [
            "station.example",
            "mx.ctbto.int",
            "eu.cloud"
          ],
          "trail": [
            "mx.ctbto.int: transport smtp:[eu.cloud] (worlds/phase2/postfix/transport:3)"
          ])json"));
  EXPECT_THAT(report, HasSubstr(R"("must_fail": true,)"));
  EXPECT_THAT(report, HasSubstr(R"("findings": [],
      "expected_findings": [
        {)"));
  EXPECT_THAT(report, HasSubstr(R"("place": "worlds/phase1/postfix/main.cf:12",
          "text": "smtpd_frobnicate = yes")"));
  EXPECT_THAT(report, HasSubstr(R"("answer": "no",
      "reason": "1 crossing")"));
}

TEST(JsonReport, EscapesHostileText) {
  harness::ScenarioResult run = sample_failed();
  run.stragglers = {{"a\xff", 1}, {"a\xfe", 2}};
  const std::string report = json_report(sample_outcome({run}));
  EXPECT_THAT(report,
              HasSubstr(R"("title": "A bounce stays home \"'>]]></failure><x>&amp; \u001b[2J\u001b]0;own\u0007 )"
                        R"(\u0000\r\n\t)"));
  for (const char c : report) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  EXPECT_THAT(report, HasSubstr("\"a\U0010fefe\": 2,"));  // bytes that are not UTF-8, each as a character of its own
  EXPECT_THAT(report, HasSubstr("\"a\U0010feff\": 1"));
  EXPECT_THAT(report, Not(HasSubstr("\xff")));
}

}  // namespace
}  // namespace watershed::reports
