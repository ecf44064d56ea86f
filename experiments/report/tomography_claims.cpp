#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "experiments/report/finding.h"

namespace zipml {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// What counts as a negligible loss of quality. Fixed before the first reconstruction was looked at.
constexpr double kPsnrLoss = 0.5;  // decibel: the root mean squared error grows by 6%
constexpr double kSsimLoss = 0.01;
constexpr double kFewerBytes = 2.6;  // 32 / 12 = 2.67, the paper's 2.7, less padding and scales
constexpr int kPaperBits = 12;
constexpr std::array kBits = {2, 3, 4, 6, 8, 10, 12, 14, 16};

RunFilter of_phantom(const std::string& name) {
  return [=](const Run& run) {
    return run.text("/dataset/kind") == "tomography" && run.text("/dataset/phantom") == name;
  };
}

bool channels_are(const Run& run, std::string_view kind) {
  return run.text("/precision/model/kind") == kind && run.text("/precision/gradient/kind") == kind;
}

bool is_uniform(const Run& run, const char* kind, int bits, const std::string& channel) {
  const std::string place = "/precision/" + channel;
  return run.text((place + "/kind").c_str()) == kind && run.integer((place + "/bits").c_str()) == bits &&
         run.text((place + "/levels/kind").c_str()) == "uniform";
}

bool reads_sinogram(const Run& run, int bits, std::string_view rounding) {
  return is_uniform(run, "quantized", bits, "labels") && run.text("/precision/labels/rounding") == rounding;
}

bool low_sinogram(const Run& run, int bits) {
  return run.text("/precision/samples/kind") == "full" && channels_are(run, "full") &&
         reads_sinogram(run, bits, "stochastic");
}

bool low_end_to_end(const Run& run, int bits) {
  return is_uniform(run, "double_sampling", bits, "samples") && reads_sinogram(run, bits, "stochastic") &&
         channels_are(run, "quantized") && run.integer("/precision/model/bits") == bits &&
         run.integer("/precision/gradient/bits") == bits;
}

// Rows and sinogram; the sinogram's rounding is that of the rows.
bool low_data(const Run& run, const char* kind, int bits) {
  const std::string_view rounding = std::string_view(kind) == "deterministic" ? "nearest" : "stochastic";
  return is_uniform(run, kind, bits, "samples") && channels_are(run, "full") &&
         reads_sinogram(run, bits, rounding);
}

// One precision that claims are about.
struct Precision {
  std::string name;
  std::function<bool(const Run&, int)> filter;
  bool sinogram_only;
};

RunFilter at(const Precision& precision, int bits) {
  return [=](const Run& run) { return precision.filter(run, bits); };
}

Precision low_data_precision(const std::string& name, const char* kind) {
  return {name, [kind](const Run& run, int bits) { return low_data(run, kind, bits); }, false};
}

double psnr_of(const Run& run) { return run.image ? run.image->psnr : std::nan(""); }

// Of the first run against the second.
double psnr_loss(const std::vector<const Run*>& runs) { return psnr_of(*runs.at(1)) - psnr_of(*runs.at(0)); }

double ssim_loss(const std::vector<const Run*>& runs) {
  if (!runs.at(0)->image || !runs.at(1)->image) return std::nan("");
  return runs.at(1)->image->ssim - runs.at(0)->image->ssim;
}

// A pass; a run that stopped early still compares.
double bytes_an_epoch(const Run& run, bool sinogram_only) {
  if (!run.image) return std::nan("");
  const std::uint64_t others = sinogram_only ? 0 : run.bytes_read + run.channel_bytes();
  return static_cast<double>(run.image->label_bytes + others) /
         static_cast<double>(run.train_loss.size() - 1);
}

std::vector<Claim> slice_claims(const std::string& phantom, const std::string& title,
                                const Precision& precision) {
  const std::string which = "12 bits, " + precision.name + ": ";
  const Query query{"fig1c", of_phantom(phantom), {at(precision, kPaperBits), full_precision()}};
  const bool sinogram_only = precision.sinogram_only;
  const std::string moved = sinogram_only ? "sinogram bytes" : "bytes of rows, sinogram, model and gradient";
  return {{"fig1c", which + "PSNR at most 0.5 dB below 32-bit", "negligible loss", "dB", title,
           [=](const RunSet& set) { return measure(set, query, psnr_loss, at_most(kPsnrLoss)); }},
          {"fig1c", which + "SSIM at most 0.01 below 32-bit", "negligible loss", "SSIM", title,
           [=](const RunSet& set) { return measure(set, query, ssim_loss, at_most(kSsimLoss)); }},
          {"fig1c", which + "2.6x fewer " + moved + " than 32-bit, or better", "2.7x", "x", title,
           [=](const RunSet& set) {
             const auto ratio = [=](const std::vector<const Run*>& runs) {
               return bytes_an_epoch(*runs.at(1), sinogram_only) / bytes_an_epoch(*runs.at(0), sinogram_only);
             };
             return measure(set, query, ratio, at_least(kFewerBytes), Varies::not_with_seed);
           }}};
}

// Smallest b from which on every b of the list keeps the quality: one lucky value is not enough.
Finding bits_needed(const RunSet& set, const Precision& precision) {
  Query query{"tomography_bits", of_phantom("shepp-logan"), {full_precision()}};
  for (const int bits : kBits) query.roles.push_back(at(precision, bits));
  const Selection selection = select_runs(set, query);
  Finding finding;
  finding.interval = {kInfinity, kInfinity, kInfinity};
  bool value = true, low = true, high = true;
  for (std::size_t i = kBits.size(); i-- > 0;) {
    const Finding one = measure(selection, {i + 1, 0}, psnr_loss, at_most(kPsnrLoss));
    if (one.verdict == Verdict::not_run) {
      finding = one;
      finding.note = join_notes(std::to_string(kBits[i]) + " bits", one.note);
      return finding;
    }
    add_runs(finding, one.runs);
    add_seeds_needed(finding, one);
    finding.dataset = one.dataset;
    finding.seeds = one.seeds;
    const auto keep = [&](bool& so_far, bool reached, double& least) {
      so_far = so_far && reached;
      if (so_far) least = kBits[i];
    };
    keep(value, one.interval.value <= kPsnrLoss, finding.interval.value);
    keep(low, one.verdict != Verdict::fails, finding.interval.low);
    keep(high, one.verdict == Verdict::holds, finding.interval.high);
  }
  finding.verdict = judge(finding.interval, at_most(kPaperBits));
  finding.note = join_notes(describe_setting(selection), seeds_note(finding.seeds));
  return finding;
}

Claim bits_needed_claim(const Precision& precision) {
  return {"tomography_bits",
          "ours: " + precision.name + ": smallest b that stays at most 0.5 dB below 32-bit is at most 12",
          "12 bits shown",
          "bits",
          "Shepp-Logan phantom",
          [=](const RunSet& set) { return bits_needed(set, precision); }};
}

Claim better_claim(const Precision& precision, const Precision& other, int bits) {
  return {"tomography_bits",
          "ours: " + std::to_string(bits) + " bits: PSNR of " + precision.name + " above that of " +
              other.name + " (0 dB or more)",
          "-",
          "dB",
          "Shepp-Logan phantom",
          [=](const RunSet& set) {
            const Query query{
                "tomography_bits", of_phantom("shepp-logan"), {at(other, bits), at(precision, bits)}};
            return measure(set, query, psnr_loss, at_least(0.0));
          }};
}

}  // namespace

std::vector<Claim> tomography_claims() {
  const Precision sinogram{"sinogram alone", low_sinogram, true};
  const Precision end_to_end{"end to end", low_end_to_end, false};
  const Precision doubled = low_data_precision("rows and sinogram, double sampling", "double_sampling");
  const Precision naive = low_data_precision("rows and sinogram, naive", "naive");
  const Precision nearest = low_data_precision("rows and sinogram, nearest level", "deterministic");
  std::vector<Claim> claims;
  const std::array<std::array<std::string, 2>, 2> objects = {
      {{"shepp-logan", "Shepp-Logan phantom"}, {"thorax", "thorax-like phantom"}}};
  for (const auto& [phantom, title] : objects) {
    for (const Precision& precision : {sinogram, end_to_end}) {
      for (Claim& claim : slice_claims(phantom, title, precision)) claims.push_back(std::move(claim));
    }
  }
  for (const Precision& precision : {sinogram, doubled, naive, nearest, end_to_end}) {
    claims.push_back(bits_needed_claim(precision));
  }
  for (const int bits : {2, 4}) {
    claims.push_back(better_claim(doubled, naive, bits));
    claims.push_back(better_claim(doubled, nearest, bits));
  }
  return claims;
}

}  // namespace zipml
