// The HTML page of a run: one self-contained file that opens with the answer. No script, no request to anywhere.
//
// What would make the page of a large run slow goes to linked files in a folder beside it: stories of messages that
// went well, details of hundreds of runs.
#pragma once

#include "harness/outcome.hpp"

#include <string>
#include <vector>

namespace watershed::reports {

struct HtmlFile {
  std::string name;  ///< relative to the page's folder: `report.files/stories-1.html`
  std::string text;
};

struct HtmlReport {
  std::string page;
  std::vector<HtmlFile> linked;
};

/// `page_name` is the file name of the page, without a folder: linked files lead back to it. Two outcomes of the same
/// inputs give the same text but for what stands in <time> elements.
HtmlReport html_report(const harness::Outcome& outcome, const std::string& page_name);

}  // namespace watershed::reports
