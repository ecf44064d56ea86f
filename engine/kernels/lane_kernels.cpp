#include "engine/kernels/lane_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/lane_kernels.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h comes first: it includes this file once per instruction set.
#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "engine/kernels/with_bits.h"

HWY_BEFORE_NAMESPACE();
namespace zipml::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#include "engine/kernels/float_lanes-inl.h"

using Bytes = hn::Rebind<std::uint8_t, Floats>;
constexpr std::size_t kLanes = hn::MaxLanes(Floats());
constexpr std::size_t kChunk = LaneLayout::kChunk, kLine = LaneLayout::kLineBytes;
constexpr std::size_t kVectors = kChunk / kLanes;  // of a chunk
constexpr std::size_t kChunks = LaneLayout::kGroup / kChunk;

#include "engine/kernels/for_fields-inl.h"
#include "engine/kernels/partial_sums-inl.h"

// The lowest `kBits` bits of words.
template <int kBits>
HWY_INLINE hn::Vec<Words> Low(hn::Vec<Words> words) {
  return hn::And(words, hn::Set(Words(), (1u << kBits) - 1));
}

// Sixteen floats, looked up by the lowest bits of words without a load. Where codes are shorter than 4 bits,
// the table is repeated, so that the bits above a code do not matter.
#if HWY_TARGET <= HWY_AVX3
struct Table16 {
  explicit Table16(const float* table) : values{_mm512_loadu_ps(table)} {}
  HWY_INLINE hn::Vec<Floats> operator()(hn::Vec<Words> words) const {
    return hn::Vec<Floats>{_mm512_permutexvar_ps(words.raw, values)};
  }
  __m512 values;
};
#elif HWY_TARGET == HWY_AVX2
struct Table16 {
  explicit Table16(const float* table) : low{_mm256_loadu_ps(table)}, high{_mm256_loadu_ps(table + 8)} {}
  HWY_INLINE hn::Vec<Floats> operator()(hn::Vec<Words> words) const {
    const __m256 upper = _mm256_castsi256_ps(_mm256_slli_epi32(words.raw, 28));  // bit 3 becomes the sign
    return hn::Vec<Floats>{_mm256_blendv_ps(_mm256_permutevar8x32_ps(low, words.raw),
                                            _mm256_permutevar8x32_ps(high, words.raw), upper)};
  }
  __m256 low, high;
};
#else
struct Table16 {
  explicit Table16(const float* table) : values(table) {}
  HWY_INLINE hn::Vec<Floats> operator()(hn::Vec<Words> words) const {
    return hn::GatherIndex(Floats(), values, hn::BitCast(Ints(), Low<4>(words)));
  }
  const float* values;
};
#endif

// Decoders: the values of kLanes columns from `column` on, from words that begin with their codes.
struct SharedTable {
  explicit SharedTable(const LaneLevels& levels) : table(levels.table) {}
  HWY_INLINE hn::Vec<Floats> operator()(hn::Vec<Words> words, std::size_t) const { return table(words); }

  Table16 table;
};

template <int kBits>
struct Affine {
  explicit Affine(const LaneLevels& levels) : low(levels.low), step(levels.step), numbers(kNumbers.data()) {}
  HWY_INLINE hn::Vec<Floats> operator()(hn::Vec<Words> words, std::size_t column) const {
    const Floats d;
    hn::Vec<Floats> code;
    if constexpr (kBits == 8) {
      code = hn::ConvertTo(d, hn::BitCast(Ints(), words));
    } else {
      code = numbers(words);
    }
    return hn::Add(hn::LoadU(d, low + column), hn::Mul(hn::LoadU(d, step + column), code));
  }

  static constexpr std::array<float, 16> kNumbers = [] {
    std::array<float, 16> numbers{};
    for (std::size_t i = 0; i < 16; ++i) numbers[i] = static_cast<float>(i % (std::size_t{1} << kBits));
    return numbers;
  }();

  const float *low, *step;
  Table16 numbers;
};

template <int kBits>
struct Gathered {
  explicit Gathered(const LaneLevels& levels)
      : table(levels.table),
        stride(static_cast<std::int32_t>(levels.stride)),
        columns(hn::Mul(hn::Iota(Ints(), 0), hn::Set(Ints(), stride))) {}
  HWY_INLINE hn::Vec<Floats> operator()(hn::Vec<Words> words, std::size_t column) const {
    const auto code = hn::BitCast(Ints(), Low<kBits>(words));
    return hn::GatherIndex(Floats(), table + column * static_cast<std::size_t>(stride),
                           hn::Add(code, columns));
  }

  const float* table;
  std::int32_t stride;
  hn::Vec<Ints> columns;
};

// Codes of kLanes bytes of a line, all fields; t: the line's number among those of its group.
template <int kBits, bool kPlanes, std::size_t kT>
HWY_INLINE hn::Vec<Words> Codes(const std::uint8_t* line, const std::uint8_t* plane) {
  const Bytes bytes;
  auto base = hn::LoadU(bytes, line);
  if constexpr (!kPlanes) return hn::PromoteTo(Words(), base);
  constexpr std::uint8_t kLowest = kBits == 8 ? 0x01 : kBits == 4 ? 0x11 : kBits == 2 ? 0x55 : 0xFF;
#if HWY_TARGET == HWY_SCALAR
  // Bytes cannot be shifted, and a vector of one has no room for two.
  const auto shifted = hn::ShiftRight<static_cast<int>(kT)>(hn::PromoteTo(Words(), hn::LoadU(bytes, plane)));
  return hn::Add(hn::PromoteTo(Words(), base), hn::And(shifted, hn::Set(Words(), kLowest)));
#else
  const hn::Repartition<std::uint16_t, Bytes> shorts;
  const auto shifted = hn::ShiftRight<static_cast<int>(kT)>(hn::BitCast(shorts, hn::LoadU(bytes, plane)));
  base = hn::Add(base, hn::And(hn::BitCast(bytes, shifted), hn::Set(bytes, kLowest)));
  return hn::PromoteTo(Words(), base);
#endif
}

// Calls use.template operator()<chunk>(vector of the chunk, values) for the chunks of a group in order, with
// one vector of values for every draw of the row; the last group may have fewer than kChunks.
template <int kBits, std::size_t kDraws, bool kPlanes, std::size_t kT, bool kWhole, class Decode, class Use>
HWY_INLINE void OfLines(const std::uint8_t* base, const std::uint8_t* const* planes, const Decode& decode,
                        std::size_t column, std::size_t chunks, const Use& use) {
  constexpr std::size_t kFields = 8 / kBits;
  if constexpr (kT < static_cast<std::size_t>(kBits)) {
    if (!kWhole && kT * kFields >= chunks) return;
    HWY_UNROLL(4)
    for (std::size_t v = 0; v < kVectors; ++v) {
      hn::Vec<Words> words[kDraws];
      for (std::size_t s = 0; s < kDraws; ++s)
        words[s] = Codes<kBits, kPlanes, kT>(base + kT * kLine + v * kLanes,
                                             kPlanes ? planes[s] + v * kLanes : nullptr);
      const auto of_field = [&]<int kField>() HWY_ATTR ZIPML_INLINE_LAMBDA {
        constexpr std::size_t kAt = kT * kFields + static_cast<std::size_t>(kField);
        if (!kWhole && kAt >= chunks) return;
        hn::Vec<Floats> values[kDraws];
        for (std::size_t s = 0; s < kDraws; ++s)
          values[s] = decode(hn::ShiftRight<kField * kBits>(words[s]), column + kAt * kChunk + v * kLanes);
        use.template operator()<kAt>(v, values);
      };
      ForFields<static_cast<int>(kFields)>(of_field);
    }
    OfLines<kBits, kDraws, kPlanes, kT + 1, kWhole>(base, planes, decode, column, chunks, use);
  }
}

struct Row {
  const std::uint8_t* base;
  const std::uint8_t* planes[2];  // of the draws that are used

  Row(const LaneLayout& layout, const std::uint8_t* row, std::size_t draw)
      : base(row), planes{row + layout.base_bytes() + draw * layout.plane_bytes(), nullptr} {
    planes[1] = row + layout.base_bytes() + layout.plane_bytes();
  }
};

// Calls use(column of the chunk, vector of the chunk, values) for all chunks of a row.
template <int kBits, std::size_t kDraws, bool kPlanes, class Decode, class Use>
HWY_INLINE void OfRow(const LaneLayout& layout, const Row& row, const Decode& decode, const Use& use) {
  constexpr std::size_t kGroup = LaneLayout::kGroup;
  const auto of_group = [&]<bool kWhole>(std::size_t column,
                                         std::size_t chunks) HWY_ATTR ZIPML_INLINE_LAMBDA {
    const std::size_t group = column / kGroup;
    const std::uint8_t* planes[2] = {row.planes[0] + group * kLine, row.planes[1] + group * kLine};
    use.begin_group(group);
    OfLines<kBits, kDraws, kPlanes, 0, kWhole>(
        row.base + group * kLine * kBits, planes, decode, column, chunks,
        [&]<std::size_t kAt>(std::size_t v, const hn::Vec<Floats>* values)
            HWY_ATTR { use.template operator()<kAt, kWhole>(column, v, values); });
  };
  std::size_t column = 0;
  for (; column + kGroup <= layout.cols; column += kGroup)
    of_group.template operator()<true>(column, kChunks);
  if (column < layout.cols)
    of_group.template operator()<false>(column, (layout.cols - column + kChunk - 1) / kChunk);
}

template <int kBits>
struct AddUp {
  const float* x;
  const std::uint8_t* ahead;
  std::size_t ahead_planes, plane_bytes;
  hn::Vec<Floats>* sums;

  HWY_INLINE void begin_group(std::size_t group) const {
    __builtin_prefetch(ahead + group * kLine * kBits);
    if (kBits == 8) __builtin_prefetch(ahead + group * kLine * kBits + 64);
    if (plane_bytes > 0 && group % 4 == 0) {
      __builtin_prefetch(ahead + ahead_planes + group * kLine);
      __builtin_prefetch(ahead + ahead_planes + plane_bytes + group * kLine);
    }
  }
  template <std::size_t kAt, bool kWhole>
  HWY_INLINE void operator()(std::size_t column, std::size_t v, const hn::Vec<Floats>* values) const {
    auto& sum = sums[kAt % 2 * kVectors + v];
    sum = hn::Add(sum, hn::Mul(values[0], hn::LoadU(Floats(), x + column + kAt * kChunk + v * kLanes)));
  }
};

template <int kBits, bool kPlanes, class Decode>
float Dot(const LaneLayout& layout, const std::uint8_t* row, std::size_t draw, const LaneLevels& levels,
          const float* x, const std::uint8_t* ahead) {
  const Floats d;
  hn::Vec<Floats> sums[kAccumulators];
  for (auto& sum : sums) sum = hn::Zero(d);
  OfRow<kBits, 1, kPlanes>(layout, Row(layout, row, draw), Decode(levels),
                           AddUp<kBits>{x, ahead, layout.base_bytes(), layout.plane_bytes(), sums});
  return TreeSum(sums);
}

template <std::size_t kDraws>
struct AddTo {
  hn::Vec<Floats> alpha, beta;
  float* y;
  std::size_t cols;

  HWY_INLINE void begin_group(std::size_t) const {}
  template <std::size_t kAt, bool kWhole>
  HWY_INLINE void operator()(std::size_t column, std::size_t v, const hn::Vec<Floats>* values) const {
    const Floats d;
    const std::size_t first = column + kAt * kChunk + v * kLanes;
    auto term = hn::Mul(alpha, values[0]);
    if constexpr (kDraws == 2) term = hn::Add(term, hn::Mul(beta, values[1]));
    const auto sum = hn::Add(hn::LoadU(d, y + first), term);
    if (kWhole || first + kLanes <= cols) return hn::StoreU(sum, d, y + first);
    HWY_ALIGN float last[kLanes];  // columns that are not there have values, too
    hn::Store(sum, d, last);
    for (std::size_t i = 0; first + i < cols; ++i) y[first + i] = last[i];
  }
};

template <int kBits, std::size_t kDraws, bool kPlanes, class Decode>
void Axpy(const LaneLayout& layout, const std::uint8_t* row, std::size_t draw, const LaneLevels& levels,
          float alpha, float beta, float* y) {
  const Floats d;
  OfRow<kBits, kDraws, kPlanes>(layout, Row(layout, row, draw), Decode(levels),
                                AddTo<kDraws>{hn::Set(d, alpha), hn::Set(d, beta), y, layout.cols});
}

// Calls f.template operator()<bits, planes, Decoder>().
template <class F>
void WithDecoder(const LaneLayout& layout, const LaneLevels& levels, const F& f) {
  with_bits(layout.bits, [&]<int kBits>() {
    const auto with_planes = [&]<class Decode>() {
      if (layout.draws == 1) return f.template operator()<kBits, false, Decode>();
      return f.template operator()<kBits, true, Decode>();
    };
    if (levels.low != nullptr) return with_planes.template operator()<Affine<kBits>>();
    if constexpr (kBits < 8) {
      if (levels.stride == 0) return with_planes.template operator()<SharedTable>();
    }
    return with_planes.template operator()<Gathered<kBits>>();
  });
}

float LaneDot(const LaneLayout& layout, const std::uint8_t* row, std::size_t draw, const LaneLevels& levels,
              const float* x, const std::uint8_t* ahead) {
  float dot = 0.0f;
  WithDecoder(layout, levels, [&]<int kBits, bool kPlanes, class Decode>() {
    dot = Dot<kBits, kPlanes, Decode>(layout, row, draw, levels, x, ahead);
  });
  return dot;
}

void LaneAxpy(const LaneLayout& layout, const std::uint8_t* row, std::size_t draw, const LaneLevels& levels,
              float alpha, float* y) {
  WithDecoder(layout, levels, [&]<int kBits, bool kPlanes, class Decode>() {
    Axpy<kBits, 1, kPlanes, Decode>(layout, row, draw, levels, alpha, 0.0f, y);
  });
}

void LaneAxpy2(const LaneLayout& layout, const std::uint8_t* row, const LaneLevels& levels, float alpha,
               float beta, float* y) {
  WithDecoder(layout, levels, [&]<int kBits, bool kPlanes, class Decode>() {
    if constexpr (kPlanes) Axpy<kBits, 2, true, Decode>(layout, row, 0, levels, alpha, beta, y);
  });
}

}  // namespace zipml::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace zipml::kernels {

HWY_EXPORT(LaneDot);
HWY_EXPORT(LaneAxpy);
HWY_EXPORT(LaneAxpy2);

namespace {

void check(const LaneLayout& layout, std::size_t draw) {
  if (draw >= layout.draws) throw std::logic_error("lane kernels: no such draw");
}

}  // namespace

float lane_dot(const LaneLayout& layout, const std::uint8_t* row, std::size_t draw, const LaneLevels& levels,
               const float* x, const std::uint8_t* ahead) {
  check(layout, draw);
  return HWY_DYNAMIC_DISPATCH(LaneDot)(layout, row, draw, levels, x, ahead);
}

void lane_axpy(const LaneLayout& layout, const std::uint8_t* row, std::size_t draw, const LaneLevels& levels,
               float alpha, float* y) {
  check(layout, draw);
  HWY_DYNAMIC_DISPATCH(LaneAxpy)(layout, row, draw, levels, alpha, y);
}

void lane_axpy2(const LaneLayout& layout, const std::uint8_t* row, const LaneLevels& levels, float alpha,
                float beta, float* y) {
  check(layout, 1);
  HWY_DYNAMIC_DISPATCH(LaneAxpy2)(layout, row, levels, alpha, beta, y);
}

}  // namespace zipml::kernels
#endif  // HWY_ONCE
