#include <catch2/catch.hpp>
#include <functional>

#include "engine/core/random.h"
#include "engine/data/cifar_reader.h"
#include "engine/data/dataset.h"
#include "engine/data/hdf5_file.h"
#include "engine/data/idx_reader.h"
#include "engine/data/npy_reader.h"
#include "engine/data/number_stream.h"
#include "tests/unit/compare/number_bytes.h"
#include "tests/unit/data/data_files.h"
#include "tests/unit/data/tar_bytes.h"

// Seeded mutations of valid files: whatever the bytes are, a reader gives a data set or throws InputError.

// libhdf5 itself leaks a few blocks when it gives up on a damaged file.
extern "C" const char* __lsan_default_suppressions() { return "leak:libhdf5"; }

using namespace zipml;
using namespace zipml::test;

namespace {

/// Random numbers of one mutation.
class Dice {
 public:
  explicit Dice(std::uint64_t round) : round_(round) {}
  std::size_t below(std::size_t bound) {
    return draw_below({99, Stream::bootstrap, 0}, round_, draw_++, std::max<std::size_t>(bound, 1));
  }

 private:
  std::uint64_t round_;
  std::uint32_t draw_ = 0;
};

std::string mutated(std::string bytes, Dice& dice) {
  static const std::string tokens[] = {
      "nan",      "-inf", "1e999", "99999999999", "0:0", ":",  "\"",  ",", ";",
      "\t",       "\r\n", "#",     "+-",          "--",  "1:", "0x1", "e", std::string(5, '\0'),
      "\xFF\xFE", "-0",   "."};
  for (std::size_t edits = 1 + dice.below(4); edits > 0 && !bytes.empty(); --edits) {
    const std::size_t at = dice.below(bytes.size());
    switch (dice.below(6)) {
      case 0:
        bytes[at] = static_cast<char>(dice.below(256));
        break;
      case 1:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << dice.below(8)));
        break;
      case 2:
        bytes.erase(at, 1 + dice.below(20));
        break;
      case 3:
        bytes.insert(at, tokens[dice.below(std::size(tokens))]);
        break;
      case 4:
        bytes.resize(at);
        break;
      default:
        bytes.insert(at, bytes.substr(dice.below(bytes.size()), dice.below(40)));
    }
  }
  return bytes;
}

struct Outcome {
  int accepted = 0, refused = 0;
};

/// Reads `rounds` mutations of the valid bytes. Anything but InputError is a failure, and a mutator that
/// breaks nothing, or a reader that takes nothing, would make the test void.
void fuzz(const std::string& name, const std::string& valid, int rounds,
          const std::function<void(const std::filesystem::path&)>& read) {
  const DataFolder folder;
  REQUIRE_NOTHROW(read(folder.write("valid", valid)));
  Outcome outcome;
  for (int round = 0; round < rounds; ++round) {
    Dice dice(static_cast<std::uint64_t>(round));
    const auto path = folder.write("mutated", mutated(valid, dice));
    try {
      read(path);
      ++outcome.accepted;
    } catch (const InputError& error) {
      ++outcome.refused;
      if (std::string(error.what()).find(path.string()) == std::string::npos) {
        FAIL(name << " round " << round << ": the message does not name the file: " << error.what());
      }
    } catch (const std::exception& error) {
      FAIL(name << " round " << round << ": " << error.what());
    }
  }
  INFO(name << ": " << outcome.accepted << " accepted, " << outcome.refused << " refused");
  CHECK(outcome.refused > rounds / 20);
  CHECK(outcome.accepted + outcome.refused == rounds);
}

std::function<void(const std::filesystem::path&)> loader(const std::string& kind, const std::string& task) {
  return [kind, task](const std::filesystem::path& path) {
    datasets()[kind](choose(datasets().family(), kind, {{"path", path.string()}, {"task", task}}).parameters,
                     {});
  };
}

std::string libsvm_text() {
  std::string text;
  for (int r = 0; r < 30; ++r) {
    text += r % 2 == 0 ? "+1" : "-1";
    text += " 1:0.5 3:" + std::to_string(r) + ".25 7:-1e-3\n";
  }
  return text;
}

std::string csv_text() {
  std::string text = "a,\"b, c\",label\r\n";
  for (int r = 0; r < 30; ++r) text += std::to_string(r) + ",\"2.5\"," + std::to_string(r % 3) + "\r\n";
  return text;
}

}  // namespace

TEST_CASE("fuzz: LIBSVM text", "[fuzz]") {
  fuzz("libsvm regression", libsvm_text(), 3000, loader("libsvm", "regression"));
  fuzz("libsvm classification", libsvm_text(), 2000, loader("libsvm", "classification"));
}

TEST_CASE("fuzz: CSV", "[fuzz]") { fuzz("csv", csv_text(), 4000, loader("csv", "regression")); }

TEST_CASE("fuzz: packed text", "[fuzz]") {
  const auto read = loader("libsvm", "regression");
  fuzz("gzip", gzipped(libsvm_text()), 2000, read);
  fuzz("bzip2", bzipped(libsvm_text()), 1000, read);
  fuzz("xz", xzed(libsvm_text()), 2000, read);
}

TEST_CASE("fuzz: idx", "[fuzz]") {
  fuzz("idx", idx_bytes({4, 3, 2}, "abcdefghijklmnopqrstuvwx"), 3000,
       [](const std::filesystem::path& path) { read_idx(path); });
}

TEST_CASE("fuzz: CIFAR-10 archives", "[fuzz]") {
  fuzz("tar", cifar_tar(1), 3000, [](const std::filesystem::path& path) {
    read_cifar_archive(path, {.train = 5, .test = 1, .records = 1});
  });
}

TEST_CASE("fuzz: npy", "[fuzz]") {
  const std::string data = float_bytes(std::vector<float>(12, 0.75f));
  for (const char* header : {"{'descr': '<f4', 'fortran_order': False, 'shape': (4, 3), }",
                             "{'descr': '<f4', 'fortran_order': True, 'shape': (4, 3), }"}) {
    fuzz("npy", npy_bytes(header, data), 3000, [](const std::filesystem::path& path) { read_npy(path); });
  }
  fuzz("npy in parts", npy_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (4, 3), }", data), 3000,
       [](const std::filesystem::path& path) {
         NumberStream stream(path, {});
         std::vector<float> part;
         while (stream.next(3, part)) {
         }
       });
  fuzz("npy version 2", npy_bytes("{'descr': '<f8', 'fortran_order': False, 'shape': (6,)}", data, 2), 2000,
       [](const std::filesystem::path& path) { read_npy(path, 5); });
}

TEST_CASE("fuzz: HDF5", "[fuzz]") {
  const DataFolder folder;
  Hdf5Writer writer(folder.path() / "f.h5");
  std::vector<double> features(60, 0.5);
  writer.matrix("/features", 20, 3, std::span<const double>(features));
  writer.array("/labels", std::vector<float>(20, 1.0f));
  const std::vector<std::byte> image = writer.image();
  const std::string bytes(reinterpret_cast<const char*>(image.data()), image.size());
  fuzz("hdf5", bytes, 2000, loader("hdf5", "regression"));
}
