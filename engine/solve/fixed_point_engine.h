#pragma once

#include <memory>

#include "engine/solve/engine.h"

namespace zipml {

/// SGD whose model is kept in 16-bit integers, x = s m with s = model_range / 2^15, on samples whose levels
/// are uniform, symmetric about 0 and the same for all columns, so that a value is h u with h half their step
/// and u an integer (section E of the supplement: samples, model and gradient quantized; the updates are
/// whole multiples of s, as in De Sa et al., "Understanding and optimizing asynchronous low-precision
/// stochastic gradient descent", ISCA 2017). For every row of a mini-batch of B rows
///
///   score = (s h) sum(m u), the sum exact, then float32;
///   t = (gamma h / (s B)) rho, rho the derivative of the loss, is cut to +-(floor(32767 / (levels - 1)) - 1)
///   and becomes the integer q nearest to t + v - 1/2, v uniform in [0, 1): below or above t, the latter with
///   probability t - floor t;
///
/// then m <- m - q u for row after row, exact, and cut to 16 bits. With two draws the score reads the second
/// and the update the first. The rounding adds no bias, cutting would: a weight that gets to the end of its
/// range ends the run with InputError. In mini-batches of one row, up to four rows are read together, and the
/// score of a row follows from sum(m u) before them and the products of rows, which are exact: the result is
/// the same.
///
/// One thread, same bits on every instruction set. Samples: naive, deterministic, double_sampling (one order
/// of draws) of 1 to 4 bits; both other channels full; no regularizer.
std::unique_ptr<Engine> make_fixed_point(const Parameters& parameters, int threads);

ComponentInfo fixed_point_info();

}  // namespace zipml
