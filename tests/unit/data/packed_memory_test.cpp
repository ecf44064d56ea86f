#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>

#include "engine/data/dataset.h"
#include "engine/data/hdf5_file.h"
#include "engine/data/preprocess.h"
#include "engine/data/row_table.h"
#include "tests/unit/data/data_files.h"

using namespace zipml;
using namespace zipml::test;

namespace {

using Given = std::vector<std::pair<std::string, ParameterValue>>;

std::int64_t operator""_i(unsigned long long value) { return static_cast<std::int64_t>(value); }

Dataset load(const std::string& kind, Given given, const char* memory) {
  given.emplace_back("memory", std::string(memory));
  return load_dataset(choose(datasets().family(), kind, std::move(given)), {});
}

// All rows that a split visits, and how many blocks they came in. Blocks must be as RowSource says.
struct Gathered {
  Matrix rows;
  int blocks = 0;
};

Gathered gather(const Split& split) {
  Gathered all{Matrix(split.rows(), split.features.cols())};
  std::size_t next = 0;
  split.visit([&](std::size_t first, const Matrix& block) {
    REQUIRE(first == next);
    REQUIRE(first % RowSource::kGrain == 0);
    REQUIRE(block.cols() == all.rows.cols());
    next += block.rows();
    REQUIRE(next <= all.rows.rows());
    for (std::size_t r = 0; r < block.rows(); ++r)
      std::copy(block.row(r).begin(), block.row(r).end(), all.rows.row(first + r).begin());
    ++all.blocks;
  });
  REQUIRE(next == all.rows.rows());
  return all;
}

bool same_bits(const Matrix& a, const Matrix& b) {
  if (a.rows() != b.rows() || a.cols() != b.cols()) return false;
  for (std::size_t r = 0; r < a.rows(); ++r) {
    if (std::memcmp(a.row(r).data(), b.row(r).data(), a.cols() * sizeof(float)) != 0) return false;
  }
  return true;
}

// Loads both ways; the streamed one must visit `blocks` blocks, twice to the same values.
void check_same(const std::string& kind, const Given& given, int blocks) {
  INFO(kind);
  const Dataset kept = load(kind, given, "float32"), packed = load(kind, given, "packed");
  REQUIRE(kept.train.source == nullptr);
  REQUIRE(packed.train.source != nullptr);
  REQUIRE(packed.train.features.rows() == 0);
  REQUIRE(packed.features() == kept.features());
  REQUIRE(packed.train.rows() == kept.train.rows());
  REQUIRE(packed.train.labels == kept.train.labels);
  for (int visit = 0; visit < 2; ++visit) {
    const Gathered all = gather(packed.train);
    REQUIRE(all.blocks == blocks);
    REQUIRE(same_bits(all.rows, kept.train.features));
  }
  REQUIRE(packed.test.source == nullptr);
  REQUIRE(packed.test.labels == kept.test.labels);
  REQUIRE(same_bits(packed.test.features, kept.test.features));
  REQUIRE(content_checksum(packed) == content_checksum(kept));
}

// Sparse rows, so that many columns are few bytes; the widest row stands near the end.
std::string sparse_rows(int rows, int width, const char* low, const char* high) {
  std::string text;
  for (int r = 0; r < rows; ++r) {
    text += r % 3 == 0 ? low : high;
    text += " " + std::to_string(1 + r % 7) + ":" + std::to_string(r) + ".25";
    if (r == rows - 5) text += " " + std::to_string(width) + ":-3";
    text += "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("rows that are not kept: the generator makes the same ones again", "[data][memory]") {
  check_same("synthetic", {{"features", 4100_i}, {"train_rows", 2100_i}, {"test_rows", 20_i}}, 3);
  check_same("synthetic", {{"features", 3_i}, {"train_rows", 1500_i}, {"test_rows", 0_i}}, 1);
}

TEST_CASE("rows that are not kept: LIBSVM text, its last rows for testing", "[data][memory]") {
  const DataFolder folder;
  const std::string path = folder.write("mine.txt", sparse_rows(2200, 4200, "3", "5")).string();
  const std::string other = folder.write("other.txt.gz", gzipped(sparse_rows(40, 9, "3", "5"))).string();
  const std::string task = "classification";
  check_same("libsvm", {{"path", path}, {"test_rows", 90_i}, {"task", task}}, 3);
  check_same("libsvm", {{"path", path}, {"test_path", other}, {"train_rows", 1024_i}}, 1);
  check_same("libsvm", {{"path", other}, {"test_path", path}, {"test_rows", 7_i}, {"features", 5000_i}}, 1);
}

TEST_CASE("rows that are not kept: CSV text with a header", "[data][memory]") {
  const DataFolder folder;
  std::string text = "a;y;b\n";
  for (int r = 0; r < 3000; ++r)
    text += std::to_string(r) + ";" + std::to_string(r % 2) + ";" + std::to_string(r * r) + "e-3\n";
  const std::string path = folder.write("mine.csv", text).string();
  check_same("csv", {{"path", path}, {"label", std::string("y")}, {"test_rows", 5_i}}, 1);
}

TEST_CASE("rows that are not kept: HDF5", "[data][memory]") {
  const DataFolder folder;
  constexpr std::size_t kRows = 2060, kCols = 4097;
  std::vector<float> features(kRows * kCols), labels(kRows);
  for (std::size_t i = 0; i < features.size(); ++i) features[i] = static_cast<float>(i % 1009) - 500.0f;
  for (std::size_t r = 0; r < kRows; ++r) labels[r] = static_cast<float>(r);
  Hdf5Writer writer(folder.path() / "mine.h5");
  writer.matrix<float>("/features", kRows, kCols, features);
  writer.array("/labels", labels);
  writer.save();
  const std::string path = (folder.path() / "mine.h5").string();
  check_same("hdf5", {{"path", path}, {"test_rows", 4_i}}, 3);
}

TEST_CASE("a file that changes while its rows are needed again is noticed", "[data][memory]") {
  const DataFolder folder;
  const std::string path = folder.write("mine.csv", "1,2\n3,4\n").string();
  const Dataset data = load("csv", {{"path", path}}, "packed");
  folder.write("mine.csv", "1,2\n3,4\n5,6\n");
  CHECK_THROWS_WITH(gather(data.train), path +
                                            ": has changed since its rows were first read; with \"memory\": "
                                            "\"packed\" they are read again and again while a run lasts");
  std::filesystem::remove(path);
  CHECK_THROWS_AS(gather(data.train), InputError);
}

TEST_CASE("mistakes late in a file are found before anything is trained", "[data][memory]") {
  const DataFolder folder;
  std::string text = sparse_rows(1500, 8, "1", "2");
  const std::string path = folder.write("mine.txt", text + "1 2:x\n").string();
  CHECK_THROWS_WITH(load("libsvm", {{"path", path}}, "packed"), Catch::Contains("mine.txt:1501: "));
  const std::string third = folder.write("third.txt", text + "7 1:1\n").string();
  CHECK_THROWS_WITH(load("libsvm", {{"path", third}, {"task", std::string("classification")}}, "packed"),
                    Catch::Contains("third.txt:1501: label 7 is a third class"));
}

TEST_CASE("preprocessing of rows that are not kept has the same bits", "[data][memory]") {
  const Given given = {{"features", 4100_i}, {"train_rows", 2100_i}, {"test_rows", 20_i}};
  for (const char* features : {"none", "center", "standardize", "scale"}) {
    for (const char* labels : {"none", "standardize", "scale"}) {
      if (std::string(features) != "standardize" && std::string(labels) != "none") continue;
      INFO(features << ", labels " << labels);
      Parameters options;
      options.set("features", std::string(features));
      options.set("labels", std::string(labels));
      options.set("intercept", true);
      options.set("report", std::string("original"));
      const PreparedData kept = preprocess(load("synthetic", given, "float32"), options),
                         packed = preprocess(load("synthetic", given, "packed"), options);
      REQUIRE(packed.features.offset == kept.features.offset);
      REQUIRE(packed.features.scale == kept.features.scale);
      REQUIRE(packed.label_offset == kept.label_offset);
      REQUIRE(packed.label_scale == kept.label_scale);
      REQUIRE(packed.data.train.labels == kept.data.train.labels);
      REQUIRE(packed.data.features() == 4101);
      REQUIRE(same_bits(gather(packed.data.train).rows, kept.data.train.features));
      REQUIRE(same_bits(packed.data.test.features, kept.data.test.features));
    }
  }
}
