#pragma once

#include <cstddef>
#include <string>

#include "benchmarks/suite/problem.h"

namespace zipml::bench {

/// Holds a trainer to what it promises, on the first mini-batches of an epoch and one that is cut short:
///   - the integer kernels give exactly the sums of the plain loops, on the rows as they are stored;
///   - any number of threads gives the same bits as one;
///   - the model moves as in a plain loop in float64 over the decoded rows, up to 1e-4 of its way with float
///     arithmetic, 3% with the integer engine, whose residuals are rounded to 8 bits at random, and 15% with
///     the fixed-point one, whose steps are rounded to whole multiples of codes.
/// Empty where all of it holds; otherwise what did not.
std::string wrong_training(const Problem& problem, const SampleStore& store, std::size_t batch, int threads,
                           int model_bits, int replicas = 1);

}  // namespace zipml::bench
