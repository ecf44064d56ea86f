#include "engine/quantize/candidate_histogram.h"

#include <algorithm>
#include <stdexcept>

#include "engine/kernels/kernels.h"

namespace zipml {

CandidateHistogram::CandidateHistogram(std::vector<float> candidates, std::optional<std::uint64_t> seed)
    : candidates_(std::move(candidates)), seed_(seed) {
  if (candidates_.empty()) throw std::logic_error("a histogram needs a candidate");
  // One bin more than there are intervals: the last candidate itself begins one, and a share rounded up to 1
  // may begin the next.
  tables_.fill(std::vector<Bin>(candidates_.size() + 1));
}

CandidateHistogram CandidateHistogram::on_grid(float low, float high, int bins,
                                               std::optional<std::uint64_t> seed) {
  const double width = static_cast<double>(high) - static_cast<double>(low);
  std::vector<float> edges{low};
  for (int i = 1; i <= bins; ++i) {
    const auto edge =
        i == bins ? high
                  : static_cast<float>(static_cast<double>(low) + width * (static_cast<double>(i) / bins));
    if (edge > edges.back()) edges.push_back(edge);
  }
  // A range of few float32 values has fewer edges than asked for, and they are not equidistant.
  const bool equidistant = edges.size() == static_cast<std::size_t>(bins) + 1;
  CandidateHistogram histogram(std::move(edges), seed);
  if (equidistant) {
    histogram.low_ = static_cast<double>(low);
    histogram.units_per_value_ = static_cast<double>(bins) / width * static_cast<double>(kShareMask + 1);
  }
  return histogram;
}

std::uint64_t CandidateHistogram::place(float value) const {
  if (candidates_.size() == 1) return 0;
  const auto above = std::upper_bound(candidates_.begin() + 1, candidates_.end() - 1, value);
  const auto low = static_cast<double>(*(above - 1)), high = static_cast<double>(*above);
  const double share = (static_cast<double>(value) - low) / (high - low);
  const auto bin = static_cast<std::uint64_t>(above - candidates_.begin()) - 1;
  return (bin << kShareBits) + static_cast<std::uint64_t>(share * static_cast<double>(kShareMask + 1) + 0.5);
}

template <class Place>
void CandidateHistogram::add_shares(std::span<const float> values, const Place& place) {
  const auto add = [&](std::size_t table, float value) {
    const std::uint64_t at = place(value);
    Bin& bin = tables_[table][at >> kShareBits];
    ++bin.count;
    bin.shares += at & kShareMask;
  };
  std::size_t i = 0;
  for (; i + kTables <= values.size(); i += kTables) {
    for (std::size_t t = 0; t < kTables; ++t) add(t, values[i + t]);
  }
  for (; i < values.size(); ++i) add(0, values[i]);
}

template <class Place>
void CandidateHistogram::add_drawn(std::span<const float> values, std::uint64_t first_element,
                                   const Place& place) {
  constexpr std::size_t kBlock = 1024;
  constexpr std::uint64_t kWordsPerCall = 4;  // of the generator
  std::array<std::uint32_t, kBlock + kWordsPerCall> words;
  const DrawAddress address{*seed_, Stream::histogram_bucketing, 0};
  for (std::size_t first = 0; first < values.size(); first += kBlock) {
    const std::size_t count = std::min(kBlock, values.size() - first);
    const std::uint64_t element = first_element + first, skipped = element % kWordsPerCall;
    kernels::random_bits(address, 0, element - skipped, words.data(), count + skipped);
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t at = place(values[first + i]), word = words[i + skipped] >> (32 - kShareBits);
      ++tables_[0][(at >> kShareBits) + (word < (at & kShareMask) ? 1 : 0)].count;
    }
  }
}

template <class Place>
void CandidateHistogram::add_at(std::span<const float> values, std::uint64_t first_element,
                                const Place& place) {
  if (seed_) return add_drawn(values, first_element, place);
  add_shares(values, place);
}

void CandidateHistogram::add(std::span<const float> values, std::uint64_t first_element) {
  if (units_per_value_ == 0.0)
    return add_at(values, first_element, [this](float v) { return this->place(v); });
  add_at(values, first_element, [low = low_, units = units_per_value_](float value) {
    return static_cast<std::uint64_t>(
        static_cast<std::int64_t>((static_cast<double>(value) - low) * units + 0.5));
  });
}

void CandidateHistogram::merge(const CandidateHistogram& other) {
  if (candidates_ != other.candidates_) throw std::logic_error("histograms with other candidates are merged");
  for (std::size_t t = 0; t < kTables; ++t) {
    for (std::size_t b = 0; b < tables_[t].size(); ++b) {
      tables_[t][b].count += other.tables_[t][b].count;
      tables_[t][b].shares += other.tables_[t][b].shares;
    }
  }
}

WeightedPoints CandidateHistogram::points() const {
  const std::size_t last = candidates_.size() - 1;
  WeightedPoints points{candidates_, std::vector<double>(last + 1, 0.0)};
  for (std::size_t b = 0; b <= last + 1; ++b) {
    Bin sum;
    for (const std::vector<Bin>& table : tables_) {
      sum.count += table[b].count;
      sum.shares += table[b].shares;
    }
    const double shares = static_cast<double>(sum.shares) / static_cast<double>(kShareMask + 1);
    // The largest value lies on the last candidate, or by rounding a hair beside it.
    points.weight[std::min(b, last)] += static_cast<double>(sum.count) - shares;
    points.weight[std::min(b + 1, last)] += shares;
  }
  return points;
}

}  // namespace zipml
