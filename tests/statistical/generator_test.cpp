#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/core/random.h"
#include "engine/kernels/kernels.h"

namespace zipml {
namespace {

constexpr std::size_t kShares = 64, kDraws = std::size_t{1} << 18;

// Random words of draw `draw` of kDraws elements.
std::vector<std::uint32_t> words(std::uint32_t epoch, std::uint32_t draw) {
  std::vector<std::uint32_t> out(kDraws);
  kernels::random_bits({20110, Stream::sample_rounding, epoch, Generator::aes}, draw, 0, out.data(), kDraws);
  return out;
}

std::vector<bool> rounded_up(const std::vector<std::uint32_t>& random, float share) {
  std::vector<bool> up(random.size());
  for (std::size_t i = 0; i < up.size(); ++i) up[i] = unit_float(random[i]) < share;
  return up;
}

float share_of(std::size_t k) { return (static_cast<float>(k) + 0.3f) / static_cast<float>(kShares); }

// Exceeded by a sum of 64 squared standard normals with probability 1e-6.
constexpr double kThreshold = 133.1;

// Squared standard scores of how often 64 shares, each with draws of its own, are rounded up; `moved` is
// added to the shares that the draws are compared with, not to those that are expected.
double score_of_shares(float moved) {
  double sum = 0.0;
  for (std::size_t k = 0; k < kShares; ++k) {
    const double p = double{share_of(k)}, n = static_cast<double>(kDraws);
    double ups = 0.0;
    for (const bool up : rounded_up(words(static_cast<std::uint32_t>(k), 0), share_of(k) + moved)) ups += up;
    sum += (ups - n * p) * (ups - n * p) / (n * p * (1.0 - p));
  }
  return sum;
}

TEST_CASE("rounding up by AES is unbiased at every share", "[statistical]") {
  CHECK(score_of_shares(0.0f) < kThreshold);
  CHECK(score_of_shares(0.004f) > kThreshold);  // control: shares that are off by 0.4% of a step
}

// Squared standard scores of the covariance of two sequences of draws, over 64 shares.
template <class Pair>
double score_of_pairs(const Pair& pair) {
  double sum = 0.0;
  for (std::size_t k = 0; k < kShares; ++k) {
    const double p = double{share_of(k)};
    const auto [first, second] = pair(static_cast<std::uint32_t>(k));
    const auto a = rounded_up(first, share_of(k)), b = rounded_up(second, share_of(k));
    double covariance = 0.0, count = 0.0;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i, count += 1.0)
      covariance += ((a[i] ? 1.0 : 0.0) - p) * ((b[i] ? 1.0 : 0.0) - p);
    sum += covariance * covariance / (count * p * (1.0 - p) * p * (1.0 - p));
  }
  return sum;
}

TEST_CASE("draws by AES are uncorrelated: of a value, of neighbours, of epochs", "[statistical]") {
  CHECK(score_of_pairs([](std::uint32_t k) { return std::pair(words(k, 0), words(k, 1)); }) < kThreshold);
  CHECK(score_of_pairs([](std::uint32_t k) { return std::pair(words(k, 0), words(k + 1, 0)); }) < kThreshold);
  // Within a block and from one block to the next.
  for (const std::size_t apart : {std::size_t{1}, std::size_t{4}, std::size_t{8}}) {
    CHECK(score_of_pairs([&](std::uint32_t k) {
            auto first = words(k, 0);
            const std::vector<std::uint32_t> second(first.begin() + static_cast<std::ptrdiff_t>(apart),
                                                    first.end());
            return std::pair(first, second);
          }) < kThreshold);
  }
  // Control: one pair in a hundred is the same draw twice.
  CHECK(score_of_pairs([](std::uint32_t k) {
          auto first = words(k, 0), second = words(k, 1);
          for (std::size_t i = 0; i < second.size(); i += 100) second[i] = first[i];
          return std::pair(first, second);
        }) > kThreshold);
}

}  // namespace
}  // namespace zipml
