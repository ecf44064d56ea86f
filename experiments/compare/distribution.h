#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace zipml {

/// A distribution by name with its two parameters:
/// normal:MEAN,DEVIATION; lognormal:MEAN,DEVIATION (of the logarithm); uniform:LOW,HIGH;
/// laplace:LOCATION,SCALE; pareto:MINIMUM,SHAPE.
struct Distribution {
  std::string name;
  double first = 0.0, second = 1.0;
};

/// Reads "NAME" (parameters 0,1; pareto 1,1) or "NAME:A,B". Throws InputError naming --distribution.
Distribution parse_distribution(const std::string& text);

/// `count` draws: value i is a function of (seed, i) alone. What float32 cannot hold becomes an infinity.
std::vector<float> generate(const Distribution& distribution, std::size_t count, std::uint64_t seed);

/// Names that parse_distribution knows.
std::vector<std::string> distribution_names();

}  // namespace zipml
