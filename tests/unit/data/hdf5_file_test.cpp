#include "engine/data/hdf5_file.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "tests/unit/data/data_files.h"

using namespace zipml;
using namespace zipml::test;

namespace {

void fill(Hdf5Writer& file) {
  file.attribute("/", "schema_version", std::uint64_t{3});
  file.attribute("/", "status", "finished");
  file.group("/a/b/c");
  file.attribute("/a/b", "ratio", 0.25);
  file.attribute("/a/b", "shift", std::int64_t{-4});
  file.text("/config", "{\"key\": \"Grüße\"}");
  file.texts("/names", std::vector<std::string>{"one", "", "three"});
  file.scalar("/a/count", std::uint64_t{1} << 63);
  file.array("/model/x", std::vector<float>{1.5f, -2.0f});
  file.array("/empty", std::vector<double>{});
  const std::vector<double> cells = {1, 2, 3, 4, 5, 6};
  file.matrix("/m", 2, 3, std::span<const double>(cells));
  file.table("/trace", {{"epoch", std::vector<std::uint64_t>{0, 1}},
                        {"loss", std::vector<double>{2.5, 1.25}},
                        {"note", std::vector<std::string>{"start", ""}}});
}

}  // namespace

TEST_CASE("HDF5: what is written is read back", "[data][hdf5]") {
  const DataFolder folder;
  Hdf5Writer writer(folder.path() / "f.h5");
  fill(writer);
  writer.save();
  const Hdf5Reader reader(folder.path() / "f.h5");
  CHECK(reader.attribute_unsigned("/", "schema_version") == 3);
  CHECK(reader.attribute_text("/", "status") == "finished");
  CHECK(reader.attribute_number("/a/b", "ratio") == 0.25);
  CHECK(reader.attribute_integer("/a/b", "shift") == -4);
  CHECK(reader.text("/config") == "{\"key\": \"Grüße\"}");
  CHECK(reader.texts("/names") == std::vector<std::string>{"one", "", "three"});
  CHECK(reader.read<std::uint64_t>("/a/count") == std::vector<std::uint64_t>{std::uint64_t{1} << 63});
  CHECK(reader.shape("/a/count").empty());
  CHECK(reader.read<double>("/model/x") == std::vector<double>{1.5, -2.0});
  CHECK(reader.read<float>("/empty").empty());
  CHECK(reader.shape("/m") == std::vector<std::size_t>{2, 3});
  std::vector<float> second(3);
  reader.read_rows<float>("/m", 1, 1, second);
  CHECK(second == std::vector<float>{4, 5, 6});
  const std::vector<Hdf5Column> table = reader.table("/trace");
  REQUIRE(table.size() == 3);
  CHECK(table[0].name == "epoch");
  CHECK(std::get<std::vector<std::uint64_t>>(table[0].values) == std::vector<std::uint64_t>{0, 1});
  CHECK(std::get<std::vector<double>>(table[1].values) == std::vector<double>{2.5, 1.25});
  CHECK(std::get<std::vector<std::string>>(table[2].values) == std::vector<std::string>{"start", ""});
  CHECK(reader.children("/") ==
        std::vector<std::string>{"a", "config", "empty", "m", "model", "names", "trace"});
  CHECK(reader.has("/a/b/c"));
  CHECK_FALSE(reader.has("/a/x/c"));
  CHECK_FALSE(reader.has_attribute("/a", "ratio"));
}

TEST_CASE("HDF5: equal calls give equal bytes", "[data][hdf5]") {
  const DataFolder folder;
  Hdf5Writer first(folder.path() / "1"), second(folder.path() / "2");
  fill(first);
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // a time stamp would differ
  fill(second);
  CHECK(first.image() == second.image());
}

TEST_CASE("HDF5: many threads may use files of their own", "[data][hdf5]") {
  const DataFolder folder;
  Hdf5Writer expected(folder.path() / "expected");
  fill(expected);
  const std::vector<std::byte> image = expected.image();
  std::atomic<int> equal{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) {
        Hdf5Writer file(folder.path() / "unused");
        fill(file);
        equal += file.image() == image ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(equal == 40);
}

TEST_CASE("HDF5: unreadable files and objects are named", "[data][hdf5]") {
  const DataFolder folder;
  const auto path = folder.path() / "f.h5";
  Hdf5Writer writer(path);
  fill(writer);
  writer.save();
  const Hdf5Reader reader(path);
  CHECK(error_of([&] { reader.read<float>("/none"); }) == path.string() + ": there is no data set '/none'");
  CHECK(error_of([&] { reader.read<float>("/a"); }) == path.string() + ": '/a' is not a readable data set");
  CHECK(error_of([&] { reader.read<float>("/config"); }) ==
        path.string() + ": '/config' holds no numbers (allowed: integer and float types)");
  CHECK(error_of([&] { reader.text("/m"); }) == path.string() + ": '/m' holds no text");
  CHECK(error_of([&] { reader.attribute_text("/", "x"); }) == path.string() + ": '/' has no attribute 'x'");
  CHECK(error_of([&] { reader.table("/m"); }) == path.string() + ": '/m' is not a table");
  std::vector<float> row(3);
  CHECK(error_of([&] { reader.read_rows<float>("/m", 2, 1, row); }) ==
        path.string() + ": '/m' has 2 rows, rows up to 3 were asked for");

  const std::string bytes = slurp(path);
  const auto cut = folder.write("cut.h5", std::string_view(bytes).substr(0, bytes.size() / 2));
  const std::string unreadable = ": is not a readable HDF5 file (damaged, truncated or of another kind)";
  CHECK(error_of([&] { Hdf5Reader broken(cut); }) == cut.string() + unreadable);
  const auto text = folder.write("text.h5", "hello");
  CHECK(error_of([&] { Hdf5Reader broken(text); }) == text.string() + unreadable);
  const auto missing = folder.path() / "missing.h5";
  CHECK(error_of([&] { Hdf5Reader broken(missing); }) ==
        missing.string() + ": cannot be read: No such file or directory");
}

TEST_CASE("HDF5: a file that cannot be written is an IoError with its path", "[data][hdf5]") {
  const DataFolder folder;
  std::filesystem::create_directory(folder.path() / "taken");
  const auto problem = [&](const std::filesystem::path& path) -> std::string {
    Hdf5Writer writer(path);
    fill(writer);
    try {
      writer.save();
    } catch (const IoError& error) {
      return error.what();
    }
    return "no error";
  };
  const auto taken = folder.path() / "taken";
  CHECK(problem(taken) == taken.string() + ": cannot create the file: Is a directory");
  if (std::filesystem::exists("/dev/full")) {
    CHECK(problem("/dev/full") == "/dev/full: cannot write the file: No space left on device");
  }
}
