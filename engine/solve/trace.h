#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace zipml {

/// State after one epoch, of a network after some iterations. Counts are cumulative; row 0 is before
/// training.
struct TraceRow {
  std::uint32_t epoch = 0;
  std::uint64_t iteration = 0;  ///< mini-batches
  double train_loss = 0.0;      ///< f(x) + R(x) on the training rows, full precision samples, reporting units
  double test_loss = 0.0;       ///< f(x) on the test rows; NaN where there are none
  double test_accuracy = 0.0;   ///< share of test rows with the right sign or class; NaN for regression
  std::uint64_t bytes_read =
      0;  ///< sample values as stored, every draw, row scale and refetched row included; labels are not
  std::uint64_t values_read = 0;     ///< sample values
  std::uint64_t model_bytes = 0;     ///< model channel: the model as read by the gradient device, per batch
  std::uint64_t gradient_bytes = 0;  ///< gradient channel: the gradient as written, per batch
  double share_refetched = 0.0;      ///< of the rows of this epoch
  double share_outside = 0.0;        ///< of this epoch's rows: score outside the interval of the polynomial
  double share_flipped = 0.0;        ///< of this epoch's rows: slope taken from the wrong side of its jump
};

enum class RunStatus { finished, diverged };

struct Trace {
  RunStatus status = RunStatus::finished;
  std::vector<TraceRow> rows;
  std::vector<double> epoch_seconds;  ///< training only, objective excluded; entry e is epoch e + 1
  double store_seconds = 0.0;         ///< before the first epoch: levels, draws that are made once, packing
};

}  // namespace zipml
