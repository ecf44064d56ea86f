// Where the packed samples of the integer engine come from and lie: fresh draws made between two epochs or
// beside one; pages touched first; huge pages. Every benchmark checks its result before it is timed.
#include <benchmark/benchmark.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "engine/core/parallel.h"
#include "engine/gradient/estimator.h"
#include "engine/kernels/kernels.h"
#include "engine/solve/engine.h"
#include "engine/solve/epoch_plan.h"
#include "engine/solve/training.h"

namespace zipml {
namespace {

constexpr std::size_t kColumns = 1000, kBatch = 256;
constexpr std::size_t kBytes = std::size_t{1} << 28;  // of float32 samples: far beyond any cache
constexpr int kThreads = 2;

// A least-squares problem of values like normal ones.
struct Rows {
  Matrix features{kBytes / sizeof(float) / kColumns, kColumns};
  std::vector<float> labels;

  Rows() {
    labels.resize(features.rows());
    std::vector<std::uint32_t> words(kColumns);
    for (std::size_t r = 0; r < features.rows(); ++r) {
      kernels::random_bits({1, Stream::generate_features, 0}, 0, r * features.stride(), words.data(),
                           kColumns);
      for (std::size_t c = 0; c < kColumns; ++c) {
        const std::uint32_t w = words[c];
        const std::uint32_t sum = (w & 255u) + (w >> 8 & 255u) + (w >> 16 & 255u) + (w >> 24);
        features(r, c) = (static_cast<float>(sum) - 510.0f) / 148.0f;
        labels[r] += c % 7 == 0 ? features(r, c) : 0.0f;
      }
    }
  }
};

const Rows& rows() {
  static const Rows made;
  return made;
}

std::vector<std::uint32_t> order_of(const char* name, std::uint32_t epoch) {
  std::vector<std::uint32_t> order(rows().features.rows());
  order_rows(name, 1, epoch, order);
  return order;
}

// Samples, an engine and a model; the engine is always the integer one with 16-bit models.
class Trainer {
 public:
  Trainer(const ComponentChoice& samples, int pack_threads, int train_threads)
      : loss_(losses()["least_squares"]({})),
        regularizer_(regularizers()["none"]({})),
        channel_(channels()["full"]({})),
        engine_(engine_registry()["integer"](choose(engines(), "integer").parameters, train_threads)),
        x_(rows().features.stride(), 0.0f) {
    for (auto& estimator : estimators_) {
      estimator = estimators()[samples.kind](
          samples.parameters, {rows().features, rows().labels, *loss_, 1, pack_threads, engine_->layout()});
    }
  }

  void pack(std::uint32_t epoch) { estimators_[epoch % 2]->begin_epoch(epoch); }
  void train(std::uint32_t epoch, std::span<const std::uint32_t> order) {
    engine_->run_epoch({*estimators_[epoch % 2], *loss_, rows().labels, *channel_, *channel_, *regularizer_,
                        order, kBatch, kColumns, 1e-4f, epoch, 1},
                       x_);
  }
  const AlignedVector<float>& x() const { return x_; }
  void reset() { std::fill(x_.begin(), x_.end(), 0.0f); }

 private:
  std::unique_ptr<Loss> loss_;
  std::unique_ptr<Regularizer> regularizer_;
  std::unique_ptr<Channel> channel_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<GradientEstimator> estimators_[2];
  AlignedVector<float> x_;
};

ComponentChoice fresh_samples(std::int64_t bits, std::int64_t draws, const char* generator) {
  const char* kind = draws == 2 ? "double_sampling" : "naive";
  return choose(estimators().family(), kind, {{"bits", bits}, {"generator", std::string(generator)}});
}

// Made once for all repetitions.
struct Setting {
  std::int64_t bits, draws;
  std::string generator;
  int pack_threads, train_threads;
  auto operator<=>(const Setting&) const = default;
};

Trainer& trainer_of(const Setting& setting) {
  static std::map<Setting, std::unique_ptr<Trainer>> made;
  auto& trainer = made[setting];
  if (!trainer) {
    trainer = std::make_unique<Trainer>(fresh_samples(setting.bits, setting.draws, setting.generator.c_str()),
                                        setting.pack_threads, setting.train_threads);
  }
  return *trainer;
}

// Epochs with fresh draws: packed between the epochs by all threads, or the next one's beside an epoch.
AlignedVector<float> train_in_turn(Trainer& trainer, std::uint32_t first, std::uint32_t last,
                                   const std::vector<std::uint32_t>& order) {
  for (std::uint32_t epoch = first; epoch <= last; ++epoch) {
    trainer.pack(epoch);
    trainer.train(epoch, order);
  }
  return trainer.x();
}

AlignedVector<float> train_overlapped(Trainer& trainer, std::uint32_t first, std::uint32_t last,
                                      const std::vector<std::uint32_t>& order) {
  for (std::uint32_t epoch = first; epoch <= last; ++epoch) {
    std::thread packer([&] { trainer.pack(epoch + 1); });
    trainer.train(epoch, order);
    packer.join();
  }
  return trainer.x();
}

void fresh_draws(benchmark::State& state, bool overlapped, int pack_threads, int train_threads,
                 const char* generator) {
  const std::vector<std::uint32_t> order = order_of("blocks", 1);
  const auto run = overlapped ? train_overlapped : train_in_turn;
  Trainer& plain = trainer_of({state.range(0), state.range(1), generator, kThreads, kThreads});
  Trainer& tested = trainer_of({state.range(0), state.range(1), generator, pack_threads, train_threads});
  plain.reset();
  tested.reset();
  tested.pack(1);
  const AlignedVector<float> right = train_in_turn(plain, 1, 2, order);
  tested.reset();
  if (run(tested, 1, 2, order) != right) return state.SkipWithError("INCORRECT");
  std::uint32_t epoch = 3;
  for (auto _ : state) run(tested, epoch, epoch, order), ++epoch;
}

// The two halves of it, each alone.
void fresh_half(benchmark::State& state, bool pack, int threads, const char* generator) {
  Trainer& trainer = trainer_of({state.range(0), state.range(1), generator, threads, threads});
  const std::vector<std::uint32_t> order = order_of("blocks", 1);
  trainer.pack(2);
  for (auto _ : state) {
    if (pack) {
      trainer.pack(2);
    } else {
      trainer.train(2, order);
    }
  }
}

// Whether memory that is asked for from now on may lie on huge pages.
void allow_huge_pages([[maybe_unused]] bool allowed) {
#if defined(__linux__)
  if (prctl(PR_SET_THP_DISABLE, allowed ? 0 : 1, 0, 0, 0) != 0) std::abort();
#endif
}

// Of an epoch by one thread, whose time of the CPU means something on a busy machine, too.
void huge_pages(benchmark::State& state, bool allowed, const char* order_name) {
  const std::vector<std::uint32_t> order = order_of(order_name, 1);
  allow_huge_pages(allowed);
  Trainer trainer(fresh_samples(state.range(0), state.range(1), "philox"), kThreads, 1);
  trainer.pack(2);
  allow_huge_pages(true);
  trainer.train(2, order);
  for (auto _ : state) trainer.train(2, order);
}

// Memory for all rows as the engine makes it, with all pages touched: what packing starts with.
void make_store(benchmark::State& state) {
  for (auto _ : state) {
    PackedMatrix store(rows().features.rows(), kColumns, static_cast<int>(state.range(0)),
                       static_cast<int>(state.range(1)), RowLayout::fields);
    benchmark::DoNotOptimize(store.fields()->row(0));
  }
}

void bits_and_draws(benchmark::internal::Benchmark* b) {
  b->ArgNames({"bits", "draws"})
      ->ArgsProduct({{4, 8}, {1, 2}})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime()
      ->Iterations(3);
}

#define ZIPML_FRESH(generator)                                                                               \
  BENCHMARK_CAPTURE(fresh_draws, in_turn_2_threads_##generator, false, 2, 2, #generator)                     \
      ->Apply(bits_and_draws);                                                                               \
  BENCHMARK_CAPTURE(fresh_draws, beside_1_and_1_##generator, true, 1, 1, #generator)->Apply(bits_and_draws); \
  BENCHMARK_CAPTURE(fresh_draws, beside_2_and_1_##generator, true, 1, 2, #generator)->Apply(bits_and_draws); \
  BENCHMARK_CAPTURE(fresh_half, pack_2_threads_##generator, true, 2, #generator)->Apply(bits_and_draws);     \
  BENCHMARK_CAPTURE(fresh_half, pack_1_thread_##generator, true, 1, #generator)->Apply(bits_and_draws)
ZIPML_FRESH(philox);
ZIPML_FRESH(aes);
BENCHMARK_CAPTURE(fresh_half, train_2_threads, false, 2, "philox")->Apply(bits_and_draws);
BENCHMARK_CAPTURE(fresh_half, train_1_thread, false, 1, "philox")->Apply(bits_and_draws);
BENCHMARK_CAPTURE(huge_pages, on_permutation, true, "permutation")->Apply(bits_and_draws);
BENCHMARK_CAPTURE(huge_pages, off_permutation, false, "permutation")->Apply(bits_and_draws);
BENCHMARK_CAPTURE(huge_pages, on_blocks, true, "blocks")->Apply(bits_and_draws);
BENCHMARK_CAPTURE(huge_pages, off_blocks, false, "blocks")->Apply(bits_and_draws);
BENCHMARK(make_store)->Apply(bits_and_draws);

}  // namespace
}  // namespace zipml

BENCHMARK_MAIN();
