#pragma once

namespace zipml {

// libm chooses its log and exp by the CPU, so their last bit is not the same on every machine. Whatever
// shapes a result goes through these instead: only + - * / and sqrt, which IEEE 754 fixes.

/// Natural logarithm of a finite x > 0; relative error below 1e-15.
double portable_log(double x);

/// e^x; 0 below -745, infinity above 709.78; relative error below 1e-15 otherwise.
double portable_exp(double x);

/// cos x for |x| <= pi; absolute error below 4e-16.
double portable_cos(double x);

/// Inverse of the standard normal distribution function at p in (0, 1); relative error about 1e-15.
/// Wichura, algorithm AS 241 (PPND16), Applied Statistics 37 (1988).
double normal_quantile(double p);

}  // namespace zipml
