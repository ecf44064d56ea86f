#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/report/run_set.h"

namespace zipml {

/// One row of the paper's table 1.
struct PaperSet {
  std::string title;
  std::uint64_t train_rows, test_rows, features;
  RunFilter filter;
};

/// The linear-model sets of table 1, in its order.
std::vector<PaperSet> paper_sets();

/// The row with this title; nullptr if there is none.
const PaperSet* find_paper_set(std::string_view title);

}  // namespace zipml
