#include <algorithm>
#include <string>
#include <utility>

#include "experiments/report/finding.h"
#include "experiments/report/fpga_roles.h"

namespace zipml {
namespace {

constexpr const char* kPaper = "samples likely bind";

// Models of one kind, at full and at low precision.
struct Family {
  std::string name, figure, paper, dataset;
  RunFilter data;
  std::vector<RunFilter> precisions;
  bool rows_computed = false;  // of a reconstruction, from its geometry: only the sinogram is read
};

double sample_bytes(const Run& run, bool rows_computed) {
  const std::uint64_t sinogram = run.image ? run.image->label_bytes : 0;
  return static_cast<double>(rows_computed ? sinogram : run.bytes_read + sinogram);
}

// Sample bytes over those of the larger of the other two channels: at equal bandwidths the samples bind from
// 1 on.
double samples_over_others(const Run& run, bool rows_computed) {
  return sample_bytes(run, rows_computed) /
         static_cast<double>(std::max(run.model_bytes, run.gradient_bytes));
}

Finding samples_bind(const RunSet& set, const Family& family) {
  const Query query{family.figure, family.data, family.precisions};
  const Selection selection = select_runs(set, query);
  const auto least = [&](const std::vector<const Run*>& runs) {
    double ratio = samples_over_others(*runs.front(), family.rows_computed);
    for (const Run* run : runs) ratio = std::min(ratio, samples_over_others(*run, family.rows_computed));
    return ratio;
  };
  Finding finding = measure(selection, all_roles(query), least, at_least(1.0), Varies::not_with_seed);
  if (finding.verdict == Verdict::not_run) return finding;
  for (std::size_t role = 0; role < query.roles.size(); ++role) {
    const Run& run = *selection.roles[role].begin()->second;
    const std::string ratio = format_value(samples_over_others(run, family.rows_computed)) + "x";
    finding.note = join_notes(finding.note,
                              (role == 0 && query.roles.size() > 1 ? "32-bit " : "low precision ") + ratio);
  }
  return finding;
}

Claim samples_bind_claim(const Family& family) {
  return {"fig2",         family.name + ": samples move no fewer bytes than model or gradient",
          family.paper,   "x",
          family.dataset, [=](const RunSet& set) { return samples_bind(set, family); }};
}

RunFilter chebyshev() {
  return samples_with(
      {{"kind", "chebyshev"}, {"degree", 15}, {"bits", 4}, {"product", "symmetric"}, {"delta", "best"}});
}

RunFilter shepp_logan() {
  return [](const Run& run) {
    return run.text("/dataset/kind") == "tomography" && run.text("/dataset/phantom") == "shepp-logan";
  };
}

RunFilter low_sinogram() {
  return [](const Run& run) {
    return run.text("/precision/samples/kind") == "full" && run.text("/precision/model/kind") == "full" &&
           run.text("/precision/labels/kind") == "quantized" && run.integer("/precision/labels/bits") == 12;
  };
}

RunFilter weights(std::string levels) {
  return [levels = std::move(levels)](const Run& run) {
    if (levels.empty()) return run.text("/precision/weights/kind") == "full";
    return run.integer("/precision/weights/levels_count") == 5 &&
           run.text("/precision/weights/levels/kind") == levels &&
           run.text("/precision/weights/rounding") == "stochastic";
  };
}

std::vector<Family> families() {
  const RunFilter cod_rna = dataset_kind("cod-rna", "cod-rna-like");
  const auto non_linear = [&](const std::string& name, const std::string& loss) {
    return Family{name + " (fig9), 32-bit and 8-bit Chebyshev",
                  "fig9",
                  kPaper,
                  "cod-rna",
                  with_model(cod_rna, loss),
                  {full_precision(), chebyshev()}};
  };
  return {
      {"least squares (fig4 a), 32-bit and 4-bit end to end",
       "fig4",
       kPaper,
       "Synthetic 100",
       synthetic(100),
       {full_precision(), end_to_end(4)}},
      {"LS-SVM (fig11 a), 32-bit and 3-bit end to end",
       "fig11",
       kPaper,
       "cod-rna",
       cod_rna,
       {full_precision(), end_to_end(3)}},
      non_linear("SVM", "hinge"),
      non_linear("logistic", "logistic"),
      {"ours: tomography (fig1c), 32-bit and 12-bit end to end, rows read",
       "fig1c",
       "-",
       "Shepp-Logan phantom",
       shepp_logan(),
       {full_precision(), end_to_end(12)}},
      {"ours: tomography (fig1c), 12-bit sinogram, rows computed",
       "fig1c",
       "-",
       "Shepp-Logan phantom",
       shepp_logan(),
       {low_sinogram()},
       true},
      {"ours: network (fig7b), 32-bit and Optimal5",
       "fig7b",
       "-",
       "CIFAR-10",
       dataset_kind("cifar10", "cifar10-like"),
       {weights(""), weights("optimal")}},
  };
}

// 1 where the link that brings the samples holds both engines up.
double link_binds(const std::vector<const Run*>& runs) {
  const auto bound = [](const Run* run) { return run->fpga->binds == "memory_bandwidth"; };
  return std::all_of(runs.begin(), runs.end(), bound) ? 1.0 : 0.0;
}

Finding engines_bound(const RunSet& set) {
  const Query query{"fig5",
                    synthetic(100),
                    {on_engine(full_precision(), "harp_float", "harp_qpi"),
                     on_engine(quantized_samples("double_sampling", 2, "fresh"), "harp_q2", "harp_qpi")}};
  const Selection selection = select_runs(set, query);
  Finding finding = measure(selection, all_roles(query), link_binds, at_least(1.0), Varies::not_with_seed);
  if (finding.verdict == Verdict::not_run) return finding;
  finding.value_text = finding.interval.value == 1.0 ? "samples" : "not the samples";
  finding.note = join_notes(finding.note, binds_note(selection, all_roles(query)));
  return with_confirmation(std::move(finding), *selection.any());
}

}  // namespace

std::vector<Claim> channel_claims() {
  std::vector<Claim> claims;
  for (const Family& family : families()) claims.push_back(samples_bind_claim(family));
  claims.push_back({"fig2", "FPGA (fig5 a), float and 2-bit: the link that brings the samples binds", kPaper,
                    "", "Synthetic 100", engines_bound});
  return claims;
}

}  // namespace zipml
