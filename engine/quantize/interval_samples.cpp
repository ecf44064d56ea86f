#include "engine/quantize/interval_samples.h"

#include <algorithm>
#include <stdexcept>

#include "engine/core/parallel.h"
#include "engine/kernels/kernels.h"

namespace zipml {

IntervalSamples::IntervalSamples(const Matrix& features, const LevelStrategy& strategy, int levels,
                                 int threads, const LevelScope& scope)
    : features_(features),
      levels_(column_levels(features, strategy, levels, threads, scope)),
      packed_(features.rows(), features.cols(), bits_for_levels(levels_.count()) + 1, 1) {
  if (strategy.scales_rows()) throw std::logic_error("intervals are kept for levels of columns");
}

void IntervalSamples::quantize(const DrawAddress& address, int threads) {
  constexpr std::size_t kRows = BitMatrix::kRowsPerBlock;
  const std::size_t n = features_.cols();
  parallel_blocks(round_up(features_.rows(), kRows) / kRows, threads, [&](std::size_t block) {
    static thread_local QuantizeScratch scratch;
    scratch.base.resize(n);
    scratch.share.resize(n);
    scratch.words.resize(n);
    scratch.choices.resize(packed_bytes(n, 1) + kPackSlack);
    const std::size_t last = std::min((block + 1) * kRows, features_.rows());
    for (std::size_t r = block * kRows; r < last; ++r) {
      levels_.bracket(features_.row(r).data(), scratch.base.data(), scratch.share.data());
      kernels::random_bits(address, 0, std::uint64_t{r} * features_.stride(), scratch.words.data(), n);
      kernels::choose(scratch.words.data(), scratch.share.data(), n, scratch.choices.data());
      for (std::size_t c = 0; c < n; ++c) scratch.base[c] = static_cast<std::uint16_t>(2 * scratch.base[c]);
      add_choices(scratch.base.data(), scratch.choices.data(), n, scratch.base.data());
      packed_.store_base(r, scratch.base.data(), scratch.pack);
    }
  });
}

void IntervalSamples::decode(std::size_t r, float* drawn, float* middle, float* half,
                             QuantizeScratch& scratch) const {
  const std::size_t n = features_.cols();
  scratch.base.resize(n);
  packed_.load_base(r, scratch.base.data(), scratch.pack);
  for (std::size_t c = 0; c < n; ++c) {
    const std::uint16_t code = scratch.base[c];
    const float* lower = levels_.column(c).values().data() + code / 2;
    drawn[c] = lower[code % 2];
    half[c] = 0.5f * (lower[1] - lower[0]);
    middle[c] = lower[0] + half[c];
  }
}

}  // namespace zipml
