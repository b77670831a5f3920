// What a run leaves behind for people to look into: the journal and the stored messages, one folder a run.
#pragma once

#include "harness/outcome.hpp"

#include <filesystem>
#include <string>

namespace watershed::harness {

/// Name of a run's folder: `robots-request.phase2`.
std::string artifact_folder(const ScenarioResult& result);

/// Writes `journal.jsonl` (all facts, one JSON object a line) and `mailboxes/<mailbox>/<n>.eml`. Failures to write are
/// reported on the result as findings: evidence that is not there must not look complete.
void write_artifacts(const std::filesystem::path& root, const Evidence& evidence, ScenarioResult& result);

}  // namespace watershed::harness
