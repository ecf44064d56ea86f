#include "experiments/compare/columns.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "engine/core/error.h"
#include "engine/data/byte_source.h"
#include "engine/data/csv_reader.h"
#include "engine/data/hdf5_file.h"
#include "engine/data/libsvm_reader.h"
#include "engine/data/line_reader.h"
#include "engine/data/npy_reader.h"
#include "engine/data/raw_reader.h"
#include "engine/quantize/row_sample.h"

namespace zipml {
namespace {

/// A rectangle of numbers, whatever holds it.
struct NumberTable {
  std::size_t rows = 0, cols = 0;
  std::function<float(std::size_t row, std::size_t col)> at;
};

NumberTable table_of(NumberArray array) {
  const std::size_t rows = array.rows, cols = array.cols;
  auto values = std::make_shared<const std::vector<float>>(std::move(array.values));
  return {rows, cols, [values, cols](std::size_t r, std::size_t c) { return (*values)[r * cols + c]; }};
}

NumberTable read_hdf5(const ColumnRequest& request) {
  const Hdf5Reader file(request.path);
  const std::vector<std::size_t> shape = file.shape(request.object);
  if (shape.empty() || shape.size() > 2) {
    throw InputError(request.path.string() + ": '" + request.object + "' has " +
                     std::to_string(shape.size()) + " dimensions; allowed: 1 or 2");
  }
  NumberArray array;
  array.rows = request.rows != 0 ? std::min(request.rows, shape[0]) : shape[0];
  array.cols = shape.size() == 2 ? shape[1] : 1;
  array.values.resize(array.rows * array.cols);
  if (!array.values.empty()) {
    file.read_rows<float>(request.object, 0, array.rows, std::span<float>(array.values));
  }
  return table_of(std::move(array));
}

NumberTable read_text(const ColumnRequest& request, bool csv) {
  LabelClasses no_classes(Task::regression);
  const ReadLimits limits{.rows = request.rows, .features = 0, .allow_gaps = true};
  const auto table = std::make_shared<const RowTable>(csv ? read_csv(request.path, {}, limits, no_classes)
                                                          : read_libsvm(request.path, limits, no_classes));
  const std::size_t features = table->width();
  const auto split = std::make_shared<const Split>(table->split(0, table->rows(), features));
  // The CSV reader takes the last column for the labels; here it is a column as any other.
  return {table->rows(), features + (csv ? 1 : 0), [split, features](std::size_t r, std::size_t c) {
            return c < features ? split->features(r, c) : split->labels[r];
          }};
}

std::string ending_of(std::filesystem::path path) {
  std::string ending = path.extension().string();
  if (ending == ".gz" || ending == ".bz2" || ending == ".xz") {
    ending = path.replace_extension().extension().string();
  }
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return ending;
}

std::string first_bytes(const std::filesystem::path& path) {
  std::array<char, 6> start{};
  return {start.data(), ByteSource(path).read(start)};
}

std::optional<RawType> raw_type(const std::filesystem::path& path) {
  const std::string ending = ending_of(path);
  if (ending == ".f32") return RawType::float32;
  if (ending == ".f64") return RawType::float64;
  return {};
}

bool is_npy(const std::filesystem::path& path) {
  return ending_of(path) == ".npy" || first_bytes(path) == "\x93NUMPY";
}

bool looks_like_csv(const std::filesystem::path& path) {
  LineReader lines(path);
  std::string_view line;
  while (lines.next(line)) {
    if (line.find_first_not_of(" \t") != std::string_view::npos) {
      return line.find(':') == std::string_view::npos;
    }
  }
  throw InputError(path.string() + ": holds no values");
}

NumberTable read_table(const ColumnRequest& request) {
  if (const std::optional<RawType> raw = raw_type(request.path)) {
    return table_of(read_raw(request.path, *raw, request.rows));
  }
  if (is_npy(request.path)) return table_of(read_npy(request.path, request.rows));
  const std::string ending = ending_of(request.path);
  const std::string begin = first_bytes(request.path);
  if (ending == ".h5" || ending == ".hdf5" || begin.starts_with("\x89HDF")) return read_hdf5(request);
  const bool named_csv = ending == ".csv" || ending == ".tsv";
  const bool named_libsvm = ending == ".libsvm" || ending == ".svm";
  return read_text(request, named_csv || (!named_libsvm && looks_like_csv(request.path)));
}

}  // namespace

CompareColumn make_column(std::int64_t number, const std::vector<float>& values,
                          const std::vector<std::size_t>& sample) {
  CompareColumn column{.number = number, .values = {}, .sample = {}, .left_out = 0};
  column.values.reserve(values.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool sampled = next < sample.size() && sample[next] == i;
    if (sampled) ++next;
    if (!std::isfinite(values[i])) continue;
    if (sampled) column.sample.push_back(column.values.size());
    column.values.push_back(values[i]);
  }
  column.left_out = values.size() - column.values.size();
  return column;
}

std::string column_title(std::int64_t number) {
  return number == 0 ? "all columns" : "column " + std::to_string(number);
}

std::vector<std::int64_t> requested_columns(const ColumnRequest& request, std::size_t cols) {
  std::vector<std::int64_t> numbers = request.columns;
  for (const std::int64_t number : numbers) {
    if (static_cast<std::size_t>(number) <= cols) continue;
    throw InputError(request.path.string() + ": --columns names column " + std::to_string(number) +
                     "; the file has " + std::to_string(cols));
  }
  for (std::size_t c = 1; request.columns.empty() && c <= cols; ++c) {
    numbers.push_back(static_cast<std::int64_t>(c));
  }
  return numbers;
}

std::optional<RawType> part_type(const std::filesystem::path& path) {
  if (const std::optional<RawType> raw = raw_type(path)) return raw;
  if (is_npy(path)) return {};
  throw InputError(path.string() + ": cannot be read in parts; allowed: .npy, .f32 and .f64 files");
}

std::vector<CompareColumn> load_columns(const ColumnRequest& request) {
  const NumberTable table = read_table(request);
  if (table.cols == 0) throw InputError(request.path.string() + ": holds no columns");
  const std::vector<std::int64_t> numbers = requested_columns(request, table.cols);
  std::vector<std::size_t> sample;
  if (request.sample_rows != 0 && request.sample_rows < table.rows) {
    sample = sample_rows(table.rows, request.sample_rows, request.seed);
  }
  std::vector<CompareColumn> columns;
  std::vector<float> values;
  for (const std::int64_t number : numbers) {
    const auto c = static_cast<std::size_t>(number) - 1;
    if (!request.pooled) values.clear();
    for (std::size_t r = 0; r < table.rows; ++r) values.push_back(table.at(r, c));
    if (!request.pooled) columns.push_back(make_column(number, values, sample));
  }
  if (request.pooled) {
    const std::vector<std::size_t> one = sample;
    for (std::size_t c = 1; c < numbers.size(); ++c) {
      for (const std::size_t r : one) sample.push_back(c * table.rows + r);
    }
    columns.push_back(make_column(0, values, sample));
  }
  return columns;
}

}  // namespace zipml
