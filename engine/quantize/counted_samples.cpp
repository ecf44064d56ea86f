#include "engine/quantize/counted_samples.h"

#include <algorithm>
#include <bit>
#include <stdexcept>

#include "engine/core/parallel.h"
#include "engine/kernels/kernels.h"
#include "engine/quantize/row_norms.h"

namespace zipml {
namespace {

// Below this many values a parallel region costs more than it saves.
constexpr std::size_t kValuesPerThread = std::size_t{1} << 12;

}  // namespace

int CountedSamples::stored_bits(int levels, int draws) {
  return std::bit_width(static_cast<unsigned>(draws) * static_cast<unsigned>(levels - 1));
}

CountedSamples::CountedSamples(const Matrix& features, const LevelStrategy& strategy, int levels, int draws,
                               int threads, const LevelScope& scope)
    : features_(features),
      draws_(draws),
      scales_rows_(strategy.scales_rows()),
      levels_(column_levels(features, strategy, levels,
                            useful_threads(features.rows() * features.cols(), kValuesPerThread, threads),
                            scope)),
      packed_(features.rows(), features.cols(), stored_bits(levels_.count(), draws), 1),
      arrangements_(draws) {
  if (scales_rows_) row_norms_ = row_norms(MatrixRows(features));
}

void CountedSamples::quantize(std::uint64_t seed, std::uint32_t epoch, int threads, Generator generator) {
  generator_ = generator;
  seed_ = seed;
  epoch_ = epoch;
  constexpr std::size_t kRows = BitMatrix::kRowsPerBlock;
  parallel_blocks(round_up(features_.rows(), kRows) / kRows,
                  useful_threads(features_.rows() * features_.cols(), kValuesPerThread, threads),
                  [&](std::size_t block) {
                    static thread_local QuantizeScratch scratch;
                    const std::size_t last = std::min((block + 1) * kRows, features_.rows());
                    for (std::size_t r = block * kRows; r < last; ++r) quantize_row(r, scratch);
                  });
}

void CountedSamples::quantize_row(std::size_t r, QuantizeScratch& scratch) {
  const std::size_t n = features_.cols();
  const float* values =
      scales_rows_ ? unit_row(features_.row(r), row_norms_[r], scratch.values) : features_.row(r).data();
  scratch.base.resize(n);
  scratch.share.resize(n);
  scratch.words.resize(n);
  scratch.choices.resize(packed_bytes(n, 1) + kPackSlack);
  std::uint16_t* sums = scratch.base.data();
  levels_.bracket(values, sums, scratch.share.data());
  for (std::size_t c = 0; c < n; ++c)
    sums[c] = static_cast<std::uint16_t>(sums[c] * static_cast<unsigned>(draws_));
  const DrawAddress address{seed_, Stream::sample_rounding, epoch_, generator_};
  const std::uint64_t first_element = std::uint64_t{r} * features_.stride();
  for (int draw = 0; draw < draws_; ++draw) {
    kernels::random_bits(address, static_cast<std::uint32_t>(draw), first_element, scratch.words.data(), n);
    kernels::choose(scratch.words.data(), scratch.share.data(), n, scratch.choices.data());
    add_choices(sums, scratch.choices.data(), n, sums);
  }
  packed_.store_base(r, sums, scratch.pack);
}

void CountedSamples::arrange(std::size_t r, const std::uint16_t* counts, std::uint32_t* masks,
                             QuantizeScratch& scratch) const {
  const std::size_t n = features_.cols();
  const auto words = static_cast<std::size_t>(arrangements_.words());
  scratch.words.resize(words * n);
  const DrawAddress address{seed_, Stream::sample_arrangement, epoch_};
  for (std::size_t w = 0; w < words; ++w) {
    kernels::random_bits(address, static_cast<std::uint32_t>(w), std::uint64_t{r} * features_.stride(),
                         scratch.words.data() + w * n, n);
  }
  std::array<std::uint32_t, Arrangements::kWords> random{};
  for (std::size_t c = 0; c < n; ++c) {
    for (std::size_t w = 0; w < words; ++w) random[w] = scratch.words[w * n + c];
    masks[c] = arrangements_.mask(counts[c], random);
  }
}

void CountedSamples::decode(std::size_t r, std::size_t stride, float* out, QuantizeScratch& scratch) const {
  const std::size_t n = features_.cols();
  scratch.base.resize(n);
  scratch.codes.resize(n);
  scratch.masks.resize(n);
  std::uint16_t *base = scratch.base.data(), *codes = scratch.codes.data();
  std::uint32_t* masks = scratch.masks.data();
  packed_.load_base(r, base, scratch.pack);
  const auto draws = static_cast<std::uint32_t>(draws_);
  for (std::size_t c = 0; c < n; ++c) {
    const std::uint32_t sum = base[c], lower = sum / draws;
    base[c] = static_cast<std::uint16_t>(lower);
    codes[c] = static_cast<std::uint16_t>(sum - lower * draws);
  }
  arrange(r, codes, masks, scratch);
  for (int draw = 0; draw < draws_; ++draw) {
    for (std::size_t c = 0; c < n; ++c)
      codes[c] = static_cast<std::uint16_t>(base[c] + ((masks[c] >> draw) & 1u));
    float* values = out + static_cast<std::size_t>(draw) * stride;
    levels_.decode(codes, values);
    if (!scales_rows_) continue;
    for (std::size_t c = 0; c < n; ++c) values[c] *= row_norms_[r];
  }
}

double CountedSamples::bytes_per_row() const {
  return packed_.bytes_per_row() + (scales_rows_ ? sizeof(float) : 0);
}

}  // namespace zipml
