#pragma once

#include "engine/tomography/reconstruction.h"
#include "experiments/results/result_file.h"

namespace zipml {

/// Reconstructs and fills in what a training run would: trace, times, status, model (the middle slice) and
/// the group /tomography. on_epoch as in reconstruct().
void reconstruct_run(const Scan& scan, const Regularizer& regularizer, const TrainingSpec& spec, int threads,
                     const EpochCallback& on_epoch, ResultFile& result);

}  // namespace zipml
