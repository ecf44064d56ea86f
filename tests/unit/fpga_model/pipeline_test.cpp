// Offsets of the published pipelines, typed in from the authors' RTL independently of the designs' stage
// lists.
#include <catch2/catch.hpp>

#include "engine/core/error.h"
#include "tests/unit/fpga_model/waves.h"

namespace zipml::fpga {
namespace {

std::vector<std::int64_t> run_of(std::int64_t first, std::int64_t count) {
  std::vector<std::int64_t> edges;
  for (std::int64_t i = 0; i < count; ++i) edges.push_back(first + i);
  return edges;
}

struct HarpOffsets {
  const char* design;
  std::int64_t features, lines, beats;     // a shape, and what it becomes
  std::int64_t beat, sum, scalar, update;  // seen this many cycles after the first response
  std::int64_t write_lines, first_request;
};

TEST_CASE("HARP pipelines have the published offsets", "[fpga]") {
  const HarpOffsets table[] = {{"harp_float", 40, 3, 3, 3, 22, 40, 46, 3, 1},
                               {"harp_float", 47, 3, 3, 3, 22, 40, 46, 3, 1},
                               {"harp_float", 48, 4, 4, 3, 22, 40, 46, 4, 1},
                               {"harp_q8", 90, 3, 3, 3, 16, 20, 21, 6, 2},
                               {"harp_q4", 90, 2, 2, 3, 17, 21, 22, 8, 2},
                               {"harp_q2", 90, 1, 1, 3, 18, 22, 23, 8, 2},
                               {"harp_q1", 300, 2, 4, 10, 9 + 16, 9 + 20, 9 + 21, 32, 1}};
  for (const HarpOffsets& expected : table) {
    INFO(expected.design << ", " << expected.features << " features");
    const Design& design = *find_design(expected.design);
    const Shape shape{expected.features, 1, 2, 1};
    Platform platform = design.default_platform();
    platform.memory.latency_cycles = 40;
    const Waves waves = record(design, shape, platform);
    const std::int64_t first = waves.at("read_response").front();
    const std::int64_t rest = expected.beats - 1;
    // The first epoch's part of each wave.
    const auto part = [&](const char* name, std::int64_t count) {
      const auto& edges = waves.at(name);
      return relative({edges.begin(), edges.begin() + count}, first);
    };
    CHECK(waves.at("read_request").front() == expected.first_request);
    CHECK(first == expected.first_request + 40);
    CHECK(part("beat", expected.beats) == run_of(expected.beat, expected.beats));
    CHECK(part("sum", 1) == run_of(expected.sum + rest, 1));
    CHECK(part("scalar", expected.beats) == run_of(expected.scalar + rest, expected.beats));
    CHECK(part("update", expected.beats) == run_of(expected.update + rest, expected.beats));
    CHECK(part("write_request", expected.write_lines) ==
          run_of(expected.update + 2 * rest + 2, expected.write_lines));
    // The next epoch asks for its first line right after the last write.
    const std::int64_t last_write =
        waves.at("write_request")[static_cast<std::size_t>(expected.write_lines - 1)];
    CHECK(waves.at("read_request")[static_cast<std::size_t>(expected.lines)] == last_write + 1);
  }
}

TEST_CASE("PYNQ pipelines have the published offsets", "[fpga]") {
  struct Offsets {
    const char* design;
    std::int64_t features, lines, sum, scalar, update, words;
  };
  const Offsets table[] = {{"pynq_float", 5, 3, 13, 27, 34, 6},
                           {"pynq_q8", 17, 3, 9, 23, 27, 24},
                           {"pynq_q4", 17, 2, 10, 24, 28, 32},
                           {"pynq_q2", 33, 2, 11, 25, 29, 64},
                           {"pynq_q1", 64, 1, 12, 26, 30, 64}};
  for (const Offsets& expected : table) {
    INFO(expected.design);
    const Design& design = *find_design(expected.design);
    const Waves waves = record(design, {expected.features, 2, 1, 1}, design.default_platform());
    // A line is in the input register one cycle after it was taken.
    const std::int64_t taken = waves.at("line").front() - 1;
    const std::int64_t rest = expected.lines - 1;
    const auto part = [&](const char* name) {
      const auto& edges = waves.at(name);
      return relative({edges.begin(), edges.begin() + expected.lines}, taken);
    };
    CHECK(part("sum") == run_of(expected.sum + rest, expected.lines));
    CHECK(part("scalar") == run_of(expected.scalar + rest, expected.lines));
    CHECK(part("update") == run_of(expected.update + rest, expected.lines));
    // Read-out starts one cycle after the last update was seen; the first word is out five cycles later.
    const std::int64_t start = waves.at("update").back() + 1;
    CHECK(waves.at("model_word") == run_of(start + 5, expected.words));
    // Two samples of L lines and a label, an end word: the input closes from the second cycle after it.
    const std::int64_t end_word = taken + 2 * (expected.lines + 1);
    CHECK(waves.at("closed").front() == end_word + 1);
  }
}

TEST_CASE("MLWeaving has the published offsets", "[fpga]") {
  const Design& design = *find_design("mlweaving");
  const std::int64_t chunks = 2, bits = 3, lines = chunks * bits;
  for (const bool chaining : {true, false}) {
    const Waves waves = record(design, {100, 16, 1, 8}, design.default_platform(), {bits, chaining});
    // A read is seen one cycle after its compute state.
    const std::int64_t start = waves.at("compute").front() - 1;
    const auto since = [start](std::int64_t edge) { return edge - start; };
    CHECK(since(waves.at("loss").front()) == lines + 16);
    const std::int64_t written = lines + bits + 31;
    CHECK(since(waves.at("updated_chunk")[0]) == written);
    CHECK(since(waves.at("updated_chunk")[1]) == written + bits);
    const std::int64_t credit = chaining ? 12 : (chunks - 1) * bits + 9;
    CHECK(since(waves.at("compute")[static_cast<std::size_t>(lines)]) - 1 == written + credit);
  }
}

std::string refusal(const char* name, const Shape& shape, const DesignOptions& options = {}) {
  const Design& design = *find_design(name);
  try {
    design.simulate(shape, design.default_platform(), options, {});
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("shapes that the published engines cannot run are refused with what is allowed", "[fpga]") {
  using Catch::Matchers::Contains;
  CHECK_THAT(refusal("harp_float", {8048, 4, 1, 1}), Contains("8048") && Contains("1..8047"));
  CHECK(refusal("harp_float", {8047, 4, 1, 1}).empty());
  CHECK_THAT(refusal("harp_q8", {8193, 4, 1, 1}), Contains("1..8192"));
  CHECK_THAT(refusal("harp_q8", {0, 4, 1, 1}), Contains("1..8192"));
  CHECK_THAT(refusal("pynq_q8", {4096, 4, 1, 1}), Contains("1..4095"));
  // L >= depth - S + 3 lines overflow the sample FIFO: S = 27, 23, 24, 25, 26.
  const std::pair<const char*, std::pair<std::int64_t, std::int64_t>> limits[] = {
      {"pynq_float", {2048 - 27 + 2, 2}},
      {"pynq_q8", {512 - 23 + 2, 8}},
      {"pynq_q4", {256 - 24 + 2, 16}},
      {"pynq_q2", {128 - 25 + 2, 32}},
      {"pynq_q1", {64 - 26 + 2, 64}}};
  for (const auto& [name, limit] : limits) {
    INFO(name);
    const std::int64_t most = std::min<std::int64_t>(limit.first * limit.second, 4095);
    CHECK(refusal(name, {most, 8, 1, 1}).empty());
    if (most < 4095) CHECK_THAT(refusal(name, {most + 1, 8, 1, 1}), Contains("1.." + std::to_string(most)));
  }
  CHECK_THAT(refusal("pynq_q8", {1, 1, 2, 1}), Contains("2 rows or more"));
  CHECK_THAT(refusal("mlweaving", {100, 12, 1, 8}), Contains("multiples of 8"));
  CHECK_THAT(refusal("mlweaving", {100, 16, 1, 12}), Contains("multiples of 8"));
  CHECK_THAT(refusal("mlweaving", {64, 16, 1, 8}, {3, true}), Contains("4.. for"));
  CHECK_THAT(refusal("mlweaving", {300, 32, 1, 16}, {1, true}), Contains("8 at 1 bit"));
  CHECK_THAT(refusal("mlweaving", {100, 24, 2, 16}, {8, true}), Contains("multiples of the batch of 16"));
}

TEST_CASE("the shell adds 11 cycles an epoch and 1 between epochs", "[fpga]") {
  for (const char* name : {"harp_float", "harp_q8", "harp_q1"}) {
    const Design& design = *find_design(name);
    Platform platform = design.default_platform();
    const CycleReport bare = design.simulate({100, 50, 3, 1}, platform, {}, {});
    platform.shell = true;
    const CycleReport shelled = design.simulate({100, 50, 3, 1}, platform, {}, {});
    CHECK(shelled.cycles_per_epoch[0] == bare.cycles_per_epoch[0] + 11);
    CHECK(shelled.cycles_per_epoch[1] == bare.cycles_per_epoch[1] + 12);
    CHECK(shelled.cycles_total == bare.cycles_total + 3 * 11 + 2);
  }
}

}  // namespace
}  // namespace zipml::fpga
