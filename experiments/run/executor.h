#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "experiments/config/run_spec.h"
#include "experiments/results/result_file.h"
#include "experiments/run/data_cache.h"
#include "experiments/run/run_stage.h"

namespace zipml {

/// True once the work under way should end without a result. Asked after every epoch.
using StopCheck = std::function<bool()>;

/// Runs of the spec give the same bits again. Not so without locks, and not in LibTorch, which promises no
/// equal bits between its versions and instruction sets.
bool is_reproducible(const RunSpec& spec);

/// What the runner schedules: tunings and runs. Any thread may call any member. An interface, so that
/// scheduling can be tested without training.
class RunExecutor {
 public:
  virtual ~RunExecutor() = default;

  /// Announces one later tune() or execute() of the spec; release() takes it back when that has ended.
  virtual void expect(const RunSpec& spec) = 0;
  virtual void release(const RunSpec& spec) = 0;

  /// `report` of the next two is called where a stage begins and after every epoch.

  /// Makes the step size of spec.tuning_key known; comes before any execute() with that key. False if it was
  /// stopped.
  virtual bool tune(const RunSpec& spec, int threads, const StopCheck& stop, const StageReport& report) = 0;

  /// Trains or measures; nothing if it was stopped. Throws InputError on bad data.
  virtual std::optional<ResultFile> execute(const RunSpec& spec, int threads, const StopCheck& stop,
                                            const StageReport& report) = 0;

  /// Training rows times columns of the spec's data, for estimates; nothing before the data was loaded.
  virtual std::optional<double> data_size(const RunSpec& spec) const = 0;
};

/// Runs on the engine. Tunings are kept in memory and as OUT/_tuning/<key>.h5, where later programs find
/// them; two programs may compute the same one twice, with the same outcome.
class EngineExecutor : public RunExecutor {
 public:
  struct Options {
    std::filesystem::path out;
    DataContext data;
    std::string config_options = {};  ///< as typed, for the provenance
    bool force = false;               ///< do not trust tunings that are on the disk
  };
  explicit EngineExecutor(Options options);

  void expect(const RunSpec& spec) override;
  void release(const RunSpec& spec) override;
  bool tune(const RunSpec& spec, int threads, const StopCheck& stop, const StageReport& report) override;
  std::optional<ResultFile> execute(const RunSpec& spec, int threads, const StopCheck& stop,
                                    const StageReport& report) override;
  std::optional<double> data_size(const RunSpec& spec) const override;

 private:
  bool train_run(const RunSpec& spec, const CachedData& data, int threads, const StopCheck& stop,
                 const StageReport& report, ResultFile& result) const;
  bool train_network_run(const RunSpec& spec, const CachedData& data, const StopCheck& stop,
                         const StageReport& report, ResultFile& result) const;
  std::optional<Tuning> known_tuning(const std::string& key) const;

  Options options_;
  DataCache cache_;
  mutable std::mutex mutex_;
  std::map<std::string, Tuning> tunings_;
};

}  // namespace zipml
