#include "experiments/run/progress.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace zipml {
namespace {

constexpr const char* kClearLine = "\x1b[K";
constexpr const char* kClearBelow = "\x1b[J";
constexpr const char* kBold = "\x1b[1m";
constexpr const char* kPlain = "\x1b[0m";

std::string stage_text(const RunStage& stage) {
  std::string text(stage.what);
  if (stage.unit.empty()) return text;
  text += ", " + std::string(stage.unit) + " " + std::to_string(stage.done);
  return stage.total > 0 ? text + "/" + std::to_string(stage.total) : text;
}

}  // namespace

Progress::Progress(std::ostream& out, ProgressScreen screen, std::size_t total,
                   std::function<bool()> stopping)
    : out_(out), screen_(std::move(screen)), total_(total), stopping_(std::move(stopping)) {
  if (screen_.style.live && screen_.interval.count() > 0 && total_ > 0)
    drawer_ = std::thread([this] { keep_drawing(); });
}

Progress::~Progress() { close(); }

double Progress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

void Progress::keep_drawing() {
  std::unique_lock lock(mutex_);
  while (!closed_) {
    draw_locked();
    wake_.wait_for(lock, screen_.interval, [this] { return closed_; });
  }
}

void Progress::job_began(std::size_t job, std::string label, double cost) {
  const std::lock_guard lock(mutex_);
  auto free = std::find_if(jobs_.begin(), jobs_.end(), [](const Job& one) { return !one.under_way; });
  if (free == jobs_.end()) free = jobs_.insert(free, Job());
  *free = {true, job, std::move(label), {"waiting"}, cost};
}

void Progress::job_is_at(std::size_t job, const RunStage& stage) {
  const std::lock_guard lock(mutex_);
  for (Job& one : jobs_) {
    if (one.under_way && one.number == job) one.stage = stage;
  }
  estimate();
}

void Progress::job_ended(std::size_t job) {
  const std::lock_guard lock(mutex_);
  for (Job& one : jobs_) {
    if (one.number == job) one.under_way = false;
  }
}

void Progress::costs(double done, double remaining,
                     const std::vector<std::pair<std::size_t, double>>& under_way) {
  const std::lock_guard lock(mutex_);
  done_cost_ = done;
  remaining_cost_ = remaining;
  for (const auto& [number, cost] : under_way) {
    for (Job& job : jobs_) {
      if (job.under_way && job.number == number) job.cost = cost;
    }
  }
  estimate();
}

double Progress::share_of(const Job& job) const {
  if (!job.under_way || job.stage.total == 0) return 0.0;
  return std::min(1.0, static_cast<double>(job.stage.done) / static_cast<double>(job.stage.total));
}

void Progress::estimate() {
  double under_way = 0.0;
  for (const Job& job : jobs_) under_way += share_of(job) * job.cost;
  const double done = done_cost_ + under_way, left = remaining_cost_ - under_way;
  const double now = seconds();
  expected_end_ = done > 0.0 && left > 0.0 ? now + now * left / done : 0.0;
}

// Nothing where nothing is known yet. Between two estimates it counts down.
std::string Progress::time_left() const {
  const double left = expected_end_ - seconds();
  return left > 0.0 ? ", " + format_duration(left) + " left" : "";
}

void Progress::run_ended(const std::string& line) {
  const std::lock_guard lock(mutex_);
  ++ended_;
  if (screen_.style.live) return;
  out_ << '[' << ended_ << '/' << total_ << time_left() << "] " << line << std::endl;
}

std::string Progress::summary() const {
  const auto running =
      std::count_if(jobs_.begin(), jobs_.end(), [](const Job& job) { return job.under_way; });
  const std::string count = std::to_string(ended_) + "/" + std::to_string(total_) + " done";
  if (stopping_ && stopping_()) return count + ", stopping after the current epoch; Ctrl-C stops at once";
  return count + ", " + std::to_string(running) + " running, " +
         (seconds() < 10.0 ? std::to_string(static_cast<int>(seconds())) + " s"
                           : format_duration(seconds())) +
         " so far" + time_left();
}

std::vector<Progress::Line> Progress::compose(const TerminalSize& size) const {
  // The last column stays free, since some terminals wrap when it is written; the last row has the cursor.
  const std::size_t columns = std::max<std::size_t>(size.columns, 2) - 1;
  const std::size_t rows = std::max<std::size_t>(size.rows, 3) - 2;
  std::vector<const Job*> shown;
  for (const Job& job : jobs_) {
    if (job.under_way) shown.push_back(&job);
  }
  const std::size_t hidden = shown.size() > rows ? shown.size() - rows + 1 : 0;
  shown.resize(shown.size() - hidden);

  std::size_t stage_width = 0, label_width = 0;
  for (const Job* job : shown) {
    stage_width = std::max(stage_width, stage_text(job->stage).size());
    label_width = std::max(label_width, display_width(job->label));
  }
  const std::size_t most = columns > stage_width + 2 ? columns - stage_width - 2 : 0;
  label_width = std::min(label_width, most);
  std::vector<Line> lines;
  for (const Job* job : shown) {
    std::string text = fit(job->label, label_width);
    text += std::string(label_width - display_width(text) + (label_width > 0 ? 2 : 0), ' ');
    text = fit(text + stage_text(job->stage), columns);
    lines.push_back({text, display_width(text)});
  }
  if (hidden > 0) {
    const std::string text = fit("and " + std::to_string(hidden) + " more", columns);
    lines.push_back({text, text.size()});
  }
  const std::string text = fit(summary(), columns);
  lines.push_back({screen_.style.color ? kBold + text + kPlain : text, display_width(text)});
  return lines;
}

// Moves the cursor to where the drawn lines begin. A window that became narrower has wrapped them.
std::string Progress::to_top(std::size_t columns) const {
  std::size_t rows = 0;
  for (const Line& line : drawn_) {
    rows += std::max<std::size_t>(1, (line.width + columns - 1) / std::max<std::size_t>(columns, 1));
  }
  return rows > 0 ? "\r\x1b[" + std::to_string(rows) + "A" : "\r";
}

// A terminal throws away what it was not yet shown when it gets a Ctrl-C. What is written just after the
// signal may be part of that, and then the screen is not what drawn_ says.
void Progress::outlast_interrupt() {
  if (settled_ || !stopping_ || !stopping_()) return;
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  settled_ = true;
}

void Progress::draw_locked() {
  if (!screen_.style.live || closed_) return;
  if (!screen_.visible()) return drawn_.clear();
  outlast_interrupt();
  const TerminalSize size = screen_.size();
  const bool resized = size.columns != drawn_size_.columns || size.rows != drawn_size_.rows;
  std::vector<Line> lines = compose(size);
  const auto same = [](const Line& a, const Line& b) { return a.text == b.text; };
  if (!resized && std::equal(lines.begin(), lines.end(), drawn_.begin(), drawn_.end(), same)) return;
  // One write, each line over its old self: nothing is blank in between.
  std::string frame = drawn_.empty() ? "" : to_top(size.columns);
  if (resized) frame += kClearBelow;
  for (const Line& line : lines) frame += line.text + kClearLine + "\r\n";
  frame += kClearBelow;
  out_ << frame << std::flush;
  drawn_ = std::move(lines);
  drawn_size_ = size;
}

void Progress::erase_locked() {
  if (drawn_.empty()) return;
  if (!screen_.visible()) return drawn_.clear();
  outlast_interrupt();
  out_ << to_top(screen_.size().columns) + kClearBelow << std::flush;
  drawn_.clear();
}

void Progress::draw() {
  const std::lock_guard lock(mutex_);
  draw_locked();
}

void Progress::message(const std::string& line) {
  const std::lock_guard lock(mutex_);
  erase_locked();
  out_ << line << std::endl;
  draw_locked();
}

void Progress::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    erase_locked();
  }
  wake_.notify_all();
  if (drawer_.joinable()) drawer_.join();
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
