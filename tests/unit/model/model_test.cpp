#include <catch2/catch.hpp>
#include <cmath>
#include <set>
#include <vector>

#include "engine/core/random.h"
#include "engine/model/loss.h"
#include "engine/model/regularizer.h"

namespace zipml {
namespace {

TEST_CASE("derivatives agree with finite differences", "[loss]") {
  for (const ComponentInfo& info : losses().family().members) {
    const auto loss = losses()[info.name](choose(losses().family(), info.name).parameters);
    INFO(info.name);
    for (const double label : {-1.0, 1.0}) {
      // Off the points where hinge and Huber have a kink.
      for (double z = -3.1; z <= 3.1; z += 0.25) {
        const double h = 1e-6;
        const double numeric = (loss->value(z + h, label) - loss->value(z - h, label)) / (2 * h);
        CHECK(static_cast<double>(loss->derivative(static_cast<float>(z), static_cast<float>(label))) ==
              Approx(numeric).margin(1e-5));
      }
    }
  }
}

TEST_CASE("dl/dz is the slope at the margin or residual; jumps are where they are said to be", "[loss]") {
  for (const ComponentInfo& info : losses().family().members) {
    const auto loss = losses()[info.name](choose(losses().family(), info.name).parameters);
    const bool margin = loss->argument() == LossArgument::margin;
    INFO(info.name);
    for (const double label : {-1.0, 1.0}) {
      for (double z = -3.125; z <= 3.125; z += 0.25) {
        const double u = margin ? label * z : z - label;
        CHECK(static_cast<double>(loss->derivative(static_cast<float>(z), static_cast<float>(label))) ==
              Approx((margin ? label : 1.0) * loss->slope(u)).margin(1e-6));
        if (loss->jump())
          CHECK(loss->slope(u) == (u < loss->jump()->at ? loss->jump()->before : loss->jump()->after));
      }
    }
  }
  CHECK(losses()["hinge"]({})->jump().has_value());
}

TEST_CASE("logistic loss neither overflows nor loses its tail", "[loss]") {
  const auto loss = losses()["logistic"]({});
  CHECK(loss->value(0.0, 1.0) == Approx(std::log(2.0)));
  CHECK(loss->value(-1000.0, 1.0) == 1000.0);
  CHECK(loss->value(1000.0, 1.0) == 0.0);
  CHECK(loss->value(30.0, 1.0) == Approx(std::exp(-30.0)).epsilon(0.01));
  CHECK(loss->slope(-1000.0) == -1.0);
  CHECK(loss->slope(1000.0) == 0.0);
}

TEST_CASE("proximal maps are minimisers of R(u) + |u - v|^2 / (2 gamma)", "[regularizer]") {
  const std::vector<std::pair<const char*, std::vector<std::pair<std::string, ParameterValue>>>> cases = {
      {"none", {}},        {"l2", {{"weight", 0.7}}},  {"l1", {{"weight", 0.7}}}, {"box", {{"bound", 0.5}}},
      {"nonnegative", {}}, {"ball", {{"radius", 0.8}}}};
  REQUIRE(cases.size() == regularizers().family().members.size());
  const std::vector<float> v = {1.5f, -0.2f, 0.4f};
  const double gamma = 0.5;
  for (const auto& [kind, given] : cases) {
    INFO(kind);
    const auto choice = choose(regularizers().family(), kind, given);
    const auto regularizer = regularizers()[kind](choice.parameters);
    std::vector<float> u = v;
    regularizer->prox(u, static_cast<float>(gamma));
    const auto cost = [&](const std::vector<float>& point) {
      double distance = 0.0;
      for (std::size_t i = 0; i < point.size(); ++i)
        distance += std::pow(static_cast<double>(point[i] - v[i]), 2);
      return regularizer->value(point) + distance / (2 * gamma);
    };
    const double least = cost(u);
    for (std::uint64_t i = 0; i < 300; ++i) {
      // Neighbours, moved into the set of an indicator by its own prox (a projection there).
      std::vector<float> other = u;
      for (std::size_t k = 0; k < other.size(); ++k) {
        other[k] +=
            0.1f * (draw_unit_float({4, Stream::bootstrap, 0}, i, static_cast<std::uint32_t>(k)) - 0.5f);
      }
      const bool is_indicator = std::set<std::string>{"box", "nonnegative", "ball"}.contains(kind);
      if (is_indicator) regularizer->prox(other, 1.0f);
      REQUIRE(cost(other) >= least - 1e-6);
    }
  }
}

}  // namespace
}  // namespace zipml
