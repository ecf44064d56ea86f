#include "engine/data/known_sets.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "engine/data/dataset.h"
#include "tests/unit/data/data_files.h"

using namespace zipml;
using namespace zipml::test;

namespace {

using Given = std::vector<std::pair<std::string, ParameterValue>>;

ComponentChoice choice_of(const std::string& kind, Given given = {}) {
  return choose(datasets().family(), kind, std::move(given));
}

std::int64_t operator""_i(unsigned long long value) { return static_cast<std::int64_t>(value); }

/// `rows` lines of a set with `features` features; the label is the line's number, or its parity as a class.
std::string libsvm_lines(std::size_t rows, std::size_t features, bool classes) {
  std::string text;
  for (std::size_t r = 0; r < rows; ++r) {
    text += std::to_string(classes ? r % 2 : r) + " 1:0.5 " + std::to_string(features) + ":1\n";
  }
  return text;
}

/// The folder with real data, if there is one.
std::filesystem::path real_data_dir() {
  const char* folder = std::getenv("ZIPML_DATA_DIR");
  return folder != nullptr ? folder : "";
}

}  // namespace

TEST_CASE("without files a known set becomes its stand-in, honestly named", "[data]") {
  for (const KnownSet& set : known_sets()) {
    INFO(set.kind);
    const ResolvedDataset resolved =
        resolve_dataset(choice_of(set.kind, {{"train_rows", 20_i}, {"test_rows", 10_i}}), {});
    CHECK(resolved.choice.kind == set.stand_in);
    CHECK(resolved.sources.empty());
    CHECK(dataset_task(resolved.choice) == set.task);
    const Dataset data = load_dataset(resolved.choice, {});
    CHECK(data.name == set.stand_in);
    CHECK(data.stand_in_for == set.kind);
    CHECK(data.title == set.stand_in + " (generated stand-in for " + set.title + ")");
    CHECK(data.task == set.task);
    CHECK(data.train.features.rows() == 20);
    CHECK(data.test.features.rows() == 10);
    CHECK(data.features() == set.features);
  }
}

TEST_CASE("where no stand-in is allowed the missing file and its address are named", "[data]") {
  const DataFolder folder;
  CHECK(error_of([&] {
          resolve_dataset(choice_of("cpusmall", {{"stand_in", false}}), {folder.path()});
        }) == "data set 'cpusmall': 'cpusmall' (or packed) is not in '" + folder.path().string() +
                  "'; it can be had from "
                  "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/regression/cpusmall; "
                  "or allow its stand-in 'cpusmall-like' with \"stand_in\": true");
  const std::string pinned = error_of([&] {
    resolve_dataset(choice_of("cod-rna", {{"sha256", std::string("00")}}), {});
  });
  CHECK(pinned.find("'cod-rna.t' (or packed) is not to be found, no data dir was given") !=
        std::string::npos);
}

TEST_CASE("a known set in one file: the test rows follow all training rows", "[data]") {
  const DataFolder folder;
  folder.write("cpusmall.xz", xzed(libsvm_lines(8192, 12, false)));
  const DataContext context{folder.path()};
  Dataset data = load_dataset(choice_of("cpusmall"), context);
  CHECK(data.name == "cpusmall");
  CHECK(data.stand_in_for.empty());
  REQUIRE(data.sources.size() == 1);
  CHECK(data.train.labels.size() == 6000);
  CHECK(data.test.labels.size() == 2192);
  CHECK(data.test.labels.back() == 8191);
  data = load_dataset(choice_of("cpusmall", {{"train_rows", 3_i}, {"test_rows", 2_i}}), context);
  CHECK(data.train.labels == std::vector<float>{0, 1, 2});
  CHECK(data.test.labels == std::vector<float>{6000, 6001});
}

TEST_CASE("a known set in two files and in another format", "[data]") {
  const DataFolder folder;
  folder.write("gisette_scale.bz2", bzipped(libsvm_lines(6000, 5000, true)));
  CHECK(error_of([&] { resolve_dataset(choice_of("gisette"), {folder.path()}); }) ==
        "data set 'gisette': 'gisette_scale.t' (or packed) is missing, but '" +
            (folder.path() / "gisette_scale.bz2").string() +
            "' is there; it can be had from "
            "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/binary/gisette_scale.t.bz2; "
            "for generated data name 'gisette-like'");
  folder.write("gisette_scale.t", libsvm_lines(1000, 5000, true));
  const ResolvedDataset resolved =
      resolve_dataset(choice_of("gisette", {{"train_rows", 4_i}}), {folder.path()});
  CHECK(resolved.choice.kind == "gisette");
  CHECK_FALSE(resolved.choice.parameters.boolean("stand_in"));
  CHECK(resolved.choice.parameters.text("sha256") ==
        resolved.sources.at(0).sha256 + "+" + resolved.sources.at(1).sha256);
  const Dataset data = load_dataset(resolved.choice, {folder.path()});
  CHECK(data.train.labels == std::vector<float>{-1, 1, -1, 1});
  CHECK(data.test.labels.size() == 1000);
  CHECK(data.features() == 5000);

  std::string line = "2001";
  for (int c = 1; c <= 90; ++c) line += "," + std::to_string(c);
  folder.write("YearPredictionMSD.txt", line + "\n" + line + "\n");
  const std::string message = error_of([&] { load_dataset(choice_of("year-prediction"), {folder.path()}); });
  CHECK(message ==
        (folder.path() / "YearPredictionMSD.txt").string() + ": 2 rows found, YearPredictionMSD has 515345");
}

TEST_CASE("known sets of the wrong length or width are refused", "[data]") {
  const DataFolder folder;
  const DataContext context{folder.path()};
  const auto path = folder.write("cpusmall", libsvm_lines(8193, 12, false));
  CHECK(error_of([&] { load_dataset(choice_of("cpusmall"), context); }) ==
        path.string() + ": 8193 rows found, cpusmall has 8192");
  folder.write("cpusmall", libsvm_lines(8192, 13, false));
  CHECK(error_of([&] { load_dataset(choice_of("cpusmall"), context); }) ==
        path.string() + ":1: '13:1' has an index above 12, the largest allowed");
  CHECK(error_of([&] {
          load_dataset(choice_of("cpusmall", {{"train_rows", 7000_i}}), context);
        }) == "train_rows is 7000; allowed are 0 (all) to 6000");
}

TEST_CASE("every checksum on record is one", "[data]") {
  for (const KnownSet& set : known_sets()) {
    for (const KnownFile& file : set.files) {
      INFO(file.name);
      CHECK((file.sha256.empty() || file.sha256.size() == 64));
      CHECK(file.sha256.find_first_not_of("0123456789abcdef") == std::string::npos);
      CHECK(file.address.find("://") != std::string::npos);
      CHECK(file.rows > 0);
    }
  }
}

TEST_CASE("the real data sets have the paper's shapes", "[data][real]") {
  if (real_data_dir().empty()) {
    WARN("skipped: ZIPML_DATA_DIR names no folder with the real data sets");
    return;
  }
  const DataContext context{real_data_dir()};
  for (const KnownSet& set : known_sets()) {
    const auto found = find_known_set_files(set, context.data_dir);
    if (!found) continue;
    INFO(set.kind);
    const Dataset data = load_dataset(choice_of(set.kind, {{"stand_in", false}}), context);
    CHECK(data.train.labels.size() == set.train_rows);
    CHECK(data.test.labels.size() == set.test_rows);
    CHECK(data.features() == set.features);
    CHECK(data.sources.size() == found->paths.size());
    if (set.kind == "cod-rna") {
      CHECK(std::count(data.train.labels.begin(), data.train.labels.end(), 1.0f) == 19845);
      CHECK(std::count(data.test.labels.begin(), data.test.labels.end(), 1.0f) == 90539);
    }
    if (set.kind == "cadata") {
      CHECK(data.train.labels[0] == 452600.0f);
      CHECK(data.train.features(0, 0) == 8.3252f);
      CHECK(data.test.labels.back() == 89400.0f);
    }
  }
}

TEST_CASE("gisette-like is built from MNIST where it is there", "[data][real]") {
  if (real_data_dir().empty() || !find_known_set_files(*find_known_set("mnist"), real_data_dir())) {
    WARN("skipped: ZIPML_DATA_DIR names no folder with MNIST");
    return;
  }
  const DataContext context{real_data_dir()};
  const ResolvedDataset resolved =
      resolve_dataset(choice_of("gisette-like", {{"train_rows", 100_i}, {"test_rows", 50_i}}), context);
  CHECK(resolved.choice.parameters.text("source") == "mnist");
  CHECK(resolved.sources.size() == 2);
  const Dataset data = load_dataset(resolved.choice, context);
  CHECK(data.title == "gisette-like (stand-in for gisette, built from MNIST 4 against 9)");
  CHECK(data.features() == 5000);
  CHECK(data.test.labels.size() == 50);
}
