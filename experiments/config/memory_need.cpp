#include "experiments/config/memory_need.h"

#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/data/preprocess.h"
#include "engine/data/tomography_scan.h"
#include "engine/gradient/quantizer_parameters.h"
#include "engine/quantize/quantized_samples.h"
#include "engine/solve/trace.h"
#include "experiments/config/data_shape.h"

namespace zipml {
namespace {

std::uint64_t matrix_bytes(std::uint64_t rows, std::uint64_t cols) {
  return rows * round_up(cols, kRowAlignment) * sizeof(float);
}

// The samples that estimators store: their rows and columns.
struct SampleShape {
  std::uint64_t rows = 0, cols = 0;
};

SampleShape add_table(const RunSpec& run, const DataShape& shape, MemoryNeed& need) {
  const std::uint64_t cols = shape.features + (run.preprocess.boolean("intercept") ? 1 : 0);
  const std::uint64_t labels = (shape.train_rows + shape.test_rows) * sizeof(float);
  const std::uint64_t raw_train = matrix_bytes(shape.train_rows, shape.features);
  const std::uint64_t raw_test = matrix_bytes(shape.test_rows, shape.features);
  const std::uint64_t train = matrix_bytes(shape.train_rows, cols),
                      test = matrix_bytes(shape.test_rows, cols);
  if (keeps_packed_only(run.dataset)) {
    need.data = test + labels;
    need.loading = need.data + raw_test;
    return {shape.train_rows, cols};
  }
  need.data = train + test + labels;
  // Preprocessing replaces one split after the other.
  need.loading = labels + raw_test + train + std::max(raw_train, test);
  return {shape.train_rows, cols};
}

// A ray has up to two pixels in each row (or column) of the image, except where it runs along an axis.
SampleShape add_scan(const Parameters& parameters, MemoryNeed& need) {
  const ScanGeometry scan = scan_geometry(parameters);
  const std::uint64_t rays = scan.rays(), pixels = (scan.angles > 2 ? 2 : 1) * scan.size;
  const std::uint64_t detected = rays * scan.slices, values = detected * sizeof(float);
  const std::uint64_t rows = matrix_bytes(detected, kRowAlignment) + values;
  const std::uint64_t weights = matrix_bytes(rays, pixels) + rays * pixels * sizeof(std::uint32_t);
  const std::uint64_t images = 3 * scan.pixels() * scan.slices * sizeof(float);  // truth, reference, result
  need.data = 2 * values + weights + images;
  need.loading = std::max(2 * rows, rows + weights);
  return {rays, pixels};
}

void add_samples(const Parameters& samples, const SampleShape& shape, MemoryNeed& need) {
  if (!samples.has("bits") || shape.rows == 0) return;
  const int levels = requested_levels(samples);
  std::uint64_t bits = static_cast<std::uint64_t>(bits_for_levels(levels));
  if (samples.has("degree")) {  // the sum of the draws' indices
    bits += static_cast<std::uint64_t>(std::bit_width(static_cast<std::uint64_t>(samples.integer("degree"))));
  } else if (samples.has("symmetrized")) {  // a choice bit for each of two draws
    bits += 2;
  }
  need.samples = shape.rows * shape.cols * bits / 8;
  need.levels = shape.cols * static_cast<std::uint64_t>(levels) * sizeof(float);
}

}  // namespace

MemoryNeed memory_need(const RunSpec& run) {
  MemoryNeed need;
  SampleShape shape;
  if (run.dataset.kind == kTomography) {
    shape = add_scan(run.dataset.parameters, need);
  } else if (const auto table = known_data_shape(run)) {
    shape = add_table(run, *table, need);
  }
  if (run.network) return need;
  add_samples(run.training.samples.parameters, shape, need);
  const Parameters& solver = run.training.solver.parameters;
  if (solver.has("epochs"))
    need.trace = static_cast<std::uint64_t>(solver.integer("epochs")) * sizeof(TraceRow);
  return need;
}

std::string with_separators(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string largest_member(const RunSpec& run, const MemoryNeed& need) {
  const std::uint64_t data = std::max(need.loading, need.data);
  if (data < std::max(need.samples, need.levels)) return "/precision/samples/bits";
  if (data < need.trace) return "/solver/epochs";
  if (run.dataset.kind == kTomography) return "/dataset/size";
  const Parameters& parameters = run.dataset.parameters;
  if (!parameters.has("train_rows")) return "/dataset";
  const auto shape = known_data_shape(run);
  return shape && shape->test_rows > shape->train_rows ? "/dataset/test_rows" : "/dataset/train_rows";
}

std::string memory_refusal(const MemoryNeed& need, const MemoryLimit& limit) {
  std::string parts;
  const std::pair<const char*, std::uint64_t> known[] = {{"data", std::max(need.data, need.loading)},
                                                         {"stored samples", need.samples},
                                                         {"levels", need.levels},
                                                         {"trace", need.trace}};
  for (const auto& [name, bytes] : known) {
    if (bytes > 0) parts += (parts.empty() ? "" : ", ") + std::string(name) + " " + with_separators(bytes);
  }
  return "the run needs at least " + with_separators(need.total()) + " bytes of memory (" + parts +
         "); available are " + with_separators(limit.bytes) + " (" + limit.source + ")";
}

}  // namespace zipml
