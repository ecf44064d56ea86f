#pragma once

#include <string>
#include <vector>

namespace zipml {

/// What may stand where the cursor is. `words`: those typed after "zipml" up to the cursor, the last of them
/// begun, perhaps empty. One line a candidate, each a whole word; then, where paths may stand, a line
/// ":folders" or ":files" with an ending that they must have, such as ":files .json". Never fails: of what it
/// does not understand it offers nothing.
std::string completions(const std::vector<std::string>& words);

/// The script for bash that asks the program itself and adds the paths.
std::string bash_completion();

}  // namespace zipml
