#include <limits>

#include "experiments/report/finding.h"
#include "experiments/report/fpga_roles.h"

namespace zipml {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kTolerance = 10.0;  // percent

struct Case {
  std::string name;
  std::int64_t features;
  std::string quantized;  // the design beside pynq_float
};

double model_seconds(const Run& run) {
  return run.fpga ? run.fpga->seconds_after(run.fpga->cycles_per_epoch.size()) : kNan;
}

double board_seconds(const Run& run) {
  const Json::json_pointer measured("/measure/measured_seconds");
  return run.config.contains(measured) ? run.config.at(measured).get<double>() : kNan;
}

// Percent by which the model is above the board: of one run, or of the difference of two.
double deviation(const std::vector<const Run*>& runs) {
  double model = model_seconds(*runs.at(0)), board = board_seconds(*runs.at(0));
  if (runs.size() > 1) {
    model -= model_seconds(*runs[1]);
    board -= board_seconds(*runs[1]);
  }
  return 100.0 * (model / board - 1.0);
}

std::string seconds_note(const Selection& selection, const std::vector<std::size_t>& roles) {
  std::string note;
  for (const std::size_t role : roles) {
    const Run& run = *selection.roles[role].begin()->second;
    note = join_notes(note, run.fpga->design + ": model " + format_value(model_seconds(run)) + " s, board " +
                                format_value(board_seconds(run)) + " s");
  }
  return note;
}

Claim board_claim(const Case& one, const std::string& text, const std::vector<std::string>& designs) {
  return {"board", one.name + ", " + text, "-", "%", one.name, [=](const RunSet& set) {
            Query query{
                "board", [=](const Run& run) { return run.fpga && run.fpga->features == one.features; }, {}};
            for (const std::string& design : designs) query.roles.push_back(on_engine(design, "pynq"));
            const Selection selection = select_runs(set, query);
            Finding finding = measure(selection, all_roles(query), deviation, {-kTolerance, kTolerance},
                                      Varies::not_with_seed);
            if (finding.verdict == Verdict::not_run) return finding;
            finding.dataset = one.name + " (shape only)";
            finding.note = seconds_note(selection, all_roles(query));
            return finding;
          }};
}

}  // namespace

std::vector<Claim> board_claims() {
  const std::vector<Case> cases = {{"MNIST", 785, "pynq_q1"}, {"YearPrediction", 91, "pynq_q8"}};
  std::vector<Claim> claims;
  for (const Case& one : cases) {
    claims.push_back(board_claim(one,
                                 "ours: pynq_float minus " + one.quantized +
                                     ", which cancels what the host adds: the model is within 10% of the "
                                     "authors' board",
                                 {"pynq_float", one.quantized}));
  }
  for (const Case& one : cases) {
    for (const std::string& design : {std::string("pynq_float"), one.quantized}) {
      claims.push_back(board_claim(
          one, "ours: " + design + ", host and timer included: the model is within 10% of the board",
          {design}));
    }
  }
  return claims;
}

}  // namespace zipml
