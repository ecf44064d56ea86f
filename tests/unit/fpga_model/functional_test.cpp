#include "fpga_model/functional.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "engine/core/error.h"
#include "engine/core/random.h"
#include "fpga_model/design.h"

namespace zipml::fpga {
namespace {

using Model = std::vector<float>;

double uniform(std::uint64_t element, std::uint32_t draw) {
  return draw_unit_double({7, Stream::generate_features, 0}, element, draw);
}

// Rows with features in [0, 1], labels in [-1, 1], and codes of two draws.
HardwareSamples make_samples(std::int64_t rows, std::int64_t features, std::int64_t bits, bool two_draws) {
  HardwareSamples samples;
  samples.rows = rows;
  samples.features = features;
  for (std::int64_t i = 0; i < rows * features; ++i) {
    const auto element = static_cast<std::uint64_t>(i);
    const double value = uniform(element, 0);
    if (bits == 32) {
      samples.values.push_back(static_cast<float>(value));
      continue;
    }
    const double scaled = value * static_cast<double>(1 << (bits - 1));
    const double low = std::floor(scaled);
    samples.first.push_back(static_cast<std::uint16_t>(low + (uniform(element, 1) < scaled - low ? 1 : 0)));
    if (two_draws) {
      samples.second.push_back(
          static_cast<std::uint16_t>(low + (uniform(element, 2) < scaled - low ? 1 : 0)));
    }
  }
  for (std::int64_t row = 0; row < rows; ++row) {
    samples.labels.push_back(static_cast<float>(2.0 * uniform(static_cast<std::uint64_t>(row), 3) - 1.0));
  }
  return samples;
}

std::vector<Model> run(const char* name, const HardwareSamples& samples, const HardwareSettings& settings) {
  std::vector<Model> models;
  const Design& design = *find_design(name);
  run_functional(design, {samples}, design.default_platform(), settings,
                 [&models](const Model& model) { models.push_back(model); });
  return models;
}

TEST_CASE("floats become 23-bit fixed point, truncated toward zero", "[fpga]") {
  CHECK(to_fixed(1.0f) == 1 << 23);
  CHECK(to_fixed(-1.0f) == -(1 << 23));
  CHECK(to_fixed(0.0f) == 0);
  CHECK(to_fixed(0x1.8p-23f) == 1);
  CHECK(to_fixed(-0x1.8p-23f) == -1);
  CHECK(to_fixed(0x1p-24f) == 0);
  CHECK(to_fixed(200.5f) == static_cast<std::int32_t>(200.5 * (1 << 23)));
  CHECK(to_float(-(1 << 22)) == -0.5f);
}

TEST_CASE("codes multiply as the hardware does", "[fpga]") {
  for (const std::int64_t bits : {1, 2, 4, 8}) {
    const std::int64_t one = std::int64_t{1} << (bits - 1);
    for (std::int64_t code = 0; code <= one; ++code) {
      for (const std::int32_t word : {0, 1, -1, 12345, -12345, 1 << 30, -(1 << 30)}) {
        // Division that rounds toward minus infinity.
        const auto exact = static_cast<std::int32_t>(
            std::floor(static_cast<double>(code) * static_cast<double>(word) / static_cast<double>(one)));
        CHECK(code_product(static_cast<std::uint16_t>(code), word, bits) == exact);
      }
    }
  }
}

// Plain program of the quantized HARP arithmetic for samples of one beat. Row j's dot product sees the
// updates of the rows before j - lag.
Model plain_harp(const HardwareSamples& s, std::int64_t bits, int shift, std::int64_t batch,
                 std::int64_t lag) {
  const auto d = static_cast<std::size_t>(s.features);
  std::vector<std::int32_t> copy(d), x(d);
  std::vector<std::vector<std::int32_t>> seen;  // x after each row's update
  for (std::int64_t row = 0; row < s.rows; ++row) {
    const std::int64_t newest = row - lag - 1;
    const std::vector<std::int32_t> read =
        newest < 0 ? std::vector<std::int32_t>(d) : seen[static_cast<std::size_t>(newest)];
    const auto base = static_cast<std::size_t>(row) * d;
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < d; ++i) sum += code_product(s.first[base + i], read[i], bits);
    const auto scalar =
        static_cast<std::int32_t>(sum - to_fixed(s.labels[static_cast<std::size_t>(row)])) >> shift;
    for (std::size_t i = 0; i < d; ++i) copy[i] -= code_product(s.second[base + i], scalar, bits);
    if ((row & (batch - 1)) == batch - 1 || row == s.rows - 1) x = copy;
    seen.push_back(x);
  }
  Model model(d);
  for (std::size_t i = 0; i < d; ++i) model[i] = to_float(x[i]);
  return model;
}

TEST_CASE("the clocked hardware equals a plain program with its staleness", "[fpga]") {
  // One-line samples at a line a cycle: a row is read 7 cycles after its response and updated 16 + e cycles
  // after it, so that row j misses the updates of rows j - 1 to j - (9 + e).
  struct Case {
    const char* design;
    std::int64_t bits, features, lag;
  };
  for (const Case& c :
       {Case{"harp_q8", 8, 30, 9 + 5}, Case{"harp_q4", 4, 60, 9 + 6}, Case{"harp_q2", 2, 120, 9 + 7}}) {
    for (const std::int64_t batch : {1, 4, 16}) {
      INFO(c.design << ", batch " << batch);
      const HardwareSamples samples = make_samples(200, c.features, c.bits, true);
      HardwareSettings settings;
      settings.shift = 7;
      settings.batch = batch;
      const Model expected = plain_harp(samples, c.bits, settings.shift, batch, c.lag);
      CHECK(run(c.design, samples, settings).back() == expected);
      // The comparison can tell one row of staleness.
      if (batch == 1)
        CHECK(run(c.design, samples, settings).back() != plain_harp(samples, c.bits, 7, 1, c.lag - 1));
      settings.stale = false;
      CHECK(run(c.design, samples, settings).back() == plain_harp(samples, c.bits, settings.shift, batch, 0));
    }
  }
}

TEST_CASE("every design with a functional mode lowers the loss", "[fpga]") {
  for (const Design* design : designs()) {
    if (!design->arithmetic(20)) continue;
    INFO(design->name());
    const std::int64_t bits = design->bits({});
    HardwareSamples samples = make_samples(300, 20, bits, design->name().front() == 'h');
    HardwareSettings settings;
    settings.step = 0x1p-9f;
    settings.shift = 9;
    settings.epochs = 3;
    const std::vector<Model> models = run(design->name().c_str(), samples, settings);
    REQUIRE(models.size() == 3);
    const HardwareSamples truth = make_samples(300, 20, 32, false);
    const auto loss = [&](const Model& model) {
      double total = 0;
      for (std::size_t row = 0; row < 300; ++row) {
        double dot = 0;
        for (std::size_t i = 0; i < 20; ++i) {
          dot += static_cast<double>(truth.values[row * 20 + i]) * static_cast<double>(model[i]);
        }
        const double residual = dot - static_cast<double>(truth.labels[row]);
        total += residual * residual;
      }
      return total / 600;
    };
    // Labels are uniform on [-1, 1] and say nothing: the best is about their variance over 2, and 1 bit a
    // value leaves noise of its own.
    CHECK(loss(models.back()) < (bits == 1 ? 0.30 : 0.19));
  }
}

TEST_CASE("features beside the label are lost and counted", "[fpga]") {
  const auto lost = [](const char* name, std::int64_t bits, std::int64_t features) {
    const Design& design = *find_design(name);
    return run_functional(design, {make_samples(4, features, bits, true)}, design.default_platform(), {},
                          [](const Model&) {});
  };
  CHECK(lost("harp_q8", 8, 30) == 0);
  CHECK(lost("harp_q8", 8, 32) == 2);
  CHECK(lost("harp_q4", 4, 61) == 1);
  CHECK(lost("harp_q1", 1, 256) == 32);
  CHECK(lost("harp_float", 32, 48) == 0);
}

TEST_CASE("fresh draws each epoch come from further copies", "[fpga]") {
  const HardwareSamples one = make_samples(50, 30, 8, true);
  HardwareSamples other = one;
  other.first.swap(other.second);
  HardwareSettings settings;
  settings.shift = 6;
  settings.epochs = 3;
  const Design& design = *find_design("harp_q8");
  std::vector<Model> models;
  run_functional(design, {one, other}, design.default_platform(), settings,
                 [&models](const Model& model) { models.push_back(model); });
  const std::vector<Model> same = run("harp_q8", one, settings);
  CHECK(models[0] == same[0]);
  CHECK(models[1] != same[1]);
}

TEST_CASE("what the functional mode cannot do is refused", "[fpga]") {
  const HardwareSamples samples = make_samples(8, 30, 8, true);
  HardwareSettings settings;
  const Design& weaving = *find_design("mlweaving");
  CHECK_THROWS_AS(run_functional(weaving, {samples}, weaving.default_platform(), settings, {}), InputError);
  settings.batch = 3;
  const Design& q8 = *find_design("harp_q8");
  CHECK_THROWS_AS(run_functional(q8, {samples}, q8.default_platform(), settings, {}), InputError);
}

}  // namespace
}  // namespace zipml::fpga
