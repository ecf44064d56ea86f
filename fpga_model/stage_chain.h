#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fpga_model/parts.h"

namespace zipml::fpga {

/// One pipeline stage as a design describes it.
struct StageSpec {
  std::string name;
  int latency;     ///< cycles, 1..63
  int width_bits;  ///< of the data path
};

/// Cycles from the first stage's input to the last one's output.
inline std::int64_t total_latency(const std::vector<StageSpec>& stages) {
  std::int64_t sum = 0;
  for (const StageSpec& stage : stages) sum += stage.latency;
  return sum;
}

/// Stages one behind the other; with no stages the input itself is the output.
class StageChain {
 public:
  StageChain(const std::vector<StageSpec>& specs, const Signal& in) : in_(&in) {
    stages_.reserve(specs.size());  // stages point at each other's outputs
    for (const StageSpec& spec : specs) {
      stages_.emplace_back(spec.name, spec.latency, spec.width_bits,
                           stages_.empty() ? in : stages_.back().out);
    }
  }
  StageChain(const StageChain&) = delete;
  StageChain& operator=(const StageChain&) = delete;

  void evaluate() {
    for (Stage& stage : stages_) stage.evaluate();
  }
  void commit() {
    for (Stage& stage : stages_) stage.commit();
  }
  void save(State& state) const {
    for (const Stage& stage : stages_) stage.save(state);
  }

  const Signal& out() const { return stages_.empty() ? *in_ : stages_.back().out; }
  std::vector<Stage>& stages() { return stages_; }

 private:
  const Signal* in_;
  std::vector<Stage> stages_;
};

}  // namespace zipml::fpga
