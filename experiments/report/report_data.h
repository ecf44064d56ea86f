#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "experiments/report/claims.h"
#include "experiments/report/run_set.h"

namespace zipml {

/// A claim with what stands behind its finding.
struct ReportedClaim {
  ClaimResult result;
  std::vector<std::string>
      commands;  ///< that make the runs used, each once; where none was, those to begin with
  std::vector<std::string> commits;  ///< that the runs used were made at, each once
  std::string scale;      ///< "paper", "quick" or "paper and quick", that the runs used were asked for with;
                          ///< empty where there is none or results of older versions do not say
  bool stand_in = false;  ///< some run used a generated stand-in for the paper's data
  std::uint64_t bytes_moved = 0;  ///< by the runs used, see bytes_moved()
};

/// One number of a run that data tables show.
struct Quantity {
  std::string name;
  std::string unit;  ///< "%", "B", "s", "dB", "bits" or none
};

/// The runs of one setting, that differ in nothing but their seed.
struct DataRow {
  std::string panel, series;
  std::string setting;  ///< what tells the row from others of its figure: "samples.bits 4, solver.epochs 20"
  std::string dataset;  ///< title
  std::vector<std::uint64_t> seeds;  ///< ascending
  std::vector<std::string> runs;     ///< ids, in the order of the seeds
  std::size_t diverged = 0;
  std::vector<Interval> values;   ///< medians with intervals, an entry a quantity of the figure; NaN: none
  std::uint64_t bytes_moved = 0;  ///< all seeds
};

/// All runs of one config.
struct FigureReport {
  std::string name;                 ///< of the config
  std::vector<std::size_t> claims;  ///< indices into the report's
  std::vector<Quantity> quantities;
  std::vector<DataRow> rows;
  Json common;                        ///< the part of the resolved config that all runs share
  std::vector<std::string> commands;  ///< as in ReportedClaim
  std::uint64_t bytes_moved = 0;
  std::vector<std::size_t> environments;  ///< indices into the report's
};

/// Where and with what runs were computed.
struct Environment {
  std::string zipml_version, git_commit, compiler, flags, libraries, cpu_model, instruction_set;
  std::int64_t cpus = 0;  ///< 0: not known
  std::size_t runs = 0;
};

/// Data as it was read.
struct DataUsed {
  std::string title, stand_in_for, checksum;
  std::vector<std::string> source_files;  ///< "name sha256"; empty for generated data
  std::uint64_t train_rows = 0, test_rows = 0, features = 0;
  std::size_t runs = 0;
};

/// Everything that a report says, whatever its format.
struct ReportData {
  std::vector<ReportedClaim> claims;
  std::vector<FigureReport> figures;  ///< those with claims in the claims' order, then the others by name
  std::vector<Environment> environments;
  std::vector<DataUsed> data;  ///< sorted by title
  std::size_t runs = 0;
  std::vector<std::string> problems;  ///< of files that could not be used, see problem_lines()
};

/// Bytes that a run moved: samples as stored, model and gradient channel, sinogram; where it was only timed
/// on an engine, the engine's.
std::uint64_t bytes_moved(const Run& run);

/// Evaluates every claim and gathers the rest.
ReportData make_report(const RunSet& set);

}  // namespace zipml
