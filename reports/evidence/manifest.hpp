// The manifest of an evidence pack: each file's SHA-256 sum, in the form of sha256sum(1), so that an auditor needs no
// program of ours: `sha256sum -c manifest.sha256`.
//
// The first line says how many files there are, so a manifest that was cut short is noticed. A manifest cannot prove
// that nobody replaced it together with the files; whoever receives a pack is told its own sum by another way.
#pragma once

#include "base/diagnostic.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::reports {

inline constexpr std::string_view manifest_name = "manifest.sha256";

/// Path below the pack's folder, with `/`, → 64 hexadecimal digits.
using Manifest = std::map<std::string, std::string>;

/// Sums of all files below `folder` but the manifest. The error names a file that cannot be read, is no regular file,
/// or has a control character or backslash in its name.
Result<Manifest, Error> sum_files(const std::filesystem::path& folder);

std::string write_manifest(const Manifest& manifest);

/// Errors: no such first line, a line of another form, a path that leads out of the pack or comes twice, another number
/// of files than stated.
Parsed<Manifest> read_manifest(std::string_view text, const std::string& shown_name);

/// One line for each file that is missing, was altered or added; empty when the pack is what it was.
std::vector<std::string> manifest_differences(const Manifest& stated, const Manifest& found);

}  // namespace watershed::reports
