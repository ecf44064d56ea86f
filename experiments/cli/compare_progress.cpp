#include "experiments/cli/compare_progress.h"

#include <utility>

#include "experiments/run/progress.h"
#include "experiments/run/terminal.h"

namespace zipml {

using std::chrono::duration;
using std::chrono::steady_clock;

CompareProgress::CompareProgress(std::string title, std::ostream& out, int descriptor)
    : title_(std::move(title)),
      out_(out),
      descriptor_(descriptor),
      updating_(terminal_style(descriptor).live),
      begin_(steady_clock::now()),
      last_(begin_) {}

void CompareProgress::report(const std::string& what, double share) {
  constexpr double kTerminalSeconds = 0.2, kPlainSeconds = 10.0;
  const auto now = steady_clock::now();
  if (share >= 1.0) return;
  if (duration<double>(now - last_).count() < (updating_ ? kTerminalSeconds : kPlainSeconds)) return;
  last_ = now;
  const double elapsed = duration<double>(now - begin_).count();
  std::string line = title_ + ": " + what;
  if (share > 0.0) line += ", about " + format_duration(elapsed * (1.0 - share) / share) + " left";
  if (updating_) {
    out_ << "\r\x1b[K" << fit(line, terminal_size(descriptor_).columns - 1) << std::flush;
    line_open_ = true;
  } else {
    out_ << line << std::endl;
  }
}

void CompareProgress::close() {
  if (line_open_) out_ << "\r\x1b[K" << std::flush;
  line_open_ = false;
}

}  // namespace zipml
