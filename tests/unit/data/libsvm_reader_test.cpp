#include "engine/data/libsvm_reader.h"

#include <catch2/catch.hpp>

#include "tests/unit/data/data_files.h"

using namespace zipml;
using namespace zipml::test;

namespace {

RowTable read(const std::filesystem::path& path, ReadLimits limits = {}, Task task = Task::regression) {
  LabelClasses classes(task);
  return read_libsvm(path, limits, classes);
}

std::vector<std::vector<float>> rows_of(const RowTable& table) {
  std::vector<std::vector<float>> rows;
  const Split split = table.split(0, table.rows(), table.width());
  for (std::size_t r = 0; r < table.rows(); ++r) {
    const auto row = split.features.row(r);
    rows.emplace_back(row.begin(), row.end());
  }
  return rows;
}

using Rows = std::vector<std::vector<float>>;

}  // namespace

TEST_CASE("LIBSVM text: every allowed form", "[data]") {
  const DataFolder folder;
  const auto path = folder.write("f",
                                 "# a comment line\r\n"
                                 "1 1:0.5 3:-2e3\r\n"
                                 "\n"
                                 "   \t\n"
                                 "-1.25\t2:+4  # behind the row\n"
                                 "+7\n"
                                 "0 4:1e-3");
  const RowTable table = read(path);
  CHECK(std::vector<float>(table.labels().begin(), table.labels().end()) ==
        std::vector<float>{1.0f, -1.25f, 7.0f, 0.0f});
  CHECK(rows_of(table) == Rows{{0.5f, 0, -2000, 0}, {0, 4, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0.001f}});
}

TEST_CASE("LIBSVM text: packed files read the same", "[data]") {
  const DataFolder folder;
  const std::string text = "1 1:2\n0 2:3\n";
  const Rows expected = {{2, 0}, {0, 3}};
  CHECK(rows_of(read(folder.write("g", gzipped(text)))) == expected);
  CHECK(rows_of(read(folder.write("b", bzipped(text)))) == expected);
  CHECK(rows_of(read(folder.write("x", xzed(text)))) == expected);
}

TEST_CASE("LIBSVM text: a late wide row widens all rows, blocks included", "[data]") {
  const DataFolder folder;
  std::string text;
  for (int r = 0; r < 3000; ++r) text += std::to_string(r) + " 1:" + std::to_string(r) + "\n";
  const RowTable table = read(folder.write("f", text + "5 1:1 300:9\n"));
  REQUIRE(table.rows() == 3001);
  REQUIRE(table.width() == 300);
  const Split all = table.split(0, 3001, 300);
  CHECK(all.features(2999, 0) == 2999.0f);
  CHECK(all.features(2999, 299) == 0.0f);
  CHECK(all.features(3000, 299) == 9.0f);
  const Split some = table.split(1020, 10, 300);
  CHECK(some.labels.front() == 1020.0f);
  CHECK(some.features(9, 0) == 1029.0f);
}

TEST_CASE("LIBSVM text: the width is the largest index, however a row grew", "[data]") {
  const DataFolder folder;
  std::string line = "1";
  for (std::size_t index = 1; index <= 100; ++index) {
    line.append(" ").append(std::to_string(index)).append(":1");
    CHECK(read(folder.write("f", line + "\n0 1:1\n")).width() == index);
  }
}

TEST_CASE("LIBSVM text: reading stops at the row limit", "[data]") {
  const DataFolder folder;
  CHECK(read(folder.write("f", "1 1:1\n2 1:2\nrubbish\n"), {.rows = 2, .features = 0}).rows() == 2);
}

TEST_CASE("LIBSVM text: every error names file, line, what was found and what is allowed", "[data]") {
  const DataFolder folder;
  const auto error = [&](const std::string& line, ReadLimits limits = {}) {
    const auto path = folder.write("bad", "1 1:1\n" + line + "\n");
    const std::string text = error_of([&] { read(path, limits); });
    const std::string place = path.string() + ":2: ";
    REQUIRE(text.substr(0, place.size()) == place);
    return text.substr(place.size());
  };
  CHECK(error("1 0:3") == "'0:3' has index 0; indices start at 1");
  CHECK(error("1 2:1 2:3") == "'2:3' has an index that is not above the one before, 2; indices must ascend");
  CHECK(error("1 5:1 3:1") == "'3:1' has an index that is not above the one before, 5; indices must ascend");
  CHECK(error("1 1:nan") == "value of '1:nan' is not finite; only finite numbers are allowed");
  CHECK(error("1 1:-inf") == "value of '1:-inf' is not finite; only finite numbers are allowed");
  CHECK(error("nan 1:1") == "label 'nan' is not finite; only finite numbers are allowed");
  CHECK(error("inf") == "label 'inf' is not finite; only finite numbers are allowed");
  CHECK(error("1 1:1e39") ==
        "value of '1:1e39' is out of range; allowed are magnitudes a 32-bit float can hold");
  CHECK(error("1 1:1e999") ==
        "value of '1:1e999' is out of range; allowed are magnitudes a 32-bit float can hold");
  CHECK(error("spam 1:1") == "label 'spam' is not a number");
  CHECK(error("1x 1:1") == "label '1x' is not a number");
  CHECK(error("+-1 1:1") == "label '+-1' is not a number");
  CHECK(error("1 1:") == "value of '1:' is not a number");
  CHECK(error("1 1:2x") == "value of '1:2x' is not a number");
  CHECK(error("1 1") == "'1' is not INDEX:VALUE");
  CHECK(error("1 qid:3") == "'qid:3' is not INDEX:VALUE");
  CHECK(error("1 -1:3") == "'-1:3' is not INDEX:VALUE");
  CHECK(error("1 9:3", {.rows = 0, .features = 8}) == "'9:3' has an index above 8, the largest allowed");
  CHECK(error("1 99999999999999999999999:3") ==
        "'99999999999999999999999:3' has an index above 1048576, the largest allowed");
}

TEST_CASE("class labels become -1 and +1, the smaller -1", "[data]") {
  const DataFolder folder;
  const auto labels = [&](const std::string& text) {
    const auto path = folder.write("f", text);
    LabelClasses classes(Task::classification);
    const RowTable table = read_libsvm(path, {}, classes);
    std::vector<float> mapped(table.labels().begin(), table.labels().end());
    classes.apply(mapped, path.string());
    return mapped;
  };
  CHECK(labels("0 1:1\n1\n") == std::vector<float>{-1, 1});
  CHECK(labels("+1 1:1\n-1\n") == std::vector<float>{1, -1});
  CHECK(labels("2 1:1\n1\n2\n") == std::vector<float>{1, -1, 1});
  CHECK(labels("1 1:1\n1\n") == std::vector<float>{1, 1});
  CHECK(error_of([&] { labels("0 1:1\n0\n"); }) ==
        (folder.path() / "f").string() +
            ": every label is 0; classification needs two distinct labels (or -1 and +1)");
  CHECK(error_of([&] { labels("0 1:1\n1\n2\n"); }) ==
        (folder.path() / "f").string() +
            ":3: label 2 is a third class beside 0 and 1; classification needs exactly two");
}
