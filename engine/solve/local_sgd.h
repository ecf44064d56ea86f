#pragma once

#include <memory>
#include <vector>

#include "engine/solve/engine.h"

namespace zipml {

/// Mini-batch SGD on several replicas of the model, which are averaged now and then (Zinkevich et al.,
/// "Parallelized stochastic gradient descent", NIPS 2010; Stich, "Local SGD converges fast and communicates
/// little", ICLR 2019). With R replicas and A = average_every rows, rounded up to whole mini-batches, round k
/// gives replica i the rows A (k R + i) .. A (k R + i + 1) - 1 of the epoch's order; all start from the same
/// model x, and
///
///   x <- sum_i rows_i x_i / sum_i rows_i      (float32, i = 0, 1, ... in this order).
///
/// In the last round the replicas share the whole mini-batches that are left as evenly as they go. A replica
/// is trained by another engine on one thread, so threads meet once a round instead of once a mini-batch, and
/// the result has the same bits for every number of threads (if that engine's has). It depends on R and A:
/// with R replicas an epoch has as many updates as before, of which the average counts 1/R each.
std::unique_ptr<Engine> make_local_sgd(const Parameters& parameters, int threads);

ComponentInfo local_sgd_info();

/// The engines that can train a replica: those whose mini-batches know their number, so that replicas differ
/// in their draws. The other ones are local_sgd itself and hogwild.
std::vector<Registry<EngineFactory>::Entry> replica_engine_entries();

}  // namespace zipml
