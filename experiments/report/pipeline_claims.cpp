#include <algorithm>
#include <limits>
#include <numeric>

#include "experiments/report/finding.h"
#include "experiments/report/fpga_roles.h"

namespace zipml {
namespace {

struct Engine {
  std::string figure, design;
  double latency;  // cycles, appendix K
  double bytes;    // a cycle
};

// Cycles from where the line and the model's words are side by side until the model line is written, for
// samples of one line.
double latency_of(const std::vector<const Run*>& runs) {
  const std::vector<FpgaStage>& stages = runs.at(0)->fpga->pipeline;
  const auto aligned = std::find_if(stages.begin(), stages.end(), [](const FpgaStage& stage) {
    return stage.name.find("beside the model read") != std::string::npos;
  });
  if (aligned == stages.end()) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(
      std::accumulate(aligned + 1, stages.end(), std::int64_t{0},
                      [](std::int64_t sum, const FpgaStage& stage) { return sum + stage.latency; }));
}

double bytes_a_cycle(const std::vector<const Run*>& runs) {
  const FpgaTimes& times = *runs.at(0)->fpga;
  return static_cast<double>(times.bytes_read) / static_cast<double>(times.cycles_total);
}

Claim pipeline_claim(const Engine& engine, const std::string& text, const std::string& paper,
                     const std::string& unit, const SeedValue& value, const Region& region) {
  return {engine.figure, engine.design + ": " + text, paper, unit, "-", [=](const RunSet& set) {
            const Query query{engine.figure,
                              [](const Run& run) { return run.fpga.has_value(); },
                              {on_engine(engine.design, "harp")}};
            const Selection selection = select_runs(set, query);
            Finding finding = measure(selection, {0}, value, region, Varies::not_with_seed);
            if (finding.verdict != Verdict::not_run) finding.note = binds_note(selection, {0});
            return finding;
          }};
}

}  // namespace

std::vector<Claim> pipeline_claims() {
  // log2(values a line) + 5 for Q8, Q4 and Q2.
  const std::vector<Engine> engines = {{"fig13", "harp_float", 36, 64},
                                       {"fig14", "harp_q8", 10, 64},
                                       {"fig14", "harp_q4", 11, 64},
                                       {"fig14", "harp_q2", 12, 64},
                                       {"fig14", "harp_q1", 12, 32}};
  std::vector<Claim> claims;
  for (const Engine& engine : engines) {
    const std::string latency = format_value(engine.latency), bytes = format_value(engine.bytes);
    claims.push_back(pipeline_claim(engine, "from multiplying to the written model " + latency + " cycles",
                                    latency, "cycles", latency_of, {engine.latency, engine.latency}));
    claims.push_back(pipeline_claim(engine,
                                    "takes in " + bytes +
                                        " bytes a cycle, within 5%, where the memory gives "
                                        "a line a cycle",
                                    bytes, "B", bytes_a_cycle, {0.95 * engine.bytes, 1.05 * engine.bytes}));
  }
  return claims;
}

}  // namespace zipml
