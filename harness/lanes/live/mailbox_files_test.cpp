// Maildir, mbox and MH folders as delivery programs leave them, and what lies beside them and is no mail.
#include "harness/lanes/live/mailbox_files.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

#include <fstream>

namespace watershed::harness {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class MailboxFiles : public ::testing::Test {
 protected:
  ~MailboxFiles() override { fs::remove_all(root_); }

  void write(const std::string& name, const std::string& text) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
  }
  void maildir(const std::string& name) {
    for (const char* part : {"new", "cur", "tmp"}) fs::create_directories(root_ / name / part);
  }
  std::vector<std::string> found() {
    std::vector<std::string> all;
    for (const FolderMessage& each : messages_below(root_)) all.push_back(each.folder + ": " + each.bytes);
    return all;
  }

  fs::path root_ = fs::temp_directory_path() / ("watershed-mailbox-files-" + std::to_string(::getpid()));
};

TEST_F(MailboxFiles, TakesNewAndSeenMessagesOfAMaildirAndNotWhatIsBeingWritten) {
  maildir("INBOX");
  write("INBOX/new/1", "Subject: a\n\n");
  write("INBOX/cur/2:2,S", "Subject: b\n\n");
  write("INBOX/tmp/3", "Subject: half\n");
  EXPECT_THAT(found(), UnorderedElementsAre("INBOX: Subject: a\n\n", "INBOX: Subject: b\n\n"));
}

TEST_F(MailboxFiles, FindsFoldersOfEveryKindBelowOthers) {
  maildir("");
  maildir("Lists/Travel");
  write("new/1", "Subject: a\n\n");
  write("Lists/Travel/new/1", "Subject: b\n\n");
  write("Lists/old", "From x@y Wed Nov 25\nSubject: c\n\n");
  write("MH/12", "Subject: d\n\n");
  EXPECT_THAT(found(), UnorderedElementsAre("INBOX: Subject: a\n\n", "Lists/Travel: Subject: b\n\n",
                                            "Lists/old: Subject: c\n", "MH: Subject: d\n\n"));
}

TEST_F(MailboxFiles, SplitsAnMboxAtFromLinesThatFollowABlankOne) {
  write("mbox", "From a@b Wed\nSubject: 1\n\nbody\nFrom here on\n>From there\n\nFrom c@d Wed\nSubject: 2\n\nbody\n\n");
  EXPECT_THAT(found(), UnorderedElementsAre("mbox: Subject: 1\n\nbody\nFrom here on\n>From there\n",
                                            "mbox: Subject: 2\n\nbody\n"));
}

TEST_F(MailboxFiles, LeavesWhatIsNoMail) {
  write("msgid.cache", std::string("<1@a>\0<2@b>\0", 12));
  write("msgid.lock", "");
  write("notes", "Subject: looks like it\n\n");
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(MailboxFiles, AnMboxCutInItsFirstLineIsAMessageOfNothing) {
  write("mbox", "From a@b");
  EXPECT_THAT(found(), UnorderedElementsAre("mbox: "));
}

}  // namespace
}  // namespace watershed::harness
