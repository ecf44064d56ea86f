#include "engine/solve/synchronous.h"

#include <algorithm>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/parallel.h"
#include "engine/kernels/kernels.h"

namespace zipml {
namespace {

constexpr std::size_t kMinRowsPerBlock = 16, kMaxBlocks = 64;
// Below this many sample values in a batch, waking the other threads costs more than they save.
constexpr std::size_t kMinParallelValues = 1 << 15;

class Synchronous final : public Engine {
 public:
  explicit Synchronous(int threads) : threads_(threads) {}

  bool is_reproducible() const override { return true; }

  void run_epoch(const EpochInput& input, std::span<float> x) override {
    const std::size_t rows_per_block =
        std::max(kMinRowsPerBlock, (input.batch + kMaxBlocks - 1) / kMaxBlocks);
    const std::size_t most_blocks = (input.batch + rows_per_block - 1) / rows_per_block;
    sums_.assign(most_blocks, AlignedVector<float>(x.size()));
    scratch_.resize(most_blocks);
    read_.assign(x.size(), 0.0f);
    sent_.assign(x.size(), 0.0f);
    std::size_t index = 0;
    for (std::size_t first = 0; first < input.order.size(); first += input.batch, ++index) {
      const auto rows = input.order.subspan(first, std::min(input.batch, input.order.size() - first));
      input.model_channel.transmit(x.first(input.columns), std::span(read_).first(input.columns),
                                   {input.seed, Stream::model_rounding, input.epoch}, index);
      sum_gradients(input, rows, rows_per_block);
      input.gradient_channel.transmit(std::span(sums_[0]).first(input.columns),
                                      std::span(sent_).first(input.columns),
                                      {input.seed, Stream::gradient_rounding, input.epoch}, index);
      kernels::axpy(-input.gamma / static_cast<float>(rows.size()), sent_.data(), x.data(), x.size());
      input.regularizer.prox(x.first(input.columns), input.gamma);
    }
  }

 private:
  // Leaves the sum over all rows in sums_[0].
  void sum_gradients(const EpochInput& input, std::span<const std::uint32_t> rows,
                     std::size_t rows_per_block) {
    const std::size_t blocks = (rows.size() + rows_per_block - 1) / rows_per_block;
    const auto sum_block = [&](std::size_t block) {
      const std::size_t first = block * rows_per_block;
      std::fill(sums_[block].begin(), sums_[block].end(), 0.0f);
      input.estimator.accumulate(read_, rows.subspan(first, std::min(rows_per_block, rows.size() - first)),
                                 sums_[block], scratch_[block]);
    };
    if (blocks == 1) {
      sum_block(0);
    } else {
      parallel_blocks(blocks, rows.size() * input.columns < kMinParallelValues ? 1 : threads_, sum_block);
    }
    for (std::size_t width = 1; width < blocks; width *= 2) {
      for (std::size_t b = 0; b + width < blocks; b += 2 * width) {
        kernels::axpy(1.0f, sums_[b + width].data(), sums_[b].data(), sums_[b].size());
      }
    }
  }

  int threads_;
  std::vector<AlignedVector<float>> sums_;
  std::vector<EstimatorScratch> scratch_;
  AlignedVector<float> read_, sent_;
};

}  // namespace

std::unique_ptr<Engine> make_synchronous(const Parameters&, int threads) {
  return std::make_unique<Synchronous>(threads);
}

}  // namespace zipml
