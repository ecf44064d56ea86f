#include "experiments/run/data_cache.h"

#include <cmath>
#include <stdexcept>
#include <utility>

#include "engine/solve/training.h"
#include "experiments/config/config.h"

namespace zipml {
namespace {

std::string data_key(const RunSpec& spec) {
  return canonical_json(spec.dataset) + canonical_json(spec.preprocess);
}

}  // namespace

CachedData::CachedData(const RunSpec& spec, const DataContext& context) {
  Dataset raw = load_dataset(spec.dataset, context);
  checksum_ = content_checksum(raw);
  prepared_ = preprocess(std::move(raw), spec.preprocess);
  if (spec.dataset.kind != kTomography) return;
  scan_ = std::make_unique<const Scan>(spec.dataset.parameters, prepared_.data.train.labels);
  prepared_.data.train.features = Matrix(0, prepared_.data.features());  // the scan has all that is needed
}

std::optional<double> CachedData::exact_minimum(int threads) const {
  std::call_once(exact_once_, [&] {
    const double minimum = exact_least_squares_minimum(prepared_, threads);
    if (std::isfinite(minimum)) exact_minimum_ = minimum;
  });
  return exact_minimum_;
}

void DataCache::expect(const RunSpec& spec) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Entry>& entry = entries_[data_key(spec)];
  if (!entry) entry = std::make_shared<Entry>();
  ++entry->users;
}

std::shared_ptr<const CachedData> DataCache::get(const RunSpec& spec) {
  const std::string key = data_key(spec);
  std::shared_ptr<Entry> entry;
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end()) throw std::logic_error("data was not announced");
    entry = found->second;
  }
  const std::lock_guard loading(entry->loading);
  if (entry->failure) std::rethrow_exception(entry->failure);
  if (!entry->data) {
    try {
      entry->data = std::make_shared<const CachedData>(spec, context_);
    } catch (...) {
      entry->failure = std::current_exception();
      throw;
    }
    const Scan* scan = entry->data->scan();
    const Split& train = entry->data->prepared().data.train;
    const Matrix& columns = scan ? scan->projector().weights() : train.features;
    const std::size_t rows = scan ? columns.rows() : train.rows();
    const std::lock_guard lock(mutex_);
    sizes_[key] = static_cast<double>(rows) * static_cast<double>(columns.cols()) *
                  static_cast<double>(scan ? scan->geometry().slices : 1);
  }
  return entry->data;
}

void DataCache::release(const RunSpec& spec) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(data_key(spec));
  if (found == entries_.end()) throw std::logic_error("data was not announced");
  if (--found->second->users == 0) entries_.erase(found);
}

std::optional<double> DataCache::size(const RunSpec& spec) const {
  const std::lock_guard lock(mutex_);
  const auto found = sizes_.find(data_key(spec));
  if (found == sizes_.end()) return std::nullopt;
  return found->second;
}

std::size_t DataCache::held() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace zipml
