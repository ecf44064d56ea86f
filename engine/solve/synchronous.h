#pragma once

#include <memory>

#include "engine/solve/engine.h"

namespace zipml {

/// One update after another, each mini-batch shared by the threads. Rows are summed in blocks that depend on
/// the batch size alone and the blocks by a fixed tree, so the result has the same bits for every number of
/// threads.
std::unique_ptr<Engine> make_synchronous(const Parameters& parameters, int threads);

ComponentInfo synchronous_info();

/// The same on samples in a LaneLayout: the same model, bit for bit, sooner. Samples: naive, deterministic or
/// double_sampling of at most 8 bits, their levels not scaled by rows; or full, which are stored as ever.
std::unique_ptr<Engine> make_fused(const Parameters& parameters, int threads);

ComponentInfo fused_info();

}  // namespace zipml
