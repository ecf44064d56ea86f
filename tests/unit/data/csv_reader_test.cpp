#include "engine/data/csv_reader.h"

#include <catch2/catch.hpp>

#include "tests/unit/data/data_files.h"

using namespace zipml;
using namespace zipml::test;

namespace {

struct Read {
  std::vector<float> labels;
  std::vector<std::vector<float>> rows;
};

Read read(const std::filesystem::path& path, const CsvFormat& format = {}, ReadLimits limits = {}) {
  LabelClasses classes(Task::regression);
  const RowTable table = read_csv(path, format, limits, classes);
  const Split split = table.split(0, table.rows(), table.width());
  Read result{split.labels, {}};
  for (std::size_t r = 0; r < table.rows(); ++r) {
    const auto row = split.features.row(r);
    result.rows.emplace_back(row.begin(), row.end());
  }
  return result;
}

using Rows = std::vector<std::vector<float>>;

}  // namespace

TEST_CASE("CSV: separators, header and ends of lines are found out", "[data]") {
  const DataFolder folder;
  const Rows rows = {{1, 2.5f}, {-3, 4}};
  const std::vector<float> labels = {7, 8};
  const auto check = [&](const std::string& text) {
    INFO(text);
    const Read found = read(folder.write("f", text));
    CHECK(found.rows == rows);
    CHECK(found.labels == labels);
  };
  check("1,2.5,7\n-3,4,8\n");
  check("1;2.5;7\r\n-3;4;8");
  check("1\t2.5\t7\n\n-3\t+4\t8\n");
  check("a,b,y\n1,2.5,7\n-3,4,8\n");
  check("\xEF\xBB\xBF\"a, or b\",b,y\n 1 , 2.5,7\n-3,4,8\n");
  check("\"1\",\"2.5\",\"7\"\n\"-3\",4,8\n");
  check("\"say \"\"a\"\"\";b;y\n1;2.5;7\n-3;4;8\n");
}

TEST_CASE("CSV: the label column by place, name or number", "[data]") {
  const DataFolder folder;
  const auto plain = folder.write("plain", "1,2,3\n");
  const auto named = folder.write("named", "x,y,last\n1,2,3\n");
  const auto label = [](const std::filesystem::path& path, const std::string& name) {
    return read(path, {.separator = {}, .header = {}, .label = name}).labels.at(0);
  };
  CHECK(label(plain, "last") == 3);
  CHECK(label(plain, "first") == 1);
  CHECK(label(plain, "2") == 2);
  CHECK(label(named, "y") == 2);
  CHECK(label(named, "1") == 1);
  CHECK(read(named, {.separator = {}, .header = {}, .label = "y"}).rows == Rows{{1, 3}});
  CHECK(error_of([&] { label(plain, "y"); }) ==
        plain.string() +
            ":1: no column 'y' for the label; allowed are first, last, 1 to 3 (there is no header)");
  CHECK(error_of([&] { label(named, "4"); }) ==
        named.string() +
            ":1: no column '4' for the label; allowed are first, last, 1 to 3 and the names in this line");
}

TEST_CASE("CSV: a header may be asserted or denied", "[data]") {
  const DataFolder folder;
  const auto path = folder.write("f", "1,2\n3,4\n");
  CHECK(read(path, {.separator = ',', .header = true, .label = "last"}).labels == std::vector<float>{4});
  const auto named = folder.write("g", "a,b\n3,4\n");
  CHECK(error_of([&] { read(named, {.separator = ',', .header = false, .label = "last"}); }) ==
        named.string() + ":1: column 2: 'b' is not a number");
}

TEST_CASE("CSV: every error names file, line and column", "[data]") {
  const DataFolder folder;
  const auto error = [&](const std::string& text, ReadLimits limits = {}) {
    const auto path = folder.write("bad", text);
    const std::string message = error_of([&] { read(path, {}, limits); });
    REQUIRE(message.substr(0, path.string().size() + 1) == path.string() + ":");
    return message.substr(path.string().size() + 1);
  };
  CHECK(error("1,2\n3,x\n") == "2: column 2: 'x' is not a number");
  CHECK(error("1,2\n,4\n") == "2: column 1: the field is empty; every field needs a number");
  CHECK(error("1,2\n1,nan\n") == "2: column 2: 'nan' is not finite; only finite numbers are allowed");
  CHECK(error("1,2\n1e60,2\n") ==
        "2: column 1: '1e60' is out of range; allowed are magnitudes a 32-bit float can hold");
  CHECK(error("1,2\n1,2,3\n") == "2: 3 fields; the first line has 2 (separator: comma)");
  CHECK(error("1;2\n1\n") == "2: 1 fields; the first line has 2 (separator: semicolon)");
  CHECK(error("17\n") == "1: one field only; a label and at least one feature are needed (separator: comma)");
  CHECK(error("1,\"2\n") == "1: column 2: the quote is not closed on this line");
  CHECK(error("1,\"2\"3\n") == "1: column 2: there is text after the closing quote");
  CHECK(error("1,2,3\n", {.rows = 0, .features = 5}) == "1: 2 features; 5 are expected");
}
