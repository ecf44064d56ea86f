#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/data/raw_reader.h"

namespace zipml {

/// One column to quantize.
struct CompareColumn {
  std::int64_t number = 0;               ///< from 1; 0 for all columns pooled
  std::vector<float> values;             ///< finite ones, in the order of the rows
  std::vector<std::size_t> sample = {};  ///< indices of the values that levels are found on; empty: all
  std::size_t left_out = 0;              ///< NaN, infinities, empty CSV fields, magnitudes beyond float32
};

/// What of a file is looked at.
struct ColumnRequest {
  std::filesystem::path path;
  std::string object = "/features";        ///< data set of an HDF5 file
  std::size_t rows = 0;                    ///< first rows only; 0: all
  std::vector<std::int64_t> columns = {};  ///< from 1; empty: all
  std::size_t sample_rows = 0;             ///< rows, drawn by the seed, for the columns' sample; 0: all
  std::uint64_t seed = 0;
  bool pooled = false;  ///< the columns' values as one column
};

/// Reads the columns of a file. What it is, is told by its content (.npy, HDF5), for raw numbers by the
/// ending .f32 or .f64, otherwise by .csv or .tsv, and for other text by a ':' in its first line (LIBSVM) or
/// none (CSV). Text and arrays may be packed. Of LIBSVM the labels are no column; of CSV every column is one.
/// Throws InputError naming the file.
std::vector<CompareColumn> load_columns(const ColumnRequest& request);

/// Copies finite values to a column, counting the others. `sample`: ascending indices of those that levels
/// are found on; empty: all.
CompareColumn make_column(std::int64_t number, const std::vector<float>& values,
                          const std::vector<std::size_t>& sample = {});

/// "column 3", or "all columns" for 0.
std::string column_title(std::int64_t number);

/// The columns that a request names, of a file that has `cols`. Throws InputError naming the file.
std::vector<std::int64_t> requested_columns(const ColumnRequest& request, std::size_t cols);

/// What kind of rows a file has that can be read in parts: raw numbers, .npy (nothing), or neither
/// (InputError).
std::optional<RawType> part_type(const std::filesystem::path& path);

}  // namespace zipml
