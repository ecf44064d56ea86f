#include "experiments/compare/distribution.h"

#include <charconv>
#include <cmath>

#include "engine/core/error.h"
#include "engine/core/portable_math.h"
#include "engine/core/random.h"

namespace zipml {
namespace {

struct Family {
  const char* name;
  const char* parameters;
  double first, second;
  bool (*allowed)(double first, double second);
  double (*value)(double first, double second, const DrawAddress& address, std::uint64_t element);
};

// On (0, 1), so that no logarithm below is of 0.
double open_unit(const DrawAddress& address, std::uint64_t element) {
  constexpr double kHalfStep = 0x1p-54;
  return draw_unit_double(address, element, 0) + kHalfStep;
}

double laplace(double location, double scale, const DrawAddress& address, std::uint64_t element) {
  const double u = open_unit(address, element);
  // 1 - u rounds to 0 for the largest u.
  if (u < 0.5) return location + scale * portable_log(2.0 * u);
  return location - scale * portable_log(2.0 * std::fmax(1.0 - u, 0x1p-54));
}

bool positive_second(double, double second) { return second > 0.0; }

constexpr Family kFamilies[] = {
    {"lognormal", "MEAN,DEVIATION of the logarithm, DEVIATION above 0", 0.0, 1.0, positive_second,
     [](double mean, double deviation, const DrawAddress& address, std::uint64_t element) {
       return portable_exp(mean + deviation * draw_normal(address, element, 0));
     }},
    {"normal", "MEAN,DEVIATION with DEVIATION above 0", 0.0, 1.0, positive_second,
     [](double mean, double deviation, const DrawAddress& address, std::uint64_t element) {
       return mean + deviation * draw_normal(address, element, 0);
     }},
    {"uniform", "LOW,HIGH with LOW below HIGH", 0.0, 1.0, [](double low, double high) { return low < high; },
     [](double low, double high, const DrawAddress& address, std::uint64_t element) {
       return low + (high - low) * draw_unit_double(address, element, 0);
     }},
    {"laplace", "LOCATION,SCALE with SCALE above 0", 0.0, 1.0, positive_second, laplace},
    {"pareto", "MINIMUM,SHAPE, both above 0", 1.0, 1.0,
     [](double minimum, double shape) { return minimum > 0.0 && shape > 0.0; },
     [](double minimum, double shape, const DrawAddress& address, std::uint64_t element) {
       return minimum * portable_exp(-portable_log(open_unit(address, element)) / shape);
     }},
};

const Family* find_family(const std::string& name) {
  for (const Family& family : kFamilies) {
    if (name == family.name) return &family;
  }
  return nullptr;
}

bool read_number(const char*& at, const char* end, double& value) {
  const auto [stop, error] = std::from_chars(at, end, value);
  at = stop;
  return error == std::errc() && std::isfinite(value);
}

}  // namespace

std::vector<std::string> distribution_names() {
  std::vector<std::string> names;
  for (const Family& family : kFamilies) names.emplace_back(family.name);
  return names;
}

Distribution parse_distribution(const std::string& text) {
  const std::size_t colon = text.find(':');
  const Family* family = find_family(text.substr(0, colon));
  if (family == nullptr) {
    std::string names;
    for (const Family& known : kFamilies) names += (names.empty() ? "" : ", ") + std::string(known.name);
    throw InputError("zipml compare: --distribution: found \"" + text + "\"; allowed: " + names +
                     ", each with :A,B");
  }
  Distribution result{family->name, family->first, family->second};
  if (colon == std::string::npos) return result;
  const char* at = text.data() + colon + 1;
  const char* end = text.data() + text.size();
  const bool read = read_number(at, end, result.first) && at != end && *at == ',' &&
                    read_number(++at, end, result.second) && at == end;
  if (!read || !family->allowed(result.first, result.second)) {
    throw InputError("zipml compare: --distribution: found \"" + text + "\"; allowed after " + family->name +
                     ": " + family->parameters);
  }
  return result;
}

std::vector<float> generate(const Distribution& distribution, std::size_t count, std::uint64_t seed) {
  const Family* family = find_family(distribution.name);
  const DrawAddress address{seed, Stream::generate_features, 0};
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = static_cast<float>(family->value(distribution.first, distribution.second, address, i));
  }
  return values;
}

}  // namespace zipml
