#include "experiments/run/progress.h"

#include <cmath>

namespace zipml {

Progress::Progress(std::ostream& out, bool updating, std::size_t total)
    : out_(out), updating_(updating), total_(total) {}

std::string Progress::time_left(double done_cost, double remaining_cost) const {
  if (done_cost <= 0.0 || remaining_cost <= 0.0) return {};
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin_;
  return ", " + format_duration(elapsed.count() * remaining_cost / done_cost) + " left";
}

void Progress::run_ended(const std::string& line, double done_cost, double remaining_cost) {
  ++ended_;
  const std::string count =
      std::to_string(ended_) + "/" + std::to_string(total_) + time_left(done_cost, remaining_cost);
  if (updating_) {
    out_ << "\r\x1b[K[" << count << "] " << line << std::flush;
    line_open_ = true;
  } else {
    out_ << '[' << count << "] " << line << std::endl;
  }
}

void Progress::message(const std::string& line) {
  if (line_open_) out_ << "\r\x1b[K";
  line_open_ = false;
  out_ << line << std::endl;
}

void Progress::close() {
  if (line_open_) out_ << std::endl;
  line_open_ = false;
}

std::string format_duration(double seconds) {
  if (seconds < 10.0) {
    const auto tenths = static_cast<int>(std::ceil(seconds * 10.0));
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
  }
  const auto whole = static_cast<long long>(std::ceil(seconds));
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3600) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

}  // namespace zipml
