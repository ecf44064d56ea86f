#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/component.h"
#include "engine/core/matrix.h"
#include "engine/core/row_source.h"
#include "engine/core/task.h"

namespace zipml {

/// Rows of one split. labels.size() == rows(); classification labels are -1 or +1, multiclass ones
/// 0 .. classes - 1.
struct Split {
  Matrix features;  ///< of a split with a source: no rows, but its columns
  std::vector<float> labels;
  /// The rows where they are not kept in memory.
  std::shared_ptr<const RowSource> source = nullptr;

  std::size_t rows() const { return source ? source->rows() : features.rows(); }

  /// As RowSource::visit(), wherever the rows are.
  void visit(const RowSource::Use& use) const {
    if (source) return source->visit(use);
    use(0, features);
  }
};

/// How the features of one row form an image: channel by channel, each row by row. All 0: they do not.
struct ImageShape {
  std::int64_t channels = 0, height = 0, width = 0;
  std::int64_t size() const { return channels * height * width; }
  friend bool operator==(const ImageShape&, const ImageShape&) = default;
};

/// A file that data came from.
struct SourceFile {
  std::filesystem::path path;
  std::uint64_t bytes = 0;  ///< as stored, compressed or not
  std::string sha256;       ///< 64 hex digits, of the file as stored
};

/// Features, labels and where they came from. Immutable once made.
struct Dataset {
  std::string name;   ///< honest: a stand-in is never called by the name of the set that it stands for
  std::string title;  ///< for figures, for instance "year-like (generated stand-in for YearPredictionMSD)"
  Task task = Task::regression;
  Split train, test;                ///< test may have no rows
  std::vector<SourceFile> sources;  ///< empty for generated data
  std::string stand_in_for;         ///< empty unless this is a stand-in
  ImageShape image;                 ///< of multiclass sets
  int classes = 0;                  ///< of multiclass sets

  std::size_t features() const { return train.features.cols(); }
};

/// Where data sets look for their files, and what they are allowed to use.
struct DataContext {
  std::filesystem::path data_dir;  ///< empty: no data folder given
  /// Bytes that a data set may take; a file that needs more is refused.
  std::uint64_t memory = std::uint64_t{1} << 46;
};

using DatasetFactory = Dataset (*)(const Parameters&, const DataContext&);

/// Every data set kind: generators (`synthetic`, `gisette-like`, ...), known sets (`cadata`, ...) and the
/// user's own files (`libsvm`, `csv`, `hdf5`). Factories throw InputError (with file and line) on bad files.
const Registry<DatasetFactory>& datasets();

/// What a choice means on this machine. A known set whose files are not in the data dir becomes its stand-in
/// where the choice allows one (parameter `stand_in`); otherwise InputError says which file is missing and
/// where it can be had. Files are named with their sha256, so that a run's identity covers the data it read.
struct ResolvedDataset {
  ComponentChoice choice;           ///< the kind that will really be loaded, never a missing one
  std::vector<SourceFile> sources;  ///< files that it will read
};
ResolvedDataset resolve_dataset(const ComponentChoice& choice, const DataContext& context);

/// The choice asks for training rows that are not kept at float32 (parameter `memory`): its training split
/// will have a source. Test rows are kept.
bool keeps_packed_only(const ComponentChoice& choice);

/// Task of a choice, known without reading any file (the user's own files say it in their parameter `task`).
Task dataset_task(const ComponentChoice& choice);

/// Loads or generates a resolved choice.
Dataset load_dataset(const ComponentChoice& choice, const DataContext& context);

/// sha256 over names, shapes, labels and feature bits (padding excluded) of both splits: 64 hex digits.
std::string content_checksum(const Dataset& dataset);

}  // namespace zipml
