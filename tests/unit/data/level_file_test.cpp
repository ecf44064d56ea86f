#include "engine/data/level_file.h"

#include <catch2/catch.hpp>
#include <functional>
#include <limits>
#include <span>

#include "data_files.h"
#include "engine/data/sealed_bytes.h"

using namespace zipml;
using namespace zipml::test;

namespace {

using Values = std::vector<float>;

const StoredLevels kTable = {.strategy = "optimal",
                             .scaled_by_rows = false,
                             .count = 3,
                             .low = {},
                             .step = {},
                             .values = {0, 0.1f, 2, -1, 0, 5}};

/// A sealed file whose /levels the caller writes.
std::filesystem::path file_of(const DataFolder& folder, const std::function<void(Hdf5Writer&)>& write) {
  Hdf5Writer writer(folder.path() / "levels.h5");
  writer.text("/config", "{}");
  write(writer);
  std::vector<std::byte> bytes = writer.image();
  seal(bytes);
  return folder.write("levels.h5", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string message_of(const StoredLevels& levels) {
  const DataFolder folder;
  const auto path = file_of(folder, [&](Hdf5Writer& writer) { write_levels(writer, levels); });
  const std::string message = error_of([&] { load_levels(path); });
  const std::size_t name = message.find(": ");
  return name == std::string::npos ? message : message.substr(name + 2);
}

}  // namespace

TEST_CASE("levels are read as they were written", "[data][levels]") {
  StoredLevels uniform = {.strategy = "uniform",
                          .scaled_by_rows = true,
                          .count = 4,
                          .low = {-1, 0.1f},
                          .step = {0.3f, 0},
                          .values = {}};
  for (const StoredLevels& levels : {kTable, uniform}) {
    const DataFolder folder;
    const auto path = file_of(folder, [&](Hdf5Writer& writer) { write_levels(writer, levels); });
    CHECK(load_levels(path) == levels);
  }
  CHECK(kTable.sets() == 2);
  CHECK(kTable.set(1) == Values{-1, 0, 5});
  CHECK(uniform.sets() == 2);
  CHECK(uniform.set(0) == Values{-1.0f, -1.0f + 0.3f, -1.0f + 0.3f * 2.0f, -1.0f + 0.3f * 3.0f});
}

TEST_CASE("files without usable levels are refused by name", "[data][levels]") {
  StoredLevels bad = kTable;
  bad.values[4] = -2;
  CHECK(message_of(bad) == "/levels is not ascending (set 2, level 2)");
  bad.values[4] = std::numeric_limits<float>::quiet_NaN();
  CHECK(message_of(bad) == "/levels has a level that is not finite (set 2, level 2)");
  bad = {.strategy = "x", .scaled_by_rows = false, .count = 2, .low = {0}, .step = {3e38f}, .values = {}};
  CHECK(message_of(bad) == "no error");
  bad.low[0] = 3e38f;
  CHECK(message_of(bad) == "/levels has a level that is not finite (set 1, level 2)");
  bad.step = {-1};
  CHECK(message_of(bad) == "no error");  // 3e38 - 1 is 3e38 in float32
  bad.low[0] = 3;
  CHECK(message_of(bad) == "/levels is not ascending (set 1, level 2)");
  bad.step = {1, 1};
  CHECK(message_of(bad) == "/levels /low and /step differ in length");
  bad.low = bad.step = {};
  CHECK(message_of(bad) == "/levels is empty");
  bad.count = 1;
  CHECK(message_of(bad) == "/levels has 1 levels a set; allowed: 2 to 65536");

  const DataFolder folder;
  const auto none = file_of(folder, [](Hdf5Writer&) {});
  CHECK(error_of([&] { load_levels(none); }) ==
        none.string() + ": has no /levels; only runs with quantized samples have them");
  const auto ragged = file_of(folder, [](Hdf5Writer& writer) {
    StoredLevels empty;
    empty.count = 4;
    write_levels(writer, empty);
    writer.matrix("/levels/values", 2, 3, std::span<const float>(kTable.values));
  });
  CHECK(error_of([&] { load_levels(ragged); }) ==
        ragged.string() + ": /levels /values is not sets x count levels");
  const auto text = folder.write("a.h5", "no result");
  CHECK(error_of([&] { load_levels(text); }) ==
        text.string() + ": truncated, or not written by this program");
  CHECK(error_of([&] { load_levels(folder.path() / "b.h5"); }) ==
        (folder.path() / "b.h5").string() + ": no such file");
}
