#include "experiments/report/fpga_roles.h"

#include <cmath>
#include <limits>
#include <numeric>

#include "experiments/config/nearest.h"

namespace zipml {

Board board_of(const Run& run) {
  const Json::json_pointer rate("/fpga/platform/memory/rate");
  Board board;
  if (run.config.contains(rate)) {
    board.rate = {run.config.at(rate).at(0).get<std::int64_t>(),
                  run.config.at(rate).at(1).get<std::int64_t>()};
  }
  board.clock_hz = run.fpga ? run.fpga->clock_hz : 0.0;
  return board;
}

double seconds_an_epoch(const Run& run) {
  return run.fpga ? run.fpga->seconds_per_epoch() : std::numeric_limits<double>::quiet_NaN();
}

double seconds_to(const Run& run, double limit) {
  const double epochs = epochs_to(run, limit);
  return std::isinf(epochs) || !run.fpga ? epochs : run.fpga->seconds_after(static_cast<std::size_t>(epochs));
}

std::vector<std::size_t> all_roles(const Query& query) {
  std::vector<std::size_t> roles(query.roles.size());
  std::iota(roles.begin(), roles.end(), std::size_t{0});
  return roles;
}

std::string binds_note(const Selection& selection, const std::vector<std::size_t>& roles) {
  std::string note;
  for (const std::size_t role : roles) {
    const FpgaTimes& times = *selection.roles[role].begin()->second->fpga;
    note = join_notes(note, times.design + ": " + times.binds + " binds, " +
                                std::to_string(times.cycles_total) + " cycles");
  }
  return note;
}

Finding with_confirmation(Finding finding, const Run& run) {
  if (run.fpga && !run.fpga->unconfirmed.empty()) {
    finding.note = join_notes(finding.note,
                              "not confirmed of " + run.fpga->platform + ": " + join(run.fpga->unconfirmed));
  }
  return finding;
}

}  // namespace zipml
