#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <span>

#include "engine/core/random.h"
#include "engine/data/level_file.h"
#include "engine/data/sealed_bytes.h"
#include "tests/unit/data/data_files.h"

// Whatever a file holds, its levels are either valid or refused with an InputError that names the file.
using namespace zipml;
using namespace zipml::test;

namespace {

std::size_t dice(std::uint64_t round, std::uint32_t draw, std::size_t bound) {
  return draw_below({98, Stream::bootstrap, 0}, round, draw, bound);
}

/// True if the file's levels were accepted, and then they are valid; false if they were refused.
bool read(const std::filesystem::path& path) {
  try {
    const StoredLevels levels = load_levels(path);
    if (levels.sets() == 0 || levels.count < 2) FAIL("accepted an empty set");
    for (std::size_t s = 0; s < levels.sets(); ++s) {
      const std::vector<float> set = levels.set(s);
      if (!std::is_sorted(set.begin(), set.end())) FAIL("accepted levels out of order");
      for (const float level : set) {
        if (!std::isfinite(level)) FAIL("accepted a level that is not finite");
      }
    }
    return true;
  } catch (const InputError& error) {
    if (std::string(error.what()).find(path.string()) == std::string::npos) FAIL(error.what());
    return false;
  }
}

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::vector<std::byte> image_of(const StoredLevels& levels) {
  Hdf5Writer writer("levels.h5");
  write_levels(writer, levels);
  return writer.image();
}

const StoredLevels kValid = {.strategy = "optimal",
                             .scaled_by_rows = false,
                             .count = 4,
                             .low = {},
                             .step = {},
                             .values = {0, 1, 2, 3, -1, -0.5f, 0, 7}};

}  // namespace

TEST_CASE("fuzz: levels in damaged files", "[fuzz]") {
  const DataFolder folder;
  std::vector<std::byte> sealed = image_of(kValid);
  seal(sealed);
  REQUIRE(read(folder.write("valid.h5", text_of(sealed))));
  for (std::uint64_t round = 0; round < 2000; ++round) {
    std::string bytes = text_of(sealed);
    const std::size_t at = dice(round, 0, bytes.size());
    if (round % 4 == 0) {
      bytes.resize(at);
    } else {
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << dice(round, 1, 8)));
    }
    REQUIRE_FALSE(read(folder.write("damaged.h5", bytes)));
  }
}

TEST_CASE("fuzz: levels of any shape and value", "[fuzz]") {
  const DataFolder folder;
  const float odd[] = {0.0f, -0.0f, 1.0f, -1.0f, 3e38f, -3e38f, INFINITY, NAN, 1e-45f, 2.0f};
  int accepted = 0, refused = 0;
  for (std::uint64_t round = 0; round < 2000; ++round) {
    StoredLevels levels;
    levels.strategy = "x";
    levels.count = 1 + dice(round, 0, 3);
    std::vector<float> numbers(dice(round, 1, 4) * levels.count);
    for (std::uint32_t i = 0; i < numbers.size(); ++i) numbers[i] = odd[dice(round, 10 + i, std::size(odd))];
    if (round % 2 == 0) {
      levels.values = numbers;
    } else {
      levels.low = numbers;
      levels.step = std::vector<float>(numbers.rbegin(), numbers.rend());
      if (dice(round, 2, 8) == 0) levels.step.push_back(0.0f);
    }
    std::vector<std::byte> bytes = image_of(levels);
    seal(bytes);
    (read(folder.write("odd.h5", text_of(bytes))) ? accepted : refused) += 1;
  }
  CHECK(accepted > 50);
  CHECK(refused > 100);
}
