#pragma once

#include <map>
#include <string>
#include <vector>

#include "experiments/report/figure_files.h"
#include "experiments/report/report_data.h"

namespace zipml {

/// The claims for a terminal: aligned columns with a header line, then the notes by their numbers, then the
/// count of each verdict.
std::string report_text(const ReportData& report);

/// A section a figure: a table of its claims, its data and the part of the config that all runs share; then
/// the environments and the data sets.
std::string report_markdown(const ReportData& report);

/// Array of objects with figure, claim, paper, value, low, high, verdict, dataset, seeds (their number), runs
/// (ids), scale, value_text and interval_text (as in the tables), unit, note, level, seeds_to_decide (null
/// where there is none) and seeds_to_decide_is_least, paper_dataset, stand_in, bytes_moved, commands and
/// commits. What is not a finite number is null; a value that is not one number is a string.
std::string report_json(const ReportData& report);

/// Object with all that the page says: claims (the array above), figures, environments, data, runs, problems.
std::string report_json_full(const ReportData& report);

/// One page that needs nothing else: style, script and figures are part of it. Figures as load_figures()
/// gives them.
std::string report_html(const ReportData& report,
                        const std::map<std::string, std::vector<FigureImage>>& figures);

}  // namespace zipml
