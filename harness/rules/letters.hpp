// Messages from a disk as letters: a folder of .eml files, a Maildir, an mbox, or one message.
#pragma once

#include "base/diagnostic.hpp"
#include "components/filter/rules/effect.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace watershed::harness {

/// Reads what is at `path`. Each message gives one letter for each of `recipients`, or where there are none, one for
/// the address of its Delivered-To or To field. The reverse-path is that of a Return-Path field or of the From_ line.
Parsed<std::vector<rules::Letter>> read_letters(const std::filesystem::path& path,
                                                const std::vector<mail::ForwardPath>& recipients);

}  // namespace watershed::harness
