#include "engine/quantize/quantized_samples.h"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <utility>

#include "engine/core/parallel.h"
#include "engine/kernels/kernels.h"
#include "engine/kernels/quantize_fields.h"
#include "engine/quantize/row_norms.h"

namespace zipml {
namespace {

// Below this many values a parallel region costs more than it saves.
constexpr std::size_t kValuesPerThread = std::size_t{1} << 15;

int useful_threads(const RowSource& rows, int threads) {
  return zipml::useful_threads(rows.rows() * rows.cols(), kValuesPerThread, threads);
}

}  // namespace

int bits_for_levels(int levels) { return std::bit_width(static_cast<unsigned>(levels) - 1); }

QuantizedSamples::QuantizedSamples(const Matrix& features, const LevelStrategy& strategy, int levels,
                                   int draws, int threads, const LevelScope& scope, RowLayout layout)
    : QuantizedSamples(
          std::make_unique<MatrixRows>(features), &features, MatrixRows(features),
          column_levels(features, strategy, levels, useful_threads(MatrixRows(features), threads), scope),
          strategy.scales_rows(), draws, layout) {}

QuantizedSamples::QuantizedSamples(const RowSource& rows, const LevelStrategy& strategy, int levels,
                                   int draws, int threads, const LevelScope& scope, RowLayout layout)
    : QuantizedSamples(nullptr, nullptr, rows,
                       column_levels(rows, strategy, levels, useful_threads(rows, threads), scope),
                       strategy.scales_rows(), draws, layout) {}

QuantizedSamples::QuantizedSamples(std::unique_ptr<const RowSource> whole, const Matrix* features,
                                   const RowSource& rows, ColumnLevels levels, bool scales_rows, int draws,
                                   RowLayout layout)
    : whole_(std::move(whole)),
      features_(features),
      rows_(whole_ ? *whole_ : rows),
      scales_rows_(scales_rows),
      levels_(std::move(levels)),
      packed_(rows_.rows(), rows_.cols(), bits_for_levels(levels_.count()), draws, layout) {
  if (scales_rows_) row_norms_ = row_norms(rows_);
  if (packed_.lanes() != nullptr) make_table();
}

// Levels that all columns share, up to 16 of them, are looked up in a register; longer tables, and those of
// single columns, in memory, which only pays where an affine map does not do.
void QuantizedSamples::make_table() {
  const std::size_t bits = packed_.lanes()->layout().bits, entries = std::size_t{1} << bits;
  const bool shared = levels_.are_shared();
  if (levels_.uniform() && !(shared && bits < 8)) return;
  table_stride_ = shared ? 0 : entries;
  const std::size_t tables =
      shared ? std::max<std::size_t>(1, 16 / entries) : round_up(levels_.cols(), kRowAlignment);
  table_.assign(tables * entries, 0.0f);
  for (std::size_t t = 0; t < (shared ? tables : levels_.cols()); ++t) {
    const auto values = levels_.column(shared ? 0 : t).values();
    std::copy(values.begin(), values.end(), table_.begin() + static_cast<std::ptrdiff_t>(t * entries));
  }
}

kernels::LaneLevels QuantizedSamples::lane_levels() const {
  if (table_.empty()) return levels_.affine();
  return {.table = table_.data(), .stride = table_stride_};
}

float QuantizedSamples::dot(std::size_t r, std::size_t draw, const float* x, std::size_t ahead) const {
  const LaneMatrix& rows = *packed_.lanes();
  return kernels::lane_dot(rows.layout(), rows.row(r), draw, lane_levels(), x, rows.row(ahead));
}

void QuantizedSamples::add_to(std::size_t r, std::size_t draw, float alpha, float* y) const {
  const LaneMatrix& rows = *packed_.lanes();
  kernels::lane_axpy(rows.layout(), rows.row(r), draw, lane_levels(), alpha, y);
}

void QuantizedSamples::add_both_to(std::size_t r, float alpha, float beta, float* y) const {
  const LaneMatrix& rows = *packed_.lanes();
  kernels::lane_axpy2(rows.layout(), rows.row(r), lane_levels(), alpha, beta, y);
}

void QuantizedSamples::quantize(Rounding rounding, const DrawAddress& address, int threads) {
  if (rounding == Rounding::nearest && draws() != 1) {
    throw std::logic_error("nearest rounding has one draw: all would be equal");
  }
  constexpr std::size_t kRows = BitMatrix::kRowsPerBlock;
  static_assert(RowSource::kGrain % kRows == 0);
  rows_.visit([&](std::size_t first, const Matrix& part) {
    parallel_blocks(round_up(part.rows(), kRows) / kRows, useful_threads(rows_, threads),
                    [&](std::size_t block) {
                      static thread_local QuantizeScratch scratch;
                      const std::size_t last = std::min((block + 1) * kRows, part.rows());
                      for (std::size_t r = block * kRows; r < last; ++r)
                        quantize_row(first + r, part.row(r), rounding, address, scratch);
                      kernels::flush_rows();
                    });
  });
}

void QuantizedSamples::quantize_row(std::size_t r, std::span<const float> row, Rounding rounding,
                                    const DrawAddress& address, QuantizeScratch& scratch) {
  const std::size_t n = row.size();
  const float* values = scales_rows_ ? unit_row(row, row_norms_[r], scratch.values) : row.data();
  const std::uint64_t first_element = std::uint64_t{r} * round_up(n, kRowAlignment);
  if (const auto columns = levels_.uniform(); columns && packed_.fields() != nullptr) {
    FieldMatrix& fields = *packed_.fields();
    if (rounding == Rounding::nearest)
      return kernels::quantize_fields_nearest(fields.layout(), values, *columns, fields.row(r));
    return kernels::quantize_fields(fields.layout(), values, *columns, address, first_element, fields.row(r));
  }
  scratch.base.resize(n);
  if (rounding == Rounding::nearest) {
    levels_.nearest(values, scratch.base.data());
    packed_.store_base(r, scratch.base.data(), scratch.pack);
    return;
  }
  scratch.share.resize(n);
  scratch.words.resize(n);
  scratch.choices.resize(packed_bytes(n, 1) + kPackSlack);
  levels_.bracket(values, scratch.base.data(), scratch.share.data());
  for (int draw = 0; draw < draws(); ++draw) {
    kernels::random_bits(address, static_cast<std::uint32_t>(draw), first_element, scratch.words.data(), n);
    kernels::choose(scratch.words.data(), scratch.share.data(), n, scratch.choices.data());
    if (draws() > 1) packed_.store_choices(r, draw, scratch.choices.data());
  }
  // A single draw has no need of its lower level: its code is stored as it is.
  if (draws() == 1) add_choices(scratch.base.data(), scratch.choices.data(), n, scratch.base.data());
  packed_.store_base(r, scratch.base.data(), scratch.pack);
}

void QuantizedSamples::decode_codes(std::size_t r, const std::uint16_t* codes, float* out) const {
  levels_.decode(codes, out);
  if (!scales_rows_) return;
  for (std::size_t c = 0; c < levels_.cols(); ++c) out[c] *= row_norms_[r];
}

void QuantizedSamples::decode(std::size_t r, int draw, float* out, QuantizeScratch& scratch) const {
  scratch.base.resize(levels_.cols());
  packed_.load_base(r, scratch.base.data(), scratch.pack);
  if (draws() == 1) {
    decode_codes(r, scratch.base.data(), out);
    return;
  }
  scratch.codes.resize(levels_.cols());
  packed_.apply_choices(r, draw, scratch.base.data(), scratch.codes.data(), scratch.pack);
  decode_codes(r, scratch.codes.data(), out);
}

void QuantizedSamples::decode_pair(std::size_t r, float* first, float* second,
                                   QuantizeScratch& scratch) const {
  scratch.base.resize(levels_.cols());
  scratch.codes.resize(levels_.cols());
  packed_.load_base(r, scratch.base.data(), scratch.pack);
  packed_.apply_choices(r, 0, scratch.base.data(), scratch.codes.data(), scratch.pack);
  decode_codes(r, scratch.codes.data(), first);
  packed_.apply_choices(r, 1, scratch.base.data(), scratch.codes.data(), scratch.pack);
  decode_codes(r, scratch.codes.data(), second);
}

double QuantizedSamples::variance(std::size_t r, std::size_t c) const {
  if (features_ == nullptr) throw std::logic_error("the rows of these samples are not in memory");
  const float value = (*features_)(r, c);
  if (!scales_rows_) return levels_.column(c).variance(value);
  const float scale = row_norms_[r];
  if (scale == 0.0f) return 0.0;
  return levels_.column(c).variance(value * (1.0f / scale)) * static_cast<double>(scale) * scale;
}

double QuantizedSamples::bytes_per_row() const {
  return packed_.bytes_per_row() + (scales_rows_ ? sizeof(float) : 0);
}

std::size_t QuantizedSamples::bytes() const { return packed_.bytes() + row_norms_.size() * sizeof(float); }

}  // namespace zipml
