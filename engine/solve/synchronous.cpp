#include "engine/solve/synchronous.h"

#include <algorithm>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/parallel.h"
#include "engine/kernels/kernels.h"
#include "engine/solve/part_sums.h"

namespace zipml {
namespace {

constexpr std::size_t kMinRowsPerBlock = 16, kMaxBlocks = 64;
// Below this many sample values in a batch, waking the other threads costs more than they save.
constexpr std::size_t kMinParallelValues = 1 << 15;

class Synchronous final : public Engine {
 public:
  Synchronous(RowLayout layout, int threads) : layout_(layout), threads_(threads) {}

  bool is_reproducible() const override { return true; }
  RowLayout layout() const override { return layout_; }

  void run_epoch(const EpochInput& input, std::span<float> x) override {
    if (input.batch == 1 && input.model_channel.is_exact() && input.gradient_channel.is_exact())
      return descend(input, x);
    input_ = &input;
    x_ = x;
    rows_per_block_ = std::max(kMinRowsPerBlock, (input.batch + kMaxBlocks - 1) / kMaxBlocks);
    const std::size_t blocks = blocks_of(input.batch);
    sums_.fit(blocks, x.size());
    read_.assign(x.size(), 0.0f);
    sent_.assign(x.size(), 0.0f);
    const bool alone = blocks == 1 || input.batch * input.columns < kMinParallelValues;
    const int threads = alone ? 1 : std::min(threads_, static_cast<int>(blocks));
    scratch_.resize(static_cast<std::size_t>(threads));
    parallel_team(threads, [&](Team& team, int index) { run(team, index); });
  }

 private:
  // Mini-batches of one row: the model is updated as it is read.
  void descend(const EpochInput& input, std::span<float> x) {
    scratch_.resize(std::max<std::size_t>(1, scratch_.size()));
    EstimatorScratch& scratch = scratch_[0];
    for (std::size_t i = 0; i < input.order.size(); ++i) {
      scratch.upcoming = input.order.subspan(i + 1);
      input.estimator.descend(x, input.order[i], input.gamma, scratch);
      input.regularizer.prox(x.first(input.columns), input.gamma);
    }
  }

  std::size_t blocks_of(std::size_t rows) const { return (rows + rows_per_block_ - 1) / rows_per_block_; }

  void run(Team& team, int index) {
    const std::size_t all = input_->order.size();
    for (std::size_t first = 0, batch = 0; first < all; first += input_->batch, ++batch) {
      if (index == 0) {
        input_->model_channel.transmit(x_.first(input_->columns), std::span(read_).first(input_->columns),
                                       {input_->seed, Stream::model_rounding, input_->epoch},
                                       input_->first_batch + batch);
      }
      team.meet();
      const std::size_t rows = std::min(input_->batch, all - first);
      sum_blocks(team, index, first, rows);
      team.meet();
      if (index == 0) update(team, rows, batch);
    }
  }

  // This thread's share of a mini-batch's sums.
  void sum_blocks(const Team& team, int index, std::size_t first, std::size_t rows) {
    EstimatorScratch& scratch = scratch_[static_cast<std::size_t>(index)];
    const auto [begin, end] = team.part(index, blocks_of(rows));
    for (std::size_t block = begin; block < end; ++block) {
      const std::size_t at = block * rows_per_block_, last = std::min(at + rows_per_block_, rows);
      const std::size_t next =
          block + 1 < end ? first + last : first + input_->batch + begin * rows_per_block_;
      scratch.upcoming = input_->order.subspan(std::min(next, input_->order.size()));
      const std::span<float> sum(sums_.part(block), x_.size());
      std::fill(sum.begin(), sum.end(), 0.0f);
      input_->estimator.accumulate(read_, input_->order.subspan(first + at, last - at), sum, scratch);
    }
    sums_.fold(blocks_of(rows), begin, end);
  }

  void update(const Team& team, std::size_t rows, std::size_t batch) {
    const PartSums::Root root = sums_.root(team, blocks_of(rows), root_scratch_);
    std::span<const float> sum(root.summands[0], x_.size());
    if (root.count == 2) {
      total_.assign(sum.begin(), sum.end());
      kernels::axpy(1.0f, root.summands[1], total_.data(), total_.size());
      sum = total_;
    }
    input_->gradient_channel.transmit(sum.first(input_->columns), std::span(sent_).first(input_->columns),
                                      {input_->seed, Stream::gradient_rounding, input_->epoch},
                                      input_->first_batch + batch);
    kernels::axpy(-input_->gamma / static_cast<float>(rows), sent_.data(), x_.data(), x_.size());
    input_->regularizer.prox(x_.first(input_->columns), input_->gamma);
  }

  RowLayout layout_;
  int threads_;
  const EpochInput* input_ = nullptr;
  std::span<float> x_;
  std::size_t rows_per_block_ = 1;
  PartSums sums_;
  PartSums::Scratch root_scratch_;
  struct alignas(kThreadsApart) Scratch : EstimatorScratch {};
  std::vector<Scratch> scratch_;
  AlignedVector<float> read_, sent_, total_;
};

}  // namespace

ComponentInfo synchronous_info() {
  return {"synchronous",
          "one update after another, mini-batches shared by the threads; same bits for any number"};
}

ComponentInfo fused_info() {
  return {"fused",
          "the results of synchronous, sooner: samples of 1 to 8 bits are stored so that they are decoded in "
          "registers while they are multiplied"};
}

std::unique_ptr<Engine> make_synchronous(const Parameters&, int threads) {
  return std::make_unique<Synchronous>(RowLayout::compact, threads);
}

std::unique_ptr<Engine> make_fused(const Parameters&, int threads) {
  return std::make_unique<Synchronous>(RowLayout::lanes, threads);
}

}  // namespace zipml
