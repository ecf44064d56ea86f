#pragma once

#include "benchmarks/suite/problem.h"
#include "benchmarks/suite/rounds.h"

namespace zipml::bench {

/// Reads the float32 matrix of a problem from end to end, each thread its part, and does next to nothing with
/// it: what the memory gives so many threads. stream_bytes() are read by one call.
Case reading_case(const Problem& problem, int threads, double seconds);
double stream_bytes(const Problem& problem);

}  // namespace zipml::bench
