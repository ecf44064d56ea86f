#include "engine/data/level_file.h"

#include <cmath>
#include <cstdint>
#include <span>

#include "engine/core/error.h"
#include "engine/data/sealed_bytes.h"

namespace zipml {
namespace {

constexpr std::int64_t kMostLevels = std::int64_t{1} << 16;

[[noreturn]] void refuse(const Hdf5Reader& file, const std::string& what) {
  throw InputError(file.path().string() + ": /levels " + what);
}

void check_set(const Hdf5Reader& file, const StoredLevels& levels, std::size_t index) {
  const std::vector<float> set = levels.set(index);
  for (std::size_t i = 0; i < set.size(); ++i) {
    const std::string where = "set " + std::to_string(index + 1) + ", level " + std::to_string(i + 1);
    if (!std::isfinite(set[i])) refuse(file, "has a level that is not finite (" + where + ")");
    if (i > 0 && set[i] < set[i - 1]) refuse(file, "is not ascending (" + where + ")");
  }
}

}  // namespace

std::vector<float> StoredLevels::set(std::size_t index) const {
  if (!values.empty()) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(index * count);
    return {first, first + static_cast<std::ptrdiff_t>(count)};
  }
  std::vector<float> set(count);
  for (std::size_t i = 0; i < count; ++i) set[i] = low[index] + step[index] * static_cast<float>(i);
  return set;
}

void write_levels(Hdf5Writer& file, const StoredLevels& levels) {
  file.group("/levels");
  file.attribute("/levels", "strategy", std::string_view(levels.strategy));
  file.attribute("/levels", "scaled_by_rows", std::int64_t{levels.scaled_by_rows});
  file.attribute("/levels", "count", static_cast<std::int64_t>(levels.count));
  if (levels.values.empty()) {
    file.array("/levels/low", levels.low);
    file.array("/levels/step", levels.step);
  } else {
    file.matrix("/levels/values", levels.sets(), levels.count, std::span<const float>(levels.values));
  }
}

StoredLevels read_levels(const Hdf5Reader& file) {
  if (!file.has("/levels")) {
    throw InputError(file.path().string() + ": has no /levels; only runs with quantized samples have them");
  }
  StoredLevels levels;
  levels.strategy = file.attribute_text("/levels", "strategy");
  levels.scaled_by_rows = file.attribute_integer("/levels", "scaled_by_rows") != 0;
  const std::int64_t count = file.attribute_integer("/levels", "count");
  if (count < 2 || count > kMostLevels) {
    refuse(file,
           "has " + std::to_string(count) + " levels a set; allowed: 2 to " + std::to_string(kMostLevels));
  }
  levels.count = static_cast<std::size_t>(count);
  if (file.has("/levels/values")) {
    const std::vector<std::size_t> shape = file.shape("/levels/values");
    if (shape.size() != 2 || shape[1] != levels.count) refuse(file, "/values is not sets x count levels");
    levels.values = file.read<float>("/levels/values");
  } else {
    levels.low = file.read<float>("/levels/low");
    levels.step = file.read<float>("/levels/step");
    if (levels.low.size() != levels.step.size()) refuse(file, "/low and /step differ in length");
  }
  if (levels.sets() == 0) refuse(file, "is empty");
  for (std::size_t s = 0; s < levels.sets(); ++s) check_set(file, levels, s);
  return levels;
}

StoredLevels load_levels(const std::filesystem::path& path) {
  const SealedFile sealed = read_sealed_file(path);
  if (!sealed.problem.empty()) throw InputError(sealed.problem);
  return read_levels(Hdf5Reader(path, sealed.bytes));
}

}  // namespace zipml
