#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/data/hdf5_file.h"

namespace zipml {

/// Quantization levels as a result file holds them: one set for all columns, or one a column, of `count`
/// levels each.
struct StoredLevels {
  std::string strategy;          ///< that found them
  bool scaled_by_rows = false;   ///< levels of the unit interval, which every row multiplies by its l2 norm
  std::size_t count = 0;         ///< levels of a set
  std::vector<float> low, step;  ///< uniform levels, an entry a set: level i is low + step * i in float32
  std::vector<float> values;     ///< otherwise: sets x count, row-major, each set ascending

  std::size_t sets() const { return values.empty() ? low.size() : values.size() / count; }
  /// The levels of one set, ascending.
  std::vector<float> set(std::size_t index) const;

  bool operator==(const StoredLevels&) const = default;
};

/// Writes the group /levels: attributes strategy, scaled_by_rows (0 | 1), count; data sets low and step
/// (1-D), or values (sets x count).
void write_levels(Hdf5Writer& file, const StoredLevels& levels);

/// Reads the group /levels. Throws InputError naming the file where it is not what write_levels() makes: 2 to
/// 65536 finite, ascending levels a set, at least one set.
StoredLevels read_levels(const Hdf5Reader& file);

/// The levels in a result file. Throws InputError naming the file if it is missing, damaged, written by
/// another program, or has none.
StoredLevels load_levels(const std::filesystem::path& path);

}  // namespace zipml
