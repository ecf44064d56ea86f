#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace zipml {

/// What a stream of this process may show.
struct TerminalStyle {
  bool live = false;   ///< lines may be drawn again: a terminal that can move its cursor, not under CI
  bool color = false;  ///< live, and the environment has no NO_COLOR (no-color.org)
};

/// Looks at the file descriptor and the environment's TERM (not "dumb"), CI (unset, empty or "false") and
/// NO_COLOR (unset or empty).
TerminalStyle terminal_style(int descriptor);

/// The terminal is this process's to draw on: it is not in the background of its shell. True for what is no
/// terminal.
bool in_foreground(int descriptor);

struct TerminalSize {
  std::size_t columns = 80, rows = 24;
};

/// Size of the window now; what is not known is 80 and 24.
TerminalSize terminal_size(int descriptor);

/// Columns that UTF-8 text takes on a terminal: 2 for wide East Asian characters and emoji, 0 for combining
/// ones, 1 for a byte that is no UTF-8.
std::size_t display_width(std::string_view text);

/// The text in at most `columns` columns: where it is longer, "..." takes the place of its middle. Control
/// characters become '?', so that a name can never command the terminal.
std::string fit(std::string_view text, std::size_t columns);

}  // namespace zipml
