#include <catch2/catch.hpp>
#include <cmath>

#include "engine/data/hdf5_file.h"
#include "experiments/compare/columns.h"
#include "experiments/compare/distribution.h"
#include "experiments/compare/ranges.h"
#include "tests/unit/compare/number_bytes.h"
#include "tests/unit/data/data_files.h"

using namespace zipml;
using namespace zipml::test;

TEST_CASE("number lists", "[compare]") {
  CHECK(parse_ranges("1,3-5", "x", 1, 8) == std::vector<std::int64_t>{1, 3, 4, 5});
  CHECK(parse_ranges("5,1-2,2", "x", 1, 8) == std::vector<std::int64_t>{1, 2, 5});
  for (const char* wrong :
       {"", "0", "9", "1-", "-1", "3-1", "1,,2", "1,", "a", "1 2", "1-9", "99999999999999999999"}) {
    INFO(wrong);
    CHECK(error_of([&] { parse_ranges(wrong, "--bits", 1, 8); }) ==
          "--bits: found \"" + std::string(wrong) +
              "\"; allowed: numbers in [1, 8] and ranges of them, such as 1,3-5");
  }
}

TEST_CASE("the same columns from every kind of file", "[compare][columns]") {
  const DataFolder folder;
  const std::vector<float> values = {1, 2.5f, -3, 4, 5, 6};
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }";
  const auto hdf5 = folder.path() / "a.h5";
  Hdf5Writer writer(hdf5);
  writer.matrix<float>("/features", 3, 2, values);
  writer.save();
  for (const auto& path :
       {folder.write("a.npy", npy_bytes(header, float_bytes(values))), hdf5,
        folder.write("a.csv", "left,right\n1,2.5\n-3,4\n5,6\n"), folder.write("a.txt", "1;2.5\n-3;4\n5;6\n"),
        folder.write("a.csv.gz", gzipped("1,2.5\n-3,4\n5,6\n")),
        folder.write("a.svm", "0 1:1 2:2.5\n0 1:-3 2:4\n0 1:5 2:6\n"),
        folder.write("b.txt", "\n0 1:1 2:2.5\n0 1:-3 2:4\n0 1:5 2:6\n")}) {
    INFO(path.string());
    const auto all = load_columns({.path = path});
    REQUIRE(all.size() == 2);
    CHECK(all[0].number == 1);
    CHECK(all[0].values == std::vector<float>{1, -3, 5});
    CHECK(all[1].values == std::vector<float>{2.5f, 4, 6});
    const auto second = load_columns({.path = path, .rows = 2, .columns = {2}});
    REQUIRE(second.size() == 1);
    CHECK(second[0].number == 2);
    CHECK(second[0].values == std::vector<float>{2.5f, 4});
    const auto pooled = load_columns({.path = path, .pooled = true});
    REQUIRE(pooled.size() == 1);
    CHECK(pooled[0].number == 0);
    CHECK(pooled[0].values.size() == 6);
    CHECK(error_of([&] {
            load_columns({.path = path, .columns = {1, 3}});
          }) == path.string() + ": --columns names column 3; the file has 2");
  }
}

TEST_CASE("values that are not finite are left out and counted", "[compare][columns]") {
  const DataFolder folder;
  const auto csv = load_columns({.path = folder.write("a.csv", "1,nan,\n2,-inf,\n3,7,\n")});
  REQUIRE(csv.size() == 3);
  CHECK(csv[0].left_out == 0);
  CHECK(csv[1].values == std::vector<float>{7});
  CHECK(csv[1].left_out == 2);
  CHECK(csv[2].values.empty());
  CHECK(csv[2].left_out == 3);
  const auto libsvm = load_columns({.path = folder.write("a.svm", "1 1:nan\n1 1:2\n1 1:inf\n")});
  REQUIRE(libsvm.size() == 1);
  CHECK(libsvm[0].values == std::vector<float>{2});
  CHECK(libsvm[0].left_out == 2);
  const auto raw = load_columns({.path = folder.write("a.f32", float_bytes({1, NAN, INFINITY, 2}))});
  CHECK(raw[0].left_out == 2);
  CHECK(load_columns({.path = folder.write("one.csv", "1\n2\n3\n")})[0].values.size() == 3);
}

TEST_CASE("files that hold no data are refused", "[compare][columns]") {
  const DataFolder folder;
  const auto error = [&](const std::filesystem::path& path) {
    return error_of([&] { load_columns({.path = path}); });
  };
  const auto empty = folder.write("empty.txt", "\n \n");
  CHECK(error(empty) == empty.string() + ": holds no values");
  const auto missing = folder.path() / "none.csv";
  CHECK(error(missing).find(missing.string()) == 0);
  const auto broken = folder.write("broken.csv", "1,2\n3,x\n");
  CHECK(error(broken).find(broken.string() + ":2: column 2") == 0);
}

TEST_CASE("distributions: moments, determinism and refusals", "[compare][distribution]") {
  constexpr std::size_t kCount = 40000;
  const auto mean_of = [](const std::string& spec, auto of) {
    double sum = 0.0;
    for (const float v : generate(parse_distribution(spec), kCount, 7)) sum += of(static_cast<double>(v));
    return sum / kCount;
  };
  const auto value = [](double v) { return v; };
  CHECK(mean_of("normal:2,3", value) == Approx(2.0).margin(0.08));
  CHECK(mean_of("normal:2,3", [](double v) { return (v - 2) * (v - 2); }) == Approx(9.0).margin(0.4));
  CHECK(mean_of("lognormal:1,0.5", [](double v) { return std::log(v); }) == Approx(1.0).margin(0.02));
  CHECK(mean_of("uniform:-1,3", value) == Approx(1.0).margin(0.03));
  CHECK(mean_of("laplace:1,2", [](double v) { return std::fabs(v - 1); }) == Approx(2.0).margin(0.06));
  CHECK(mean_of("pareto:2,4", [](double v) { return std::log(v / 2); }) == Approx(0.25).margin(0.01));

  const auto again = generate(parse_distribution("lognormal"), 100, 3);
  CHECK(generate(parse_distribution("lognormal:0,1"), 50, 3) ==
        std::vector<float>(again.begin(), again.begin() + 50));
  CHECK(generate(parse_distribution("lognormal"), 100, 4) != again);
  for (const char* wrong : {"", "gauss", "normal:", "normal:1", "normal:1,0", "normal:1,2,3", "uniform:1,1",
                            "normal:nan,1", "pareto:0,1"}) {
    INFO(wrong);
    CHECK(error_of([&] { parse_distribution(wrong); }).find("zipml compare: --distribution: found \"") == 0);
  }
}
