#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "experiments/cli/options.h"

namespace zipml {

/// A manual page before it is written in some form.
struct ManualPage {
  /// A paragraph; with a term, one that explains it; `literal` is to be shown as it is.
  struct Block {
    std::string term, text;
    bool literal = false;
  };
  struct Section {
    std::string heading;
    std::vector<Block> blocks;
  };
  std::string name;   ///< "zipml-run"
  std::string about;  ///< one line
  std::vector<Section> sections;
};

/// The page of one command; everything of its table is on it.
ManualPage command_page(const OptionParser& parser);

/// The page of the program: its commands.
ManualPage program_page();

/// For reading on a terminal of so many columns (at least 40), every line ended, none longer unless it is
/// literal or a single word.
std::string manual_text(const ManualPage& page, std::size_t columns);

/// The source of a man page of section 1, for troff with the man macros.
std::string manual_roff(const ManualPage& page);

}  // namespace zipml
