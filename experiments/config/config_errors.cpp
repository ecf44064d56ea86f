#include "experiments/config/config_errors.h"

#include <algorithm>

#include "engine/core/error.h"

namespace zipml {
namespace {

// A broken sweep can repeat its mistake in thousands of runs; nobody reads further than this.
constexpr std::size_t kMaxLines = 100;

bool is_within(const std::string& pointer, const std::string& ancestor) {
  return pointer.starts_with(ancestor) &&
         (pointer.size() == ancestor.size() || pointer[ancestor.size()] == '/');
}

}  // namespace

void Origins::add(std::string target, std::string source) {
  entries_.emplace_back(std::move(target), std::move(source));
}

std::string Origins::trace(const std::string& pointer) const {
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    if (is_within(pointer, entry->first)) return entry->second + pointer.substr(entry->first.size());
  }
  return pointer;
}

std::string ConfigErrors::line(const std::string& pointer, const std::string& message) const {
  std::string source = run_ ? run_->trace(pointer) : pointer;
  if (config_) source = config_->trace(source);
  std::string text = file_ + ": ";
  if (!source.empty()) text += source + (source == pointer ? "" : " (sets " + pointer + ")") + ": ";
  return text + message;
}

void ConfigErrors::add(const std::string& pointer, const std::string& message) {
  ++count_;
  std::string text = line(pointer, message);
  if (std::find(lines_.begin(), lines_.end(), text) == lines_.end() && lines_.size() <= kMaxLines) {
    lines_.push_back(std::move(text));
  }
}

void ConfigErrors::set_origins(const Origins* run, const Origins* config) {
  run_ = run;
  config_ = config;
}

void ConfigErrors::throw_if_any() const {
  if (lines_.empty()) return;
  std::string message;
  for (std::size_t i = 0; i < std::min(lines_.size(), kMaxLines); ++i) message += (i ? "\n" : "") + lines_[i];
  if (lines_.size() > kMaxLines) message += "\n" + file_ + ": further errors are not shown";
  throw InputError(message);
}

}  // namespace zipml
