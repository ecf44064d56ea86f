#pragma once

#include <memory>

#include "engine/solve/engine.h"

namespace zipml {

/// Mini-batch SGD on samples, model and residuals of 8 or 16 bits, multiplied in integer arithmetic (section
/// E of the supplement: all three quantized, none of them biased). For one column of a row, value = low +
/// step * code with code the integer that is stored. Of every mini-batch
///
///   w = step * x is rounded to integers m, w ~ s m, s = max |w| / largest model value (the model channel);
///   score = s sum(m * code) + sum(low * x), the first sum exact;
///   the residuals rho of up to 64 rows are rounded to integers q, rho ~ t q, t = max |rho| / 127;
///   gradient = step * t sum(q * code) + low * t sum(q), sums over those rows exact; float32 in between;
///   x <- prox(x - gamma * gradient / rows), in float32.
///
/// Both roundings are stochastic. The last mini-batch may be shorter. Same bits for any number of threads and
/// any instruction set. Samples: naive, deterministic or double_sampling, 1 to 8 bits, uniform levels of
/// columns, at most 65,536 columns; model and gradient channels must be full.
std::unique_ptr<Engine> make_integer(const Parameters& parameters, int threads);

ComponentInfo integer_info();

}  // namespace zipml
