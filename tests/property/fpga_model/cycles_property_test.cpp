#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <random>
#include <tuple>

#include "engine/core/error.h"
#include "fpga_model/design.h"
#include "fpga_model/harp_design.h"
#include "fpga_model/pynq_design.h"
#include "fpga_model/weaving_engine.h"

namespace zipml::fpga {
namespace {

struct Job {
  const Design* design;
  Shape shape;
  Platform platform;
  DesignOptions options;
};

// Any shape from one value to several store lines, non-multiples of the line included; slow and fast
// memories.
Job any_job(const Design& design) {
  Job job{&design, {}, design.default_platform(), {}};
  const bool wide = *rc::gen::inRange(0, 4) == 0;
  job.shape.features = *rc::gen::inRange<std::int64_t>(1, wide ? 5001 : 300);
  job.shape.rows = *rc::gen::inRange<std::int64_t>(1, wide ? 40 : 1025);
  job.shape.epochs = *rc::gen::inRange<std::int64_t>(1, 4);
  Memory& memory = job.platform.memory;
  memory.latency_cycles = *rc::gen::inRange<std::int64_t>(0, 100);
  memory.rate_cycles = *rc::gen::inRange<std::int64_t>(1, 7);
  memory.rate_lines = *rc::gen::inRange<std::int64_t>(1, memory.rate_cycles + 1);
  job.platform.shell = *rc::gen::inRange(0, 4) == 0;
  if (design.chooses_bits()) {
    job.options.bits = *rc::gen::inRange<std::int64_t>(1, 9);
    job.options.chaining = *rc::gen::arbitrary<bool>();
    job.shape.batch = 8 * *rc::gen::inRange<std::int64_t>(1, 9);
    job.shape.rows = job.shape.batch * *rc::gen::inRange<std::int64_t>(1, 12);
    job.shape.features = std::min<std::int64_t>(job.shape.features, 700);
  }
  return job;
}

// Things that formulas do not cover.
void disturb(Job& job) {
  job.platform.memory.max_outstanding = *rc::gen::inRange<std::int64_t>(0, 60);
  job.platform.memory.stall_period = *rc::gen::inRange<std::int64_t>(0, 50);
  job.platform.memory.stall_cycles =
      *rc::gen::inRange<std::int64_t>(0, std::max<std::int64_t>(job.platform.memory.stall_period, 1));
  job.platform.gap = {*rc::gen::inRange<std::int64_t>(0, 5), *rc::gen::inRange<std::int64_t>(1, 40)};
}

template <class Body>
void check_property(const std::string& name, Body body) {
  CHECK(rc::check(name, body));
}

std::optional<CycleReport> simulate(const Job& job, bool skip) {
  SimulationOptions simulation;
  simulation.skip_periods = skip;
  try {
    return job.design->simulate(job.shape, job.platform, job.options, simulation);
  } catch (const InputError&) {
    return {};
  }
}

void check_same(const CycleReport& a, const CycleReport& b) {
  RC_ASSERT(a.cycles_total == b.cycles_total);
  RC_ASSERT(a.cycles_per_epoch == b.cycles_per_epoch);
  RC_ASSERT(a.cycles_from_first_request == b.cycles_from_first_request);
  RC_ASSERT(a.busy_cycles == b.busy_cycles);
  RC_ASSERT(a.stalls == b.stalls);
  RC_ASSERT(a.bytes_read == b.bytes_read);
  for (std::size_t i = 0; i < a.stages.size(); ++i)
    RC_ASSERT(a.stages[i].utilisation == b.stages[i].utilisation);
}

bool formula_agrees(const Job& job, const CycleReport& report, std::int64_t off) {
  const auto form = job.design->closed_form(job.shape, job.platform, job.options);
  if (!form) return true;
  bool agrees = report.cycles_total + off == form->total(job.shape.epochs);
  for (std::size_t i = 1; i < report.cycles_per_epoch.size(); ++i) {
    agrees = agrees && report.cycles_per_epoch[i] + off == form->next_epoch;
  }
  return agrees;
}

TEST_CASE("the clocked model equals the closed form wherever one is exact", "[fpga]") {
  for (const Design* design : designs()) {
    int formulas = 0;
    check_property("formula of " + design->name(), [&] {
      const Job job = any_job(*design);
      const auto report = simulate(job, true);
      RC_PRE(report.has_value());
      RC_ASSERT(formula_agrees(job, *report, 0));
      formulas += job.design->closed_form(job.shape, job.platform, job.options).has_value();
    });
    INFO(design->name());
    CHECK(formulas > 20);
  }
  // The comparison tells one cycle.
  const Design& design = *find_design("harp_q8");
  const Job job{&design, {90, 100, 2, 1}, design.default_platform(), {}};
  CHECK(formula_agrees(job, *simulate(job, true), 0));
  CHECK_FALSE(formula_agrees(job, *simulate(job, true), 1));
}

TEST_CASE("skipping periods changes nothing", "[fpga]") {
  for (const Design* design : designs()) {
    check_property("skipping with " + design->name(), [&] {
      Job job = any_job(*design);
      if (*rc::gen::arbitrary<bool>()) disturb(job);
      const auto skipped = simulate(job, true);
      RC_PRE(skipped.has_value());
      check_same(*skipped, *simulate(job, false));
    });
  }
}

TEST_CASE("every cycle of the interval is accounted for, and every line read", "[fpga]") {
  for (const Design* design : designs()) {
    check_property("accounts of " + design->name(), [&] {
      Job job = any_job(*design);
      disturb(job);
      const auto report = simulate(job, true);
      RC_PRE(report.has_value());
      const std::int64_t stalled =
          std::accumulate(report->stalls.begin(), report->stalls.end(), std::int64_t{0});
      RC_ASSERT(report->busy_cycles + stalled == report->cycles_total);
      RC_ASSERT(std::accumulate(report->cycles_per_epoch.begin(), report->cycles_per_epoch.end(),
                                std::int64_t{0}) == report->cycles_total);
      RC_ASSERT(static_cast<std::int64_t>(report->cycles_per_epoch.size()) == job.shape.epochs);
      // MLWeaving reads ahead; what it reads beyond the last write is not waited for.
      if (!job.design->chooses_bits()) {
        RC_ASSERT(report->bytes_read ==
                  job.shape.epochs * job.shape.rows * job.design->bytes_per_row(job.shape, job.options));
      }
    });
  }
}

// Clocks an engine with its parts in another order at every edge.
template <class Engine>
std::tuple<std::int64_t, std::vector<std::int64_t>> shuffled(Engine& engine, unsigned seed) {
  std::vector<std::function<void()>> evaluate, commit;
  auto parts = engine.parts();
  std::apply([&](auto&... part) { (evaluate.push_back([&part] { part.evaluate(); }), ...); }, parts);
  std::apply([&](auto&... part) { (commit.push_back([&part] { part.commit(); }), ...); }, parts);
  std::mt19937 random(seed);
  std::int64_t edge = 0;
  for (; !engine.done() && edge < 200000; ++edge) {
    engine.observe(edge);
    if (seed != 0) std::shuffle(evaluate.begin(), evaluate.end(), random);
    if (seed != 0) std::shuffle(commit.begin(), commit.end(), random);
    for (const auto& step : evaluate) step();
    for (const auto& step : commit) step();
  }
  return {edge, engine.log.epoch_ends};
}

TEST_CASE("the order of the parts changes nothing", "[fpga]") {
  check_property("order", [] {
    const Shape shape{*rc::gen::inRange<std::int64_t>(1, 400), *rc::gen::inRange<std::int64_t>(2, 40), 2, 1};
    Platform platform;
    platform.memory.latency_cycles = *rc::gen::inRange<std::int64_t>(0, 30);
    platform.memory.rate_cycles = *rc::gen::inRange<std::int64_t>(1, 4);
    platform.memory.max_outstanding = *rc::gen::inRange<std::int64_t>(0, 30);
    const auto seed = *rc::gen::inRange(1u, 1000u);
    const auto same = [&](auto make) {
      const auto a = make(), b = make();
      RC_ASSERT(shuffled(*a, 0) == shuffled(*b, seed));
    };
    const HarpDesign q4(harp_quantized(4, "", "", "")), q1 = harp_like(1, 2);
    same([&] {
      return std::make_unique<HarpEngine<DirectFront>>(q4.parameters(shape.features), shape, platform);
    });
    same([&] {
      return std::make_unique<HarpEngine<SplitFront>>(q1.parameters(shape.features), shape, platform);
    });
    const PynqDesign pynq(pynq_quantized(4, "", "", ""));
    same([&] { return std::make_unique<PynqEngine>(pynq.parameters(shape.features), shape, platform); });
    const WeavingShape weaving{2, 3, 12, 2, 2};
    same([&] { return std::make_unique<WeavingEngine>(weaving, true, platform.memory, false); });
  });
}

}  // namespace
}  // namespace zipml::fpga
