#pragma once

#include <string>
#include <vector>

#include "experiments/report/claims.h"

namespace zipml {

/// Aligned columns with a header line, then the notes by their numbers, then the count of each verdict.
std::string report_text(const std::vector<ClaimResult>& results);

/// A Markdown table a figure, with the notes as its last column.
std::string report_markdown(const std::vector<ClaimResult>& results);

/// Array of objects with figure, claim, paper, value, low, high, verdict, dataset, seeds (their number), runs
/// (ids), unit and note. What is not a finite number is null; a value that is not one number is a string.
std::string report_json(const std::vector<ClaimResult>& results);

}  // namespace zipml
