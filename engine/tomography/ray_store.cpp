#include "engine/tomography/ray_store.h"

#include <stdexcept>

#include "engine/gradient/quantizer_parameters.h"
#include "engine/quantize/quantized_samples.h"

namespace zipml {
namespace {

// Four partial sums, added by a fixed tree: the same bits on every machine.
float gather_dot(const float* weights, std::span<const std::uint32_t> pixels, const float* x) {
  float sums[4] = {};
  std::size_t i = 0;
  for (; i + 4 <= pixels.size(); i += 4) {
    for (std::size_t k = 0; k < 4; ++k) sums[k] += weights[i + k] * x[pixels[i + k]];
  }
  for (std::size_t k = 0; i < pixels.size(); ++i, ++k) sums[k] += weights[i] * x[pixels[i]];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

void scatter_add(float factor, const float* weights, std::span<const std::uint32_t> pixels, float* sum) {
  for (std::size_t i = 0; i < pixels.size(); ++i) sum[pixels[i]] += factor * weights[i];
}

class FullRays final : public RayStore {
 public:
  explicit FullRays(const Projector& projector) : projector_(projector) {}

  bool is_unbiased() const override { return true; }
  double bytes_per_row() const override {
    return static_cast<double>(projector_.weights().cols() * sizeof(float));
  }
  void begin_epoch(std::uint32_t) override {}

  void accumulate(std::span<const float> x, std::span<const float> labels,
                  std::span<const std::uint32_t> rays, std::span<float> sum,
                  EstimatorScratch&) const override {
    for (const std::uint32_t r : rays) {
      const float* weights = projector_.weights().row(r).data();
      const auto pixels = projector_.row_pixels(r);
      scatter_add(gather_dot(weights, pixels, x.data()) - labels[r], weights, pixels, sum.data());
    }
  }

 private:
  const Projector& projector_;
};

struct Draws {
  Rounding rounding;
  int count;  ///< 1: the same draw in both places; 2: double sampling
  bool fresh, symmetrized;
};

class QuantizedRays final : public RayStore {
 public:
  QuantizedRays(const Parameters& parameters, const Draws& draws, const Projector& projector,
                std::uint64_t seed, int threads)
      : projector_(projector),
        draws_(draws),
        samples_(projector.weights(), *requested_strategy(parameters), requested_levels(parameters),
                 draws.count, threads),
        generator_(draws.rounding == Rounding::stochastic ? requested_generator(parameters)
                                                          : Generator::philox),
        seed_(seed),
        threads_(threads) {
    if (!draws_.fresh) quantize(0);
  }

  bool is_unbiased() const override { return draws_.count > 1; }
  double bytes_per_row() const override { return samples_.bytes_per_row(); }

  void begin_epoch(std::uint32_t epoch) override {
    if (draws_.fresh) quantize(epoch);
  }

  void accumulate(std::span<const float> x, std::span<const float> labels,
                  std::span<const std::uint32_t> rays, std::span<float> sum,
                  EstimatorScratch& scratch) const override {
    scratch.first.resize(projector_.weights().cols());
    scratch.second.resize(projector_.weights().cols());
    for (const std::uint32_t r : rays) {
      const auto pixels = projector_.row_pixels(r);
      float *first = scratch.first.data(), *second = first;
      if (draws_.count == 1) {
        samples_.decode(r, 0, first, scratch.quantize);
      } else {
        second = scratch.second.data();
        samples_.decode_pair(r, first, second, scratch.quantize);
      }
      const float by_second = gather_dot(second, pixels, x.data()) - labels[r];
      if (!draws_.symmetrized) {
        scatter_add(by_second, first, pixels, sum.data());
        continue;
      }
      scatter_add(0.5f * by_second, first, pixels, sum.data());
      const float by_first = gather_dot(first, pixels, x.data()) - labels[r];
      scatter_add(0.5f * by_first, second, pixels, sum.data());
    }
  }

 private:
  void quantize(std::uint32_t epoch) {
    samples_.quantize(draws_.rounding, {seed_, Stream::sample_rounding, epoch, generator_}, threads_);
  }

  const Projector& projector_;
  Draws draws_;
  QuantizedSamples samples_;
  Generator generator_;
  std::uint64_t seed_;
  int threads_;
};

}  // namespace

bool has_ray_store(std::string_view kind) {
  return kind == "full" || kind == "naive" || kind == "deterministic" || kind == "double_sampling";
}

std::unique_ptr<RayStore> make_ray_store(const ComponentChoice& samples, const Projector& projector,
                                         std::uint64_t seed, int threads) {
  if (!has_ray_store(samples.kind)) throw std::logic_error("no rays for estimator '" + samples.kind + "'");
  if (samples.kind == "full") return std::make_unique<FullRays>(projector);
  const Parameters& parameters = samples.parameters;
  Draws draws{Rounding::nearest, 1, false, false};
  if (samples.kind != "deterministic") {
    draws = {Rounding::stochastic, 1, parameters.text("sampling") == "fresh", false};
  }
  if (samples.kind == "double_sampling") {
    draws.count = 2;
    draws.symmetrized = parameters.boolean("symmetrized");
  }
  return std::make_unique<QuantizedRays>(parameters, draws, projector, seed, threads);
}

}  // namespace zipml
