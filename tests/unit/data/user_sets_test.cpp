#include <catch2/catch.hpp>
#include <limits>

#include "engine/data/dataset.h"
#include "engine/data/hdf5_file.h"
#include "tests/unit/data/data_files.h"

using namespace zipml;
using namespace zipml::test;

namespace {

using Given = std::vector<std::pair<std::string, ParameterValue>>;

Dataset load(const std::string& kind, Given given, const DataContext& context = {}) {
  return load_dataset(choose(datasets().family(), kind, std::move(given)), context);
}

std::int64_t operator""_i(unsigned long long value) { return static_cast<std::int64_t>(value); }

std::string text(const std::filesystem::path& path) { return path.string(); }

std::vector<float> values_of(const Split& split) {
  std::vector<float> values;
  for (std::size_t r = 0; r < split.features.rows(); ++r) {
    values.insert(values.end(), split.features.row(r).begin(), split.features.row(r).end());
  }
  return values;
}

}  // namespace

TEST_CASE("a user's LIBSVM file: splits", "[data]") {
  const DataFolder folder;
  const std::string path = text(folder.write("mine.txt", "10 1:1\n20 1:2\n30 1:3 2:5\n40 1:4\n"));
  const std::string other = text(folder.write("other.txt", "50 1:6\n60 1:7 3:8\n"));

  Dataset data = load("libsvm", {{"path", path}});
  CHECK(data.name == "mine.txt");
  CHECK(data.train.labels == std::vector<float>{10, 20, 30, 40});
  CHECK(values_of(data.train) == std::vector<float>{1, 0, 2, 0, 3, 5, 4, 0});
  CHECK(data.test.labels.empty());
  CHECK(data.sources.at(0).sha256.size() == 64);

  data = load("libsvm", {{"path", path}, {"train_rows", 2_i}, {"test_rows", 1_i}});
  CHECK(data.train.labels == std::vector<float>{10, 20});
  CHECK(data.test.labels == std::vector<float>{30});

  data = load("libsvm", {{"path", path}, {"test_rows", 3_i}});
  CHECK(data.train.labels == std::vector<float>{10});
  CHECK(data.test.labels == std::vector<float>{20, 30, 40});

  data = load("libsvm", {{"path", path}, {"test_path", other}, {"train_rows", 1_i}});
  CHECK(values_of(data.train) == std::vector<float>{1, 0, 0});
  CHECK(values_of(data.test) == std::vector<float>{6, 0, 0, 7, 0, 8});
  CHECK(data.sources.size() == 2);

  data = load("libsvm", {{"path", path}, {"features", 4_i}});
  CHECK(data.features() == 4);

  CHECK(error_of([&] {
          load("libsvm", {{"path", path}, {"train_rows", 3_i}, {"test_rows", 2_i}});
        }) == path + ": 5 rows are asked for (train_rows, test_rows), 4 found");
  CHECK(error_of([&] {
          load("libsvm", {{"path", path}, {"test_rows", 4_i}});
        }) == path + ": no rows to train on");
  CHECK(error_of([&] {
          load("libsvm", {{"path", path}, {"test_path", other}, {"test_rows", 3_i}});
        }) == path + ": test_rows is 3, but the test file has 2 rows");
}

TEST_CASE("a user's classes are mapped alike in both splits", "[data]") {
  const DataFolder folder;
  const std::string path = text(folder.write("c.csv", "x,class\n1,2\n2,1\n3,2\n4,1\n"));
  const Dataset data =
      load("csv", {{"path", path}, {"task", std::string("classification")}, {"test_rows", 2_i}});
  CHECK(data.task == Task::classification);
  CHECK(data.train.labels == std::vector<float>{1, -1});
  CHECK(data.test.labels == std::vector<float>{1, -1});
}

TEST_CASE("a user's file is found as it is, below the data dir, and packed", "[data]") {
  const DataFolder folder;
  folder.write("sub/p.txt.gz", gzipped("1 1:1\n"));
  const std::string relative = "sub/p.txt";
  CHECK(load("libsvm", {{"path", relative}}, {folder.path()}).train.labels == std::vector<float>{1});
  CHECK(error_of([&] {
          load("libsvm", {{"path", std::string("sub/q.txt")}}, {folder.path()});
        }) == "data file not found: looked at 'sub/q.txt' and '" + (folder.path() / "sub/q.txt").string() +
                  "', also with .bz2, .gz and .xz");
}

TEST_CASE("a resolved choice names its content and insists on it", "[data]") {
  const DataFolder folder;
  const std::string path = text(folder.write("f", "1 1:1\n"));
  const ResolvedDataset resolved =
      resolve_dataset(choose(datasets().family(), "libsvm", {{"path", path}}), {});
  const std::string sum =
      "96fcd177435faea909174c76bbc167f4ad131d80e3160282d6ae53e5a7ab24f3";  // sha256sum of the file
  CHECK(resolved.sources.at(0).sha256 == sum);
  CHECK(resolved.choice.parameters.text("sha256") == sum);
  folder.write("f", "1 1:22\n");
  const std::string message = error_of([&] { load_dataset(resolved.choice, {}); });
  CHECK(message.find("insists on " + sum) != std::string::npos);
}

TEST_CASE("a user's HDF5 file: features, labels, test parts, other types", "[data][hdf5]") {
  const DataFolder folder;
  const auto path = folder.path() / "f.h5";
  Hdf5Writer writer(path);
  const std::vector<double> features = {1, 2, 3, 4, 5, 6};
  const std::vector<std::int32_t> test = {7, 8};
  writer.matrix("/features", 3, 2, std::span<const double>(features));
  writer.array("/labels", std::vector<std::int64_t>{10, 20, 30});
  writer.matrix("/held/out", 1, 2, std::span<const std::int32_t>(test));
  writer.array("/held/y", std::vector<float>{40});
  writer.array("/nan", std::vector<double>{1, 2, std::numeric_limits<double>::quiet_NaN()});
  writer.array("/short", std::vector<double>{1, 2});
  writer.save();

  Dataset data = load("hdf5", {{"path", text(path)}, {"test_rows", 1_i}});
  CHECK(values_of(data.train) == std::vector<float>{1, 2, 3, 4});
  CHECK(data.test.labels == std::vector<float>{30});
  data = load("hdf5", {{"path", text(path)},
                       {"test_features_at", std::string("/held/out")},
                       {"test_labels_at", std::string("/held/y")}});
  CHECK(data.train.labels == std::vector<float>{10, 20, 30});
  CHECK(values_of(data.test) == std::vector<float>{7, 8});

  const auto error = [&](const std::string& labels, Given given = {}) {
    given.emplace_back("path", text(path));
    given.emplace_back("labels_at", labels);
    return error_of([&] { load("hdf5", given); }).substr(text(path).size());
  };
  CHECK(error("/nan") ==
        ": '/nan' row 2, column 0: not finite as a 32-bit float; only finite numbers are allowed");
  CHECK(error("/short") == ": '/short' needs one label for each of the 3 rows of '/features'");
  CHECK(error("/none") == ": there is no data set '/none'");
  CHECK(error("/labels", {{"features", 3_i}}) == ": '/features' has 2 features; 3 are expected");
  CHECK(error("/labels", {{"features_at", std::string("/short")}}) ==
        ": '/short' needs two dimensions, rows x features, with 1 to 1048576 features");
}
