// What delivery programs leave on a disk: Maildir, mbox and MH folders, read back as messages. maildir(5), mbox(5),
// mh-mail(5).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace watershed::harness {

struct FolderMessage {
  std::string folder;  ///< below the root, `INBOX` for the root itself
  std::string bytes;   ///< as in the file, without an mbox's From_ line and the blank line after each message
};

/// All messages in all folders at and below `root`: in a Maildir what is in new and cur; of other files those that
/// begin with a From_ line, split where a blank line and another From_ line follow, and those whose name is a number,
/// one message each. A `>` in front of a body's `From ` stays: who wrote it cannot be told.
std::vector<FolderMessage> messages_below(const std::filesystem::path& root);

}  // namespace watershed::harness
