#include "experiments/compare/stream_compare.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "engine/data/number_stream.h"
#include "experiments/compare/distribution.h"
#include "tests/unit/compare/number_bytes.h"
#include "tests/unit/data/data_files.h"

using namespace zipml;
using namespace zipml::test;

namespace {

constexpr std::size_t kRows = 400'000, kCols = 4;  // more than one part

/// Lognormal columns, one of them constant, with gaps in another.
std::vector<float> table_values() {
  std::vector<float> values = generate(parse_distribution("lognormal"), kRows * kCols, 3);
  for (std::size_t r = 0; r < kRows; ++r) values[r * kCols + 2] = 0.1f;
  values[5 * kCols + 1] = std::numeric_limits<float>::quiet_NaN();
  values[300'000 * kCols + 1] = -std::numeric_limits<float>::infinity();
  return values;
}

std::string npy_of(const std::vector<float>& values, std::size_t rows, std::size_t cols,
                   const char* order = "False") {
  return npy_bytes("{'descr': '<f4', 'fortran_order': " + std::string(order) + ", 'shape': (" +
                       std::to_string(rows) + ", " + std::to_string(cols) + "), }",
                   float_bytes(values));
}

void require_same(const CompareOutcome& parts, const CompareOutcome& whole) {
  REQUIRE(parts.lines.size() == whole.lines.size());
  for (std::size_t i = 0; i < parts.lines.size(); ++i) {
    const Comparison &a = parts.lines[i], &b = whole.lines[i];
    INFO(column_title(a.column) << ", " << a.levels << ", " << a.bits << " bits, " << a.rounding);
    REQUIRE(a.column == b.column);
    REQUIRE(a.levels == b.levels);
    REQUIRE(a.bits == b.bits);
    REQUIRE(a.rounding == b.rounding);
    REQUIRE(a.level_values == b.level_values);
    REQUIRE(a.mean_variance.has_value() == b.mean_variance.has_value());
    if (!a.mean_variance) continue;
    REQUIRE(*a.mean_variance == Approx(*b.mean_variance).epsilon(1e-12));
    REQUIRE(*a.vnmse == Approx(*b.vnmse).epsilon(1e-12));
    REQUIRE(*a.max_error == *b.max_error);
  }
  REQUIRE(parts.notes == whole.notes);
}

}  // namespace

TEST_CASE("a file read in parts gives what it gives at once", "[compare][stream]") {
  const DataFolder folder;
  const auto path = folder.write("a.npy", npy_of(table_values(), kRows, kCols));
  CompareOptions options{
      .levels = default_levels({"uniform", "log", "optimal_histogram", "optimal_candidates"}),
      .bits = {2, 4},
      .roundings = {"stochastic", "nearest"}};
  options.levels.push_back({"mine", choose(level_strategies().family(), "given",
                                           {{"values", std::vector<double>{0, 1, 2, 1000}}})});
  options.bits = {2};
  ColumnRequest request;
  request.path = path;
  for (const bool pooled : {false, true}) {
    request.pooled = pooled;
    std::size_t last_row = 0;
    int last_pass = 0;
    options.threads = pooled ? 1 : 3;
    const CompareOutcome parts = compare_stream(request, options, [&](int pass, std::size_t rows) {
      CHECK((pass > last_pass || rows > last_row));
      last_pass = pass;
      last_row = rows;
    });
    CHECK(last_pass == 3);
    CHECK(last_row == kRows);
    require_same(parts, compare_columns(load_columns(request), options));
  }
  request.pooled = false;
  request.columns = {2, 4};
  request.rows = 270'000;
  require_same(compare_stream(request, options), compare_columns(load_columns(request), options));
}

TEST_CASE("stochastic bucketing of a column is the same in parts", "[compare][stream]") {
  const DataFolder folder;
  const std::vector<float> values = generate(parse_distribution("normal"), 1'500'000, 1);
  ColumnRequest request;
  request.path = folder.write("a.f32", float_bytes(values));
  const CompareOptions options{.levels = {{"drawn", choose(level_strategies().family(), "optimal_histogram",
                                                           {{"bucketing", std::string("stochastic")}})}},
                               .bits = {3},
                               .roundings = {"stochastic"}};
  require_same(compare_stream(request, options), compare_columns(load_columns(request), options));
}

TEST_CASE("what cannot be read in parts is said", "[compare][stream]") {
  const DataFolder folder;
  const std::vector<float> few = {1, 2, 3, 4, 5, 6};
  const CompareOptions uniform{.levels = default_levels({"uniform"}), .bits = {2}, .roundings = {"nearest"}};
  const auto message = [&](const std::filesystem::path& path, const CompareOptions& options) {
    ColumnRequest request;
    request.path = path;
    const std::string text = error_of([&] { compare_stream(request, options); });
    return text.substr(text.find(folder.path().string()) == 0 ? path.string().size() : 0);
  };
  CHECK(message(folder.write("a.csv", "1,2\n"), uniform) ==
        ": cannot be read in parts; allowed: .npy, .f32 and .f64 files");
  CHECK(message(folder.write("a.npy", npy_of(few, 3, 2, "True")), uniform) ==
        ": is in Fortran order; to be read in parts, a .npy file must be in C order");
  CHECK(message(folder.write("b.npy", npy_of(few, 4, 2)), uniform) ==
        ": ends before what its header announces (truncated)");
  CHECK(message(folder.write("c.npy", npy_of(few, 2, 2)), uniform) ==
        ": has bytes after the end that its header announces");
  CHECK(message(folder.write("a.f32", float_bytes(few) + "x"), uniform) ==
        ": ends with 1 bytes that are no whole number");
  const auto good = folder.write("d.npy", npy_of(few, 3, 2));
  CompareOptions all = uniform;
  all.levels = default_levels({"optimal", "uniform"});
  ColumnRequest request;
  request.path = good;
  CHECK(compare_stream(request, all).notes ==
        std::vector<std::string>{
            "levels 'optimal' need all values at once and are left out: the file is read in parts"});
  all.levels = default_levels({"optimal"});
  CHECK(message(good, all).find("no strategy is left") == 0);
}

TEST_CASE("rows come some at a time, whatever their number", "[compare][stream]") {
  const DataFolder folder;
  const std::vector<float> values = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  const auto path = folder.write("a.npy", npy_of(values, 5, 2));
  for (std::size_t rows = 1; rows < 8; ++rows) {
    NumberStream stream(path, {});
    CHECK(stream.cols() == 2);
    std::vector<float> all, part;
    while (stream.next(rows, part)) {
      CHECK(part.size() <= 2 * rows);
      all.insert(all.end(), part.begin(), part.end());
    }
    CHECK(all == values);
    CHECK_FALSE(stream.next(rows, part));
  }
}
