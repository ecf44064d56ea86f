#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "engine/pack/bit_matrix.h"
#include "engine/quantize/level_set.h"
#include "engine/quantize/level_strategy.h"

namespace zipml {
namespace {

std::vector<float> to_floats(const std::vector<int>& raw) {
  std::vector<float> values;
  for (const int v : raw) values.push_back(static_cast<float>(v) / 1024.0f);
  return values;
}

LevelSet unit_levels(const char* grid, int count) {
  return level_strategies()["uniform"](choose(level_strategies().family(), "uniform",
                                              {{"scaling", std::string("row")}, {"grid", std::string(grid)}})
                                           .parameters)
      ->levels({}, count);
}

// Sum of E|Q(v) - v|^2 over the vector, relative to |v|^2, and the expected number of values that are not 0.
std::pair<double, double> variance_and_support(const std::vector<float>& v, const LevelSet& levels) {
  double norm = 0.0;
  for (const float x : v) norm += static_cast<double>(x) * static_cast<double>(x);
  norm = std::sqrt(norm);
  double variance = 0.0, support = 0.0;
  for (const float x : v) {
    const auto scaled = static_cast<float>(static_cast<double>(x) / norm);
    variance += levels.variance(scaled);
    const LevelSet::Bracket in = levels.bracket(scaled);
    const float low = levels.values()[in.lower], high = levels.values()[in.lower + 1];
    support += (low != 0.0f ? 1.0 - static_cast<double>(in.upper_share) : 0.0) +
               (high != 0.0f ? static_cast<double>(in.upper_share) : 0.0);
  }
  return {variance, support};
}

TEST_CASE("QSGD's bounds on variance and support hold (section 2)", "[levels]") {
  REQUIRE(rc::check("variance <= min(n / s^2, sqrt(n) / s) |v|^2, support <= s (s + sqrt(n))", [] {
    const auto raw = *rc::gen::nonEmpty<std::vector<int>>();
    const std::vector<float> v = to_floats(raw);
    RC_PRE(std::any_of(v.begin(), v.end(), [](float x) { return x != 0.0f; }));
    const int bits = *rc::gen::inRange(2, 9);
    const auto n = static_cast<double>(v.size());
    // Mid-tread: s intervals on each side of 0, as in QSGD.
    const double s = (1 << (bits - 1)) - 1;
    const auto [variance, support] = variance_and_support(v, unit_levels("mid-tread", 1 << bits));
    RC_ASSERT(variance <= std::min(n / (s * s), std::sqrt(n) / s) * (1 + 1e-4));
    RC_ASSERT(support <= s * (s + std::sqrt(n)) + 1e-4 * n);
    // Mid-rise: s intervals in all; only the first bound, as there is no level at 0.
    const double all = (1 << bits) - 1;
    RC_ASSERT(variance_and_support(v, unit_levels("mid-rise", 1 << bits)).first <=
              n / (all * all) * (1 + 1e-4));
  }));
}

TEST_CASE("a value lies in its bracket, and its mean under stochastic rounding is the value", "[levels]") {
  REQUIRE(rc::check("bracket", [] {
    auto raw = *rc::gen::nonEmpty<std::vector<int>>();
    raw.push_back(raw.front());
    std::vector<float> values = to_floats(raw);
    std::sort(values.begin(), values.end());
    const LevelSet levels(values);
    const float v =
        std::clamp(static_cast<float>(*rc::gen::arbitrary<int>()) / 1024.0f, levels.low(), levels.high());
    const auto in = levels.bracket(v);
    RC_ASSERT(in.lower + 1 < values.size());
    const double low = static_cast<double>(values[in.lower]),
                 high = static_cast<double>(values[in.lower + 1]);
    RC_ASSERT(low <= static_cast<double>(v) && static_cast<double>(v) <= high);
    const double mean = low + static_cast<double>(in.upper_share) * (high - low);
    RC_ASSERT(std::fabs(mean - static_cast<double>(v)) <= 1e-6 * (high - low) + 1e-6 * std::fabs(low));
    const double nearest = static_cast<double>(values[levels.nearest(v)]);
    RC_ASSERT(std::fabs(nearest - static_cast<double>(v)) <=
              std::min(static_cast<double>(v) - low, high - static_cast<double>(v)) + 1e-3 * (high - low));
  }));
}

TEST_CASE("packing and unpacking any codes at any width is the identity", "[pack]") {
  REQUIRE(rc::check("pack", [] {
    const int bits = *rc::gen::inRange(1, 17);
    auto codes = *rc::gen::arbitrary<std::vector<std::uint16_t>>();
    for (auto& code : codes) code = static_cast<std::uint16_t>(code & ((1u << bits) - 1));
    std::vector<std::uint8_t> packed(packed_bytes(codes.size(), bits) + kPackSlack, 0xAA);
    pack_codes(codes.data(), codes.size(), bits, packed.data());
    for (std::size_t i = packed_bytes(codes.size(), bits); i < packed.size(); ++i)
      RC_ASSERT(packed[i] == 0xAA);
    std::vector<std::uint16_t> back(codes.size());
    unpack_codes(packed.data(), codes.size(), bits, back.data());
    RC_ASSERT(back == codes);
  }));
}

}  // namespace
}  // namespace zipml
