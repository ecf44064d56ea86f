#pragma once

#include <cstddef>
#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "experiments/results/folder_compare.h"
#include "experiments/run/runner.h"

namespace zipml {

/// Finished runs that are to be done again.
struct VerifySample {
  std::vector<PlannedRun> runs;
  std::size_t finished = 0;  ///< of the plan, those left out included
  std::size_t left_out = 0;  ///< finished, but not reproducible
};

/// Up to `count` of the plan's finished and reproducible runs, in the plan's order. Which ones is drawn with
/// a fixed seed from their ids: the same for the same plan, whatever its order.
VerifySample choose_sample(const std::vector<PlannedRun>& plan, std::size_t count);

/// What came of it.
struct Verification {
  std::size_t equal = 0, failed = 0;
  std::vector<RunDifference> differing;
  bool interrupted = false;

  /// 0 all equal; 1 some differ or failed; interrupted: see interrupted_exit_code().
  int exit_code() const;
};

/// Does the runs of the sample again with results in the folder `scratch`, step sizes tuned anew, and
/// compares them with those in options.out, into which nothing is written. The executor must keep its tunings
/// in `scratch` too.
Verification verify_runs(const VerifySample& sample, RunExecutor& executor, const RunnerOptions& options,
                         const std::filesystem::path& scratch, const StopCheck& stop, std::ostream& messages);

/// A new empty folder below the system's temporary one, removed at the end with all it holds. Throws IoError.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace zipml
