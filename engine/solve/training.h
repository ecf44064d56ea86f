#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "engine/core/component.h"
#include "engine/data/preprocess.h"
#include "engine/model/loss.h"
#include "engine/model/regularizer.h"
#include "engine/quantize/column_levels.h"
#include "engine/solve/bias_and_noise.h"
#include "engine/solve/trace.h"

namespace zipml {

/// What is minimised: the mean loss over the prepared training rows plus a regularizer. Borrowed, not owned.
struct Problem {
  const PreparedData& data;
  const Loss& loss;
  const Regularizer& regularizer;
};

/// How it is minimised. Every choice is checked (see Parameters).
struct TrainingSpec {
  ComponentChoice samples;           ///< one of estimators(): how gradients read the samples
  ComponentChoice model_channel;     ///< one of channels(): Q3
  ComponentChoice gradient_channel;  ///< one of channels(): Q4
  ComponentChoice solver;            ///< one of solvers()
  ComponentChoice engine;            ///< one of engines()
  double alpha = 0.0;                ///< step size; the solver's own `alpha` parameter is not looked at
  std::uint64_t seed = 1;
  ComponentChoice labels = {"full", {}};  ///< one of label_stores(); only reconstruct() looks at it
};

struct TrainingResult {
  Trace trace;
  std::vector<float> x;                      ///< last model, prepared units (one weight a prepared column)
  std::optional<ColumnLevels> levels;        ///< of quantized samples
  std::vector<BiasAndNoise> bias_and_noise;  ///< where the solver's `probe` asks for them
  /// Of the training samples while it trained: float32 rows where they are in memory, and the packed ones.
  std::uint64_t sample_bytes = 0;
};

/// Called after every epoch with the row just added; returning false stops the run (it is then not finished).
using EpochCallback = std::function<bool(const TraceRow&)>;

/// Trains from x = 0. A loss that is not finite ends the run with status `diverged` and the trace so far.
/// For the synchronous engine the result does not depend on `threads`.
TrainingResult train(const Problem& problem, const TrainingSpec& spec, int threads,
                     const EpochCallback& on_epoch = {});

/// The solvers (`sgd`) and the engines (`synchronous`, `hogwild`) a config may name.
const ComponentFamily& solvers();
const ComponentFamily& engines();

/// Same spec, same result, whatever the threads and the machine. Not so for Hogwild.
bool is_reproducible(const TrainingSpec& spec);

/// The paper's protocol: the step size is tuned at full precision and reused, untouched, at low precision.
struct Tuning {
  std::vector<double> alphas;        ///< the grid, ascending
  std::vector<double> final_losses;  ///< train loss after the last epoch; NaN where the run diverged
  double best = 0.0;                 ///< alpha of the least final loss; ties go to the smaller alpha
};

/// Trains once per alpha of the solver's grid (parameter `tune_grid`) with full-precision samples, model and
/// gradient and the synchronous engine, everything else as in spec. Throws std::runtime_error if all diverge.
/// `stop` is asked after every epoch; once it says true there is no tuning.
std::optional<Tuning> tune_alpha(const Problem& problem, const TrainingSpec& spec, int threads,
                                 const std::function<bool()>& stop = {});

/// The grid search itself: final_loss trains with an alpha; nothing from it means that it was stopped.
std::optional<Tuning> tune_over(std::vector<double> alphas,
                                const std::function<std::optional<double>(double)>& final_loss);

/// The prepared problem's exact minimum over all x, without regularizer: (1/2K) min |Ax - b|^2 in reporting
/// units, by Cholesky of the normal equations in float64; columns that depend on earlier ones are left out.
/// For least squares and LS-SVM. NaN above kMaxExactColumns columns, where it would take minutes.
inline constexpr std::size_t kMaxExactColumns = 1200;
double exact_least_squares_minimum(const PreparedData& data, int threads);

/// The x of that minimum, one weight a prepared column (of dependent columns the later ones get 0); empty
/// above kMaxExactColumns.
std::vector<double> exact_least_squares_solution(const PreparedData& data, int threads);

}  // namespace zipml
