#include "engine/kernels/fixed_point.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/fixed_point.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h comes first: it includes this file once per instruction set.
#include <hwy/highway.h>

#include <algorithm>
#include <stdexcept>

#include "engine/kernels/fixed_point_reference.h"
#include "engine/kernels/with_bits.h"

HWY_BEFORE_NAMESPACE();
namespace zipml::kernels::HWY_NAMESPACE {

// On x86 a lower number is a larger instruction set.
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2

namespace hn = hwy::HWY_NAMESPACE;

#include "engine/kernels/for_fields-inl.h"

using Shorts = hn::CappedTag<std::int16_t, 32>;
using Bytes = hn::Rebind<std::uint8_t, Shorts>;
using Ints = hn::RepartitionToWide<Shorts>;
constexpr std::size_t kLanes = hn::MaxLanes(Shorts());
constexpr std::size_t kLine = LaneLayout::kLineBytes;
constexpr std::size_t kVectors = 2 * kLine / kLanes;  // of two lines

// sums += a * b, added by pairs: which pair does not matter, as sums are exact.
HWY_INLINE hn::Vec<Ints> MultiplyAdd(hn::Vec<Ints> sums, hn::Vec<Shorts> a, hn::Vec<Shorts> b) {
#if HWY_TARGET <= HWY_AVX3_DL
  asm("vpdpwssd %2, %1, %0" : "+v"(sums.raw) : "v"(a.raw), "v"(b.raw));
  return sums;
#else
  auto others = hn::Zero(Ints());
  sums = hn::ReorderWidenMulAccumulate(Ints(), a, b, sums, others);
  return hn::Add(sums, others);
#endif
}

// The integers u of the codes that words begin with.
template <int kBits>
class Decode {
 public:
#if HWY_TARGET <= HWY_AVX3
  explicit Decode(const FixedPointShape& shape) : table_(_mm512_load_si512(shape.values.data())) {}
#else
  explicit Decode(const FixedPointShape& shape)
      : offset_(hn::Set(Shorts(), static_cast<std::int16_t>(shape.levels - 1))) {}
#endif
  template <int kField>
  HWY_INLINE hn::Vec<Shorts> operator()(hn::Vec<Shorts> words) const {
    const auto shifted = hn::ShiftRight<kField * kBits>(words);
#if HWY_TARGET <= HWY_AVX3
    return hn::Vec<Shorts>{_mm512_permutexvar_epi16(shifted.raw, table_)};
#else
    const auto code = hn::And(shifted, hn::Set(Shorts(), (1 << kBits) - 1));
    return hn::Sub(hn::Add(code, code), offset_);
#endif
  }

 private:
#if HWY_TARGET <= HWY_AVX3
  __m512i table_;  // the codes again and again, so that the bits above one do not matter
#else
  hn::Vec<Shorts> offset_;
#endif
};

// Adds the choices of bytes v * kLanes .. of two lines, the kPair-th of their group. Each line has its own
// bit of a plane's byte; with one bit a code, lines have bytes of their own.
template <int kBits, int kPair>
HWY_INLINE hn::Vec<Shorts> WithChoices(hn::Vec<Shorts> words, const std::uint8_t* plane, std::size_t v) {
  constexpr std::int16_t kLowest = kBits == 4 ? 0x11 : kBits == 2 ? 0x55 : 0xFF;
  const Shorts d;
  const auto lowest = hn::Set(d, kLowest);
  if constexpr (kBits == 1) {
    return hn::Add(words, hn::PromoteTo(d, hn::LoadU(Bytes(), plane + v * kLanes)));
  } else if constexpr (kLanes == 32) {
#if HWY_TARGET <= HWY_AVX3
    const __m256i both =
        _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(plane)));
    const __m512i shifts =
        _mm512_inserti64x4(_mm512_set1_epi16(2 * kPair), _mm256_set1_epi16(2 * kPair + 1), 1);
    const hn::Vec<Shorts> choices{_mm512_srlv_epi16(_mm512_cvtepu8_epi16(both), shifts)};
    return hn::Add(words, hn::And(choices, lowest));
#endif
  } else {
    const auto bytes = hn::PromoteTo(d, hn::LoadU(Bytes(), plane + v * kLanes % kLine));
    const bool second = v * kLanes >= kLine;
    const auto choices = second ? hn::ShiftRight<2 * kPair + 1>(bytes) : hn::ShiftRight<2 * kPair>(bytes);
    return hn::Add(words, hn::And(choices, lowest));
  }
}

// Words of bytes v * kLanes .. of two lines of a row; `at`: which two lines.
template <int kBits, bool kPlanes, int kPair>
HWY_INLINE hn::Vec<Shorts> Words(const std::uint8_t* row, std::size_t plane, std::size_t at, std::size_t v) {
  const auto words = hn::PromoteTo(Shorts(), hn::LoadU(Bytes(), row + 2 * kLine * at + v * kLanes));
  if constexpr (!kPlanes) return words;
  return WithChoices<kBits, kPair>(words,
                                   row + plane + (kBits == 1 ? 2 * kLine * at : at / (kBits / 2) * kLine), v);
}

template <std::size_t kRows>
struct Sums {
  hn::Vec<Ints> dots[kRows][2], grams[kRows][kRows];

  HWY_INLINE void Clear() {
    for (std::size_t k = 0; k < kRows; ++k) {
      dots[k][0] = dots[k][1] = hn::Zero(Ints());
      for (std::size_t j = 0; j < kRows; ++j) grams[j][k] = hn::Zero(Ints());
    }
  }
};

// Products of two lines, the kPair-th of their group. columns: as in FixedPointShape, in the last step;
// padding has no weight, but would add to the products of rows.
template <int kBits, bool kPlanes, std::size_t kRows, int kPair, bool kLast>
HWY_INLINE void AddProducts(const FixedPointShape& shape, const FixedPointRows& rows, std::size_t at,
                            const Decode<kBits>& decode, const std::int16_t* model, Sums<kRows>& sums) {
  const std::size_t first_plane = shape.layout.base_bytes(),
                    second_plane = first_plane + shape.layout.plane_bytes();
  constexpr std::size_t kFields = 8 / kBits;
  for (std::size_t v = 0; v < kVectors; ++v) {
    hn::Vec<Shorts> read[kRows], updated[kRows];
#pragma GCC unroll 4
    for (std::size_t k = 0; k < kRows; ++k) {
      read[k] = Words<kBits, kPlanes, kPair>(rows.rows[k], second_plane, at, v);
      if (kPlanes && k + 1 < kRows)
        updated[k] = Words<kBits, kPlanes, kPair>(rows.rows[k], first_plane, at, v);
    }
    const auto of_field = [&]<int kField>() HWY_ATTR ZIPML_INLINE_LAMBDA {
      const auto weights = hn::Load(Shorts(), model + (at * kFields + kField) * 2 * kLine + v * kLanes);
      hn::Vec<Shorts> values[kRows];
#pragma GCC unroll 4
      for (std::size_t k = 0; k < kRows; ++k) {
        values[k] = decode.template operator()<kField>(read[k]);
        sums.dots[k][kField % 2] = MultiplyAdd(sums.dots[k][kField % 2], values[k], weights);
      }
#pragma GCC unroll 4
      for (std::size_t j = 0; j + 1 < kRows; ++j) {
        auto other = kPlanes ? decode.template operator()<kField>(updated[j]) : values[j];
        if (kLast)
          other = hn::And(other, hn::Load(Shorts(), shape.columns.data() + kField * 2 * kLine + v * kLanes));
#pragma GCC unroll 4
        for (std::size_t k = j + 1; k < kRows; ++k)
          sums.grams[j][k] = MultiplyAdd(sums.grams[j][k], other, values[k]);
      }
    };
    ForFields<static_cast<int>(kFields)>(of_field);
  }
}

// Every lane holds at most 65536 / 16 products of 15 and 2^15, all of them together do not fit 32 bits.
HWY_INLINE std::int64_t SumOfDots(hn::Vec<Ints> a, hn::Vec<Ints> b) {
  const hn::RepartitionToWide<Ints> wide;
  auto sum = hn::Zero(wide);
  for (const auto v : {a, b}) {
    const auto pairs = hn::BitCast(wide, v);
    sum = hn::Add(sum, hn::Add(hn::ShiftRight<32>(pairs), hn::ShiftRight<32>(hn::ShiftLeft<32>(pairs))));
  }
  return hn::GetLane(hn::SumOfLanes(wide, sum));
}

HWY_INLINE std::int32_t SumOfLanes(hn::Vec<Ints> v) { return hn::GetLane(hn::SumOfLanes(Ints(), v)); }

template <int kBits, bool kPlanes, std::size_t kRows>
void ProductsOf(const FixedPointShape& shape, const FixedPointRows& rows, const std::int16_t* model,
                FixedPointProducts& products) {
  const Decode<kBits> decode(shape);
  Sums<kRows> sums;
  sums.Clear();
  const auto add = [&]<bool kLast>(std::size_t at) HWY_ATTR ZIPML_INLINE_LAMBDA {
    if (at % 2 == 0)
      for (std::size_t k = 0; k < kRows; ++k) __builtin_prefetch(rows.ahead[k] + 2 * kLine * at);
    if (kBits == 4 && at % 2 == 1) {
      AddProducts<kBits, kPlanes, kRows, 1, kLast>(shape, rows, at, decode, model, sums);
    } else {
      AddProducts<kBits, kPlanes, kRows, 0, kLast>(shape, rows, at, decode, model, sums);
    }
  };
  for (std::size_t at = 0; at + 1 < shape.steps; ++at) add.template operator()<false>(at);
  add.template operator()<true>(shape.steps - 1);
  if (kPlanes) {
    const std::size_t planes = shape.layout.base_bytes(), end = shape.layout.row_bytes();
    for (std::size_t k = 0; k < kRows; ++k)
      for (std::size_t byte = planes; byte < end; byte += 64) __builtin_prefetch(rows.ahead[k] + byte);
  }
  for (std::size_t k = 0; k < kRows; ++k) {
    products.dots[k] = SumOfDots(sums.dots[k][0], sums.dots[k][1]);
    for (std::size_t j = 0; j < k; ++j) products.grams[j][k] = SumOfLanes(sums.grams[j][k]);
  }
}

template <int kBits, bool kPlanes, std::size_t kRows>
void UpdateBy(const FixedPointShape& shape, const FixedPointRows& rows, const std::int16_t* factors,
              std::int16_t* model) {
  constexpr std::size_t kFields = 8 / kBits;
  const Shorts d;
  const std::size_t plane = shape.layout.base_bytes();
  const Decode<kBits> decode(shape);
  hn::Vec<Shorts> factor[kRows];
  for (std::size_t k = 0; k < kRows; ++k) factor[k] = hn::Set(d, factors[k]);
  const auto update = [&]<int kPair, bool kLast>(std::size_t at) HWY_ATTR ZIPML_INLINE_LAMBDA {
    for (std::size_t v = 0; v < kVectors; ++v) {
      hn::Vec<Shorts> words[kRows];
#pragma GCC unroll 4
      for (std::size_t k = 0; k < kRows; ++k)
        words[k] = Words<kBits, kPlanes, kPair>(rows.rows[k], plane, at, v);
      const auto of_field = [&]<int kField>() HWY_ATTR ZIPML_INLINE_LAMBDA {
        std::int16_t* target = model + (at * kFields + kField) * 2 * kLine + v * kLanes;
        auto weights = hn::Load(d, target);
#pragma GCC unroll 4
        for (std::size_t k = 0; k < kRows; ++k)
          weights =
              hn::SaturatedSub(weights, hn::Mul(factor[k], decode.template operator()<kField>(words[k])));
        if (kLast)
          weights = hn::And(weights, hn::Load(d, shape.columns.data() + kField * 2 * kLine + v * kLanes));
        hn::Store(weights, d, target);
      };
      ForFields<static_cast<int>(kFields)>(of_field);
    }
  };
  const auto update_pair = [&]<bool kLast>(std::size_t at) HWY_ATTR ZIPML_INLINE_LAMBDA {
    if (kBits == 4 && at % 2 == 1) {
      update.template operator()<1, kLast>(at);
    } else {
      update.template operator()<0, kLast>(at);
    }
  };
  for (std::size_t at = 0; at + 1 < shape.steps; ++at) update_pair.template operator()<false>(at);
  update_pair.template operator()<true>(shape.steps - 1);
}

// Calls f.template operator()<bits, planes, rows>().
template <class F>
void WithShape(const LaneLayout& layout, std::size_t count, const F& f) {
  with_bits(layout.bits, [&]<int kBits>() {
    if constexpr (kBits < 8) {
      const auto with_planes = [&]<bool kPlanes>() {
        if (count == 4) return f.template operator()<kBits, kPlanes, 4>();
        if (count == 2) return f.template operator()<kBits, kPlanes, 2>();
        f.template operator()<kBits, kPlanes, 1>();
      };
      if (layout.draws == 2) return with_planes.template operator()<true>();
      with_planes.template operator()<false>();
    }
  });
}

void Products(const FixedPointShape& shape, const FixedPointRows& rows, const std::int16_t* model,
              FixedPointProducts& products) {
  WithShape(shape.layout, rows.count, [&]<int kBits, bool kPlanes, std::size_t kRows>() {
    ProductsOf<kBits, kPlanes, kRows>(shape, rows, model, products);
  });
}

void Update(const FixedPointShape& shape, const FixedPointRows& rows, const std::int16_t* factors,
            std::int16_t* model) {
  WithShape(shape.layout, rows.count, [&]<int kBits, bool kPlanes, std::size_t kRows>() {
    UpdateBy<kBits, kPlanes, kRows>(shape, rows, factors, model);
  });
}

std::int32_t Largest(const std::int16_t* model, std::size_t n) {
  const Shorts d;
  auto most = hn::Zero(d), least = hn::Zero(d);
  for (std::size_t i = 0; i < n; i += kLanes) {
    const auto weights = hn::Load(d, model + i);
    most = hn::Max(most, weights);
    least = hn::Min(least, weights);
  }
  HWY_ALIGN std::int16_t lanes[2 * kLanes];
  hn::Store(most, d, lanes);
  hn::Store(least, d, lanes + kLanes);
  return std::max<std::int32_t>(*std::max_element(lanes, lanes + kLanes),
                                -*std::min_element(lanes + kLanes, lanes + 2 * kLanes));
}

#else
void Products(const FixedPointShape& shape, const FixedPointRows& rows, const std::int16_t* model,
              FixedPointProducts& products) {
  reference::fixed_point_products(shape, rows, model, products);
}
void Update(const FixedPointShape& shape, const FixedPointRows& rows, const std::int16_t* factors,
            std::int16_t* model) {
  reference::fixed_point_update(shape, rows, factors, model);
}
std::int32_t Largest(const std::int16_t* model, std::size_t n) {
  return reference::fixed_point_largest(model, n);
}
#endif

}  // namespace zipml::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace zipml::kernels {

HWY_EXPORT(Products);
HWY_EXPORT(Update);
HWY_EXPORT(Largest);

FixedPointShape::FixedPointShape(const LaneLayout& rows, std::int32_t levels_count)
    : layout(rows), levels(levels_count), steps((rows.base_bytes() + 31) / 32) {
  if (layout.bits > 4 || layout.cols < 1 || layout.cols > 65536 || levels < 2 || levels > 1 << layout.bits)
    throw std::logic_error("no such fixed-point shape");
  for (std::int32_t i = 0; i < 32; ++i)
    values.push_back(static_cast<std::int16_t>(2 * (i % (1 << layout.bits)) - (levels - 1)));
  columns.assign(positions_of_step(), 0);
  const std::size_t before = positions() - positions_of_step();
  for (std::size_t c = 0; c < layout.cols; ++c)
    if (position(c) >= before) columns[position(c) - before] = -1;
}

namespace {

void check(const FixedPointRows& rows) {
  if (rows.count != 1 && rows.count != 2 && rows.count != 4)
    throw std::logic_error("fixed-point kernels: 1, 2 or 4 rows");
}

}  // namespace

void fixed_point_products(const FixedPointShape& shape, const FixedPointRows& rows, const std::int16_t* model,
                          FixedPointProducts& products) {
  check(rows);
  HWY_DYNAMIC_DISPATCH(Products)(shape, rows, model, products);
}

void fixed_point_update(const FixedPointShape& shape, const FixedPointRows& rows, const std::int16_t* factors,
                        std::int16_t* model) {
  check(rows);
  HWY_DYNAMIC_DISPATCH(Update)(shape, rows, factors, model);
}

std::int32_t fixed_point_largest(const std::int16_t* model, std::size_t n) {
  return HWY_DYNAMIC_DISPATCH(Largest)(model, n);
}

}  // namespace zipml::kernels
#endif  // HWY_ONCE
