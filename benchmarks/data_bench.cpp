#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "engine/core/random.h"
#include "engine/data/csv_reader.h"
#include "engine/data/libsvm_reader.h"
#include "engine/data/tabular.h"

namespace {

using namespace zipml;

constexpr std::size_t kRows = 20000, kFeatures = 90;

/// A file of realistic numbers, removed at the end.
class TextFile {
 public:
  explicit TextFile(bool csv) {
    path_ = std::filesystem::temp_directory_path() /
            ("zipml-bench-" + std::to_string(::getpid()) + (csv ? ".csv" : ".libsvm"));
    std::string text;
    const DrawAddress address{1, Stream::generate_features, 0};
    for (std::size_t r = 0; r < kRows; ++r) {
      text += std::to_string(1922 + r % 90);
      for (std::size_t c = 0; c < kFeatures; ++c) {
        text += csv ? "," : " " + std::to_string(c + 1) + ":";
        text += std::to_string(100.0 * draw_normal(address, r * kFeatures + c, 0));
      }
      text += '\n';
    }
    std::ofstream(path_, std::ios::binary) << text;
    bytes_ = text.size();
  }
  ~TextFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }
  std::size_t bytes() const { return bytes_; }

 private:
  std::filesystem::path path_;
  std::size_t bytes_ = 0;
};

template <class Read>
void measure(benchmark::State& state, const TextFile& file, Read read) {
  for (auto _ : state) {
    LabelClasses classes(Task::regression);
    const RowTable table = read(classes);
    if (table.rows() != kRows || table.width() != kFeatures) state.SkipWithError("INCORRECT: wrong shape");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * file.bytes()));
}

void read_libsvm_text(benchmark::State& state) {
  const TextFile file(false);
  measure(state, file, [&](LabelClasses& classes) { return read_libsvm(file.path(), {}, classes); });
}
BENCHMARK(read_libsvm_text)->Unit(benchmark::kMillisecond);

void read_csv_text(benchmark::State& state) {
  const TextFile file(true);
  const CsvFormat format{.separator = {}, .header = {}, .label = "first"};
  measure(state, file, [&](LabelClasses& classes) { return read_csv(file.path(), format, {}, classes); });
}
BENCHMARK(read_csv_text)->Unit(benchmark::kMillisecond);

void generate_year_like(benchmark::State& state) {
  const TabularRecipe recipe = year_like();
  for (auto _ : state) benchmark::DoNotOptimize(generate(recipe, 1, kRows, 0, 1));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kRows * kFeatures));
}
BENCHMARK(generate_year_like)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
