#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "engine/core/random.h"
#include "engine/gradient/channel.h"
#include "engine/gradient/estimator.h"
#include "engine/solve/training.h"

namespace zipml::testing {

/// Prepared regression data: rows x cols standard normals and an intercept column, b = a'x* + noise N(0, 1).
inline PreparedData toy_data(std::size_t rows, std::size_t cols, double noise = 0.1,
                             Task task = Task::regression) {
  PreparedData prepared;
  Dataset& data = prepared.data;
  data.name = data.title = "toy";
  data.task = task;
  prepared.intercept = true;
  for (auto [split, epoch] : {std::pair(&data.train, 0u), std::pair(&data.test, 1u)}) {
    split->features = Matrix(rows, cols + 1);
    for (std::size_t r = 0; r < rows; ++r) {
      double label = noise * draw_normal({1, Stream::generate_labels, epoch}, r, 0);
      for (std::size_t c = 0; c <= cols; ++c) {
        const double a =
            c == cols ? 1.0 : draw_normal({1, Stream::generate_features, epoch}, r * cols + c, 0);
        split->features(r, c) = static_cast<float>(a);
        label += a * (draw_unit_double({1, Stream::generate_model, 0}, c, 0) * 2.0 - 1.0);
      }
      split->labels.push_back(static_cast<float>(task == Task::regression ? label
                                                 : label < 0.0            ? -1.0
                                                                          : 1.0));
    }
  }
  return prepared;
}

using Given = std::vector<std::pair<std::string, ParameterValue>>;

inline ComponentChoice estimator_choice(const char* kind, Given given = {}) {
  return choose(estimators().family(), kind, std::move(given));
}

/// Full precision, synchronous, constant step size unless said otherwise.
inline TrainingSpec toy_spec(int epochs, int batch, double alpha, Given solver = {}) {
  solver.push_back({"epochs", std::int64_t{epochs}});
  solver.push_back({"batch", std::int64_t{batch}});
  return {.samples = choose(estimators().family(), "full"),
          .model_channel = choose(channels().family(), "full"),
          .gradient_channel = choose(channels().family(), "full"),
          .solver = choose(solvers(), "sgd", std::move(solver)),
          .engine = choose(engines(), "synchronous"),
          .alpha = alpha,
          .seed = 1};
}

inline ComponentChoice quantized_channel(int bits) {
  return choose(channels().family(), "quantized", {{"bits", std::int64_t{bits}}});
}

}  // namespace zipml::testing
