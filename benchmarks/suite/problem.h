#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/gradient/estimator.h"
#include "engine/solve/engine.h"

namespace zipml::bench {

inline constexpr std::uint64_t kSeed = 1;
/// Rows that a replica of the model visits between averages: local_sgd's default.
inline constexpr std::size_t kAverageEvery = 8192;

/// A least-squares problem, generated: features of mean 0 and variance 1, bell-shaped, between -3.5 and 3.5;
/// labels = features * x0 + noise, both terms of variance 1.
struct Problem {
  Matrix features;
  std::vector<float> labels;
  std::unique_ptr<Loss> loss;  ///< least squares

  Problem(std::size_t rows, std::size_t cols);
  /// As many rows as fit `megabytes` MiB of float32 values.
  static std::size_t rows_for(double megabytes, std::size_t cols);
  std::size_t rows() const { return features.rows(); }
  std::size_t cols() const { return features.cols(); }
};

/// Rows of a problem in the order of an epoch, by the solver's own permutation.
std::vector<std::uint32_t> permuted_rows(std::size_t rows, std::uint32_t epoch = 1);

/// Mean loss in float64; infinity where it is not finite.
double mean_loss(const Problem& problem, std::span<const float> x, int threads);

/// One way to keep and multiply samples.
struct SampleKind {
  std::string name;  ///< as in tables, for instance "4 + 2 bits"
  std::string estimator;
  int bits = 32;  ///< of a code or a base index
  int draws = 1;
  std::string engine;
  bool symmetrized = false;  ///< both orders of two draws are averaged
  bool shared = false;       ///< all columns have the same levels

  bool is_float() const { return estimator == "full"; }
  bool is_integer() const { return engine == "integer"; }
  bool is_fixed_point() const { return engine == "fixed_point"; }
  bool is_in_lanes() const { return engine == "fused" || is_fixed_point(); }
  bool is_decoded() const { return !is_float() && engine == "synchronous"; }
};

/// How a kind is called where it is trained on so many replicas of the model.
inline std::string samples_name(const SampleKind& kind, int replicas) {
  return kind.name + (replicas > 1 ? ", local" : "");
}

/// float32; the integer engine with one draw of 8, 4, 2 and 1 bits, two draws over 8, 4 and 2 bits, and the
/// last symmetrized; the synchronous engine, which decodes rows to float32, with one and two draws over 4
/// bits. Float32 comes first.
const std::vector<SampleKind>& sample_kinds();

/// A problem's samples as one kind keeps them: quantized and packed once.
struct SampleStore {
  SampleKind kind;
  std::unique_ptr<GradientEstimator> estimator;

  SampleStore(const Problem& problem, const SampleKind& kind);
};

/// SGD by one of the solver's engines, from x = 0.
class Trainer {
 public:
  /// model_bits: of the integer engine. replicas: of the engine local_sgd, where they are more than one. All
  /// are borrowed.
  Trainer(const Problem& problem, const SampleStore& store, std::size_t batch, int threads, int model_bits,
          int replicas = 1);

  void reset() { std::fill(x_.begin(), x_.end(), 0.0f); }
  /// Mini-batches over `order`, any part of an epoch.
  void run(std::span<const std::uint32_t> order, float gamma, std::uint32_t epoch = 1);
  std::span<const float> x() const { return std::span(x_).first(problem_.cols()); }

 private:
  const Problem& problem_;
  const SampleStore& store_;
  std::size_t batch_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Channel> channel_;
  std::unique_ptr<Regularizer> regularizer_;
  AlignedVector<float> x_;
};

/// A step size with which every kind of samples is stable at any mini-batch.
inline float safe_step(const Problem& problem) { return 0.02f / static_cast<float>(problem.cols()); }

}  // namespace zipml::bench
