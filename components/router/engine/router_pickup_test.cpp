// End to end: what a program that a pipe transport runs gives to sendmail(1) passes all that pickup(8) asks for.
#include "components/router/engine/commands.hpp"
#include "components/router/engine/test_world.hpp"

namespace watershed::router::testing {
namespace {

using stage::FactKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// A recipe `! duty@b.example` behind a formail that adds a field.
class Forwarding final : public Commands {
 public:
  std::optional<CommandResult> run(const CommandCall& call) override {
    CommandResult result;
    CommandResult::Submitted copy;
    copy.reverse_path = call.reverse_path;
    copy.recipients.push_back({mail::ForwardPath(*mail::parse_address("duty@b.example")), {}, {}});
    copy.message = call.message;
    copy.message.prepend("X-Added: by formail\r\n");
    copy.detail = "redirect";
    copy.decided_by = "procmailrc:1";
    result.submitted.push_back(std::move(copy));
    return result;
  }
};

class RouterPickupTest : public World {
 protected:
  RouterPickupTest()
      : duty(receiver("mx.b.example", "192.0.2.30")),
        archive(receiver("mx.d.example", "192.0.2.31")),
        filter(receiver("filter.example", "192.0.2.40")) {
    mx("b.example", {"10 mx.b.example"});
    mx("d.example", {"10 mx.d.example"});
  }

  /// One message to the program, whose copy goes the way that these settings and pickup's overrides say.
  void deliver(const std::string& main, const std::string& pickup = "", const std::string& more_master = "") {
    router("mx.a.example", "192.0.2.25",
           {{"main.cf", "relay_domains = a.example\nrelay_transport = procmail\n" + main},
            {"master.cf",
             "smtp inet n - y - - smtpd\n  -o content_filter= -o receive_override_options=no_header_body_checks\n"
             "  -o smtpd_milters=\n" +
                 more_master + "pickup unix n - y 60 1 pickup\n" + pickup +
                 "cleanup unix n - y - 0 cleanup\nrewrite unix - - y - - trivial-rewrite\nsmtp unix - - y - - smtp\n"
                 "procmail unix - n n - - pipe\n  user=mail argv=/usr/bin/procmail -m rc\n"}},
           [this](RouterOptions& made) { made.commands = &program; });
    send("192.0.2.25", envelope("s@c.example", {"r@a.example"}), "From: s@c.example\r\nSubject: x\r\n\r\nbody\r\n");
    EXPECT_TRUE(run(60s));
  }
  std::vector<std::string> notes() const {
    std::vector<std::string> texts;
    for (const NotUnderstood& each : routers.back()->not_understood()) {
      texts.push_back(to_file_line(each.at) + " " + each.text);
    }
    return texts;
  }

  Forwarding program;
  Receiver& duty;
  Receiver& archive;
  Receiver& filter;
};

constexpr const char* redirect_added = "header_checks = regexp:{ {/^X-Added:/ REDIRECT archive@d.example} }\n";
constexpr const char* bcc = "recipient_bcc_maps = inline:{ {duty@b.example=archive@d.example} }\n";

TEST_F(RouterPickupTest, WithoutSettingsTheCopyGoesWhereTheProgramSays) {
  deliver("");
  EXPECT_THAT(duty.recipients(), ElementsAre("duty@b.example"));
  EXPECT_THAT(notes(), IsEmpty());
  EXPECT_EQ(duty.taken.front().message.count("Date"), 1U) << "cleanup adds what the program left out";
}

TEST_F(RouterPickupTest, AutomaticBccAppliesToWhatAProgramSubmits) {
  deliver(bcc);
  EXPECT_THAT(duty.recipients(), ElementsAre("duty@b.example"));
  EXPECT_THAT(archive.recipients(), ElementsAre("archive@d.example"));
}

TEST_F(RouterPickupTest, HeaderChecksSeeWhatTheProgramAdded) {
  deliver(redirect_added);
  EXPECT_THAT(duty.taken, IsEmpty());
  EXPECT_THAT(archive.recipients(), ElementsAre("archive@d.example"));
}

TEST_F(RouterPickupTest, ContentFilterIsWhatPickupItselfSays) {
  deliver("content_filter = smtp:[mx.d.example]\n", "  -o content_filter=smtp:[filter.example]\n");
  EXPECT_THAT(filter.recipients(), ElementsAre("duty@b.example"));
  EXPECT_THAT(duty.taken, IsEmpty());
}

TEST_F(RouterPickupTest, MainCfFiltersItToo) {
  deliver("content_filter = smtp:[filter.example]\n");
  EXPECT_THAT(filter.recipients(), ElementsAre("duty@b.example"));
}

TEST_F(RouterPickupTest, ReceiveOverrideOptionsOfPickupSwitchThemOff) {
  deliver(std::string(redirect_added) + bcc + "non_smtpd_milters = inet:spam.example:11332\n",
          "  -o receive_override_options=no_header_body_checks,no_address_mappings,no_milters\n");
  EXPECT_THAT(duty.recipients(), ElementsAre("duty@b.example"));
  EXPECT_THAT(archive.taken, IsEmpty());
  EXPECT_THAT(notes(), IsEmpty());
}

TEST_F(RouterPickupTest, PickupMayNameACleanupOfItsOwn) {
  deliver("", "  -o cleanup_service_name=tidy\n", "tidy unix n - y - 0 cleanup\n  -o always_bcc=archive@d.example\n");
  EXPECT_THAT(duty.recipients(), ElementsAre("duty@b.example"));
  EXPECT_THAT(archive.recipients(), ElementsAre("archive@d.example"));
}

TEST_F(RouterPickupTest, AMilterThatItWouldPassIsNotUnderstood) {
  deliver("smtpd_milters = inet:spam.example:11332\nnon_smtpd_milters = $smtpd_milters\n");
  EXPECT_THAT(notes(), ElementsAre(HasSubstr("passes the milters inet:spam.example:11332")));
}

TEST_F(RouterPickupTest, ARefusalHoldsItAndIsNotUnderstood) {
  deliver("header_checks = regexp:{ {/^X-Added:/ REJECT no robots} }\n");
  EXPECT_THAT(duty.taken, IsEmpty());
  EXPECT_THAT(facts(FactKind::held), SizeIs(1));
  EXPECT_THAT(notes(), ElementsAre(HasSubstr("header_checks refuses mail that a program on this host submits")));
}

TEST_F(RouterPickupTest, ARewritingOfItsHeaderIsNotUnderstood) {
  deliver("canonical_maps = inline:{ {s@c.example=t@c.example} }\n");
  EXPECT_THAT(notes(), ElementsAre(HasSubstr("canonical_maps rewrites the field From")));
}

}  // namespace
}  // namespace watershed::router::testing
