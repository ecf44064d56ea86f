#pragma once

#include <vector>

#include "experiments/report/report_data.h"

namespace zipml {

/// Fills rows, quantities, common part and bytes of a figure from its runs, of which there is one or more.
void add_data_rows(FigureReport& figure, const std::vector<const Run*>& runs);

}  // namespace zipml
