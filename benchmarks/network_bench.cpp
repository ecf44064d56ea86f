// What quantizing the weights of cifar10_quick costs, beside the rest of an iteration. Needs the LibTorch
// part.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "engine/deep/network_training.h"
#include "engine/quantize/level_strategy.h"

namespace {

using namespace zipml;

constexpr std::size_t kBatch = 100;
constexpr ImageShape kImage{3, 32, 32};

struct Example {
  Network network = networks()["cifar10_quick"]({});
  std::vector<LayerParameters> layout = parameter_layout(network, kImage);
  std::vector<float> parameters = initial_parameters(layout, 1);
  std::vector<float> used = std::vector<float>(parameters.size());
};

ComponentChoice channel_choice(const std::string& levels, const std::string& rounding, std::int64_t bits,
                               std::int64_t count) {
  std::vector<std::pair<std::string, ParameterValue>> given;
  if (levels == "optimal_histogram") given.emplace_back("bins", std::int64_t{1024});  // as figure 7(b) has it
  return choose(weight_channels().family(), "quantized",
                {{"bits", bits},
                 {"levels_count", count},
                 {"levels", component_default(level_strategies().family(), levels, given)},
                 {"rounding", rounding}});
}

void quantize(benchmark::State& state, const std::string& levels, const std::string& rounding,
              std::int64_t bits = 3, std::int64_t count = 5) {
  Example example;
  const ComponentChoice choice = channel_choice(levels, rounding, bits, count);
  const auto channel = weight_channels()[choice.kind](choice.parameters);
  std::uint32_t t = 0;
  for (auto _ : state) {
    quantize_weights(*channel, example.layout, example.parameters, {1, Stream::weight_rounding, ++t}, 0,
                     example.used);
    benchmark::DoNotOptimize(example.used.data());
  }
}

// Forward and backward pass of a mini-batch of 100 images and the step, on one thread.
void rest_of_iteration(benchmark::State& state) {
  if (network_backend() == nullptr) {
    state.SkipWithError(network_backend_problem().c_str());
    return;
  }
  Example example;
  const auto gradient = network_backend()->make(example.network, kImage, example.layout);
  std::vector<float> images(kBatch * static_cast<std::size_t>(kImage.size()));
  std::vector<std::int64_t> labels(kBatch);
  for (std::size_t i = 0; i < images.size(); ++i)
    images[i] = 60.0f * static_cast<float>(draw_normal({1, Stream::generate_features, 0}, i, 0));
  for (std::size_t i = 0; i < kBatch; ++i) labels[i] = static_cast<std::int64_t>(i % 10);
  MomentumSolver solver(example.layout, {});
  for (auto _ : state) {
    gradient->gradient(images, labels, example.parameters, example.used);
    solver.step(example.used, example.parameters);
  }
}

BENCHMARK(rest_of_iteration)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(quantize, xnor_nearest, "xnor", "nearest")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(quantize, xnor_stochastic, "xnor", "stochastic")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(quantize, optimal_stochastic, "optimal", "stochastic")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(quantize, optimal_histogram_stochastic, "optimal_histogram", "stochastic")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(quantize, optimal_histogram_8_bits, "optimal_histogram", "stochastic", 8, 256)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(quantize, xnor_8_bits, "xnor", "nearest", 8, 256)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(quantize, optimal_nearest, "optimal", "nearest")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(quantize, kmeans_nearest, "kmeans", "nearest")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(quantize, released_nearest, "released", "nearest")->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
