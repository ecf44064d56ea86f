#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/data/preprocess.h"
#include "engine/tomography/reconstruction.h"
#include "experiments/config/run_spec.h"

namespace zipml {

/// One prepared data set, shared by all runs that use it.
class CachedData {
 public:
  /// Loads and prepares. Throws InputError on bad files.
  CachedData(const RunSpec& spec, const DataContext& context);

  const PreparedData& prepared() const { return prepared_; }
  const std::string& checksum() const { return checksum_; }  ///< content_checksum() before preprocessing

  /// What a run on the data set `tomography` reconstructs; nullptr for any other.
  const Scan* scan() const { return scan_.get(); }

  /// exact_least_squares_minimum(), computed at the first call; nothing where it has too many columns.
  std::optional<double> exact_minimum(int threads) const;

 private:
  PreparedData prepared_;
  std::string checksum_;
  std::unique_ptr<const Scan> scan_;
  mutable std::once_flag exact_once_;
  mutable std::optional<double> exact_minimum_;
};

/// Prepared data sets, each built once for all who wait for it and dropped as soon as nobody needs it any
/// more. Safe to use from many threads.
class DataCache {
 public:
  explicit DataCache(DataContext context) : context_(std::move(context)) {}

  /// Announces one user of the spec's data: a later get() and release().
  void expect(const RunSpec& spec);
  /// The data; a failure to load is thrown to everyone who asks.
  std::shared_ptr<const CachedData> get(const RunSpec& spec);
  /// Takes one announcement back.
  void release(const RunSpec& spec);

  /// Training rows times columns (of a scan: weights of its rays, all slices), if the data is or was loaded;
  /// for estimates.
  std::optional<double> size(const RunSpec& spec) const;

  /// Data sets held now.
  std::size_t held() const;

 private:
  struct Entry {
    std::size_t users = 0;
    std::mutex loading;
    std::shared_ptr<const CachedData> data;  ///< guarded by `loading`, as the next
    std::exception_ptr failure;
  };

  DataContext context_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Entry>> entries_;
  std::map<std::string, double> sizes_;
};

}  // namespace zipml
