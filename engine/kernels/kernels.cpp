#include "engine/kernels/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/kernels.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h comes first: it includes this file once per instruction set.
#include <hwy/highway.h>

#include <algorithm>

#include "engine/core/ars.h"
#include "engine/kernels/reference.h"

HWY_BEFORE_NAMESPACE();
namespace zipml::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#include "engine/kernels/float_lanes-inl.h"

using Shorts = hn::Rebind<std::uint16_t, Floats>;
constexpr std::size_t kLanes = hn::MaxLanes(Floats());

#include "engine/kernels/partial_sums-inl.h"

template <bool kFetches>
HWY_INLINE float DotOf(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, std::size_t n,
                       const float* ahead) {
  const Floats d;
  hn::Vec<Floats> sums[kAccumulators];
  for (std::size_t k = 0; k < kAccumulators; ++k) sums[k] = hn::Zero(d);
  std::size_t i = 0;
  for (; i + kPartialSums <= n; i += kPartialSums) {
    if constexpr (kFetches) {
      __builtin_prefetch(ahead + i);
      __builtin_prefetch(ahead + i + kPartialSums / 2);
    }
    for (std::size_t k = 0; k < kAccumulators; ++k) {
      const std::size_t at = i + k * kLanes;
      sums[k] = hn::Add(sums[k], hn::Mul(hn::LoadU(d, a + at), hn::LoadU(d, b + at)));
    }
  }
  if (i + kPartialSums / 2 == n) {  // rows padded to 16 values end here
    for (std::size_t k = 0; k < (kAccumulators + 1) / 2; ++k) {
      const std::size_t at = i + k * kLanes;
      sums[k] = hn::Add(sums[k], hn::Mul(hn::LoadU(d, a + at), hn::LoadU(d, b + at)));
    }
    i = n;
  }
  if (i < n) {
    HWY_ALIGN float partial[kPartialSums];
    for (std::size_t k = 0; k < kAccumulators; ++k) hn::Store(sums[k], d, partial + k * kLanes);
    for (std::size_t lane = 0; i < n; ++i, ++lane) partial[lane] += a[i] * b[i];
    for (std::size_t k = 0; k < kAccumulators; ++k) sums[k] = hn::Load(d, partial + k * kLanes);
  }
  return TreeSum(sums);
}

float Dot(const float* a, const float* b, std::size_t n) { return DotOf<false>(a, b, n, nullptr); }

float DotFetching(const float* a, const float* b, std::size_t n, const float* ahead) {
  return DotOf<true>(a, b, n, ahead);
}

void Axpy(float alpha, const float* HWY_RESTRICT a, float* HWY_RESTRICT y, std::size_t n) {
  const Floats d;
  const auto factor = hn::Set(d, alpha);
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    hn::StoreU(hn::Add(hn::LoadU(d, y + i), hn::Mul(factor, hn::LoadU(d, a + i))), d, y + i);
  }
  reference::axpy(alpha, a + i, y + i, n - i);
}

void Axpy2(float alpha, const float* HWY_RESTRICT a, float beta, const float* HWY_RESTRICT b,
           float* HWY_RESTRICT y, std::size_t n) {
  const Floats d;
  const auto factor_a = hn::Set(d, alpha), factor_b = hn::Set(d, beta);
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const auto sum = hn::Add(hn::Mul(factor_a, hn::LoadU(d, a + i)), hn::Mul(factor_b, hn::LoadU(d, b + i)));
    hn::StoreU(hn::Add(hn::LoadU(d, y + i), sum), d, y + i);
  }
  reference::axpy2(alpha, a + i, beta, b + i, y + i, n - i);
}

#if HWY_TARGET == HWY_SCALAR
// Vectors of one value have no even and odd lanes.
void RandomBits(const DrawAddress& address, std::uint32_t draw, std::uint64_t first_element,
                std::uint32_t* HWY_RESTRICT out, std::size_t n) {
  reference::random_bits(address, draw, first_element, out, n);
}
#else
#include "engine/kernels/ars-inl.h"

void ArsWords(const DrawAddress& address, std::uint32_t draw, std::uint64_t first_element,
              std::uint32_t* HWY_RESTRICT out, std::size_t n) {
  const ArsBits bits(address, first_element / 8 * 8);
  HWY_ALIGN std::uint16_t random[ArsBits::kElements];
  const std::size_t before = first_element % 8;  // 0 or 4
  for (std::size_t i = 0; i < before + n; i += ArsBits::kElements) {
    hn::Store(bits(i, draw), ArsBits::Shorts(), random);
    const std::size_t first = std::max(i, before), last = std::min(i + ArsBits::kElements, before + n);
    for (std::size_t k = first; k < last; ++k)
      out[k - before] = (std::uint32_t{random[k - i]} << 16) | kHalfUnit;
  }
}

// One lane per Philox block: the 64-bit products of the even and of the odd lanes, put together again.
HWY_INLINE void MultiplyWide(hn::Vec<Words> x, hn::Vec<Words> multiplier, hn::Vec<Words>& high,
                             hn::Vec<Words>& low) {
  const Words d;
  const hn::RepartitionToWide<Words> wide;
  const auto even = hn::MulEven(x, multiplier);
  const auto odd = hn::MulEven(hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(wide, x))), multiplier);
  low = hn::OddEven(hn::BitCast(d, hn::ShiftLeft<32>(odd)), hn::BitCast(d, even));
  high = hn::OddEven(hn::BitCast(d, odd), hn::BitCast(d, hn::ShiftRight<32>(even)));
}

void RandomBits(const DrawAddress& address, std::uint32_t draw, std::uint64_t first_element,
                std::uint32_t* HWY_RESTRICT out, std::size_t n) {
  if (address.generator == Generator::aes) return ArsWords(address, draw, first_element, out, n);
  constexpr std::size_t kStep = 4 * kLanes;
  const Words d;
  const auto multiplier0 = hn::Set(d, kPhiloxMultiplier0), multiplier1 = hn::Set(d, kPhiloxMultiplier1);
  const auto key = philox_key(address);
  std::uint64_t block = first_element / 4;
  std::size_t i = 0;
  HWY_ALIGN std::uint32_t last[kStep];
  for (; i < n; i += kStep, block += kLanes) {
    const auto counter = philox_counter(address, block, draw);
    // A carry into the counter's second word would not fit the lanes; the plain loop below takes over.
    if (counter[0] > 0xFFFFFFFFu - kLanes) break;
    auto c0 = hn::Add(hn::Set(d, counter[0]), hn::Iota(d, 0));
    auto c1 = hn::Set(d, counter[1]), c2 = hn::Set(d, counter[2]), c3 = hn::Set(d, counter[3]);
    std::uint32_t key0 = key[0], key1 = key[1];
    for (int round = 0; round < kPhiloxRounds; ++round) {
      hn::Vec<Words> high0, low0, high1, low1;
      MultiplyWide(c0, multiplier0, high0, low0);
      MultiplyWide(c2, multiplier1, high1, low1);
      c0 = hn::Xor(hn::Xor(high1, c1), hn::Set(d, key0));
      c1 = low1;
      c2 = hn::Xor(hn::Xor(high0, c3), hn::Set(d, key1));
      c3 = low0;
      key0 += kPhiloxWeyl0;
      key1 += kPhiloxWeyl1;
    }
    if (i + kStep <= n) {
      hn::StoreInterleaved4(c0, c1, c2, c3, d, out + i);
    } else {
      hn::StoreInterleaved4(c0, c1, c2, c3, d, last);
      std::copy(last, last + (n - i), out + i);
      return;
    }
  }
  if (i < n) reference::random_bits(address, draw, first_element + i, out + i, n - i);
}
#endif

HWY_INLINE hn::Vec<Floats> Position(const float* values, const float* low, const float* inverse_step,
                                    hn::Vec<Floats> intervals) {
  const Floats d;
  const auto t = hn::Mul(hn::Sub(hn::LoadU(d, values), hn::LoadU(d, low)), hn::LoadU(d, inverse_step));
  return hn::Min(hn::Max(t, hn::Zero(d)), intervals);
}

void BracketUniform(const float* HWY_RESTRICT values, const float* HWY_RESTRICT low,
                    const float* HWY_RESTRICT inverse_step, std::uint32_t intervals, std::size_t n,
                    std::uint16_t* HWY_RESTRICT base, float* HWY_RESTRICT share) {
  const Floats d;
  const Ints ints;
  const Shorts shorts;
  const auto limit = hn::Set(d, static_cast<float>(intervals));
  const auto last = hn::Set(ints, static_cast<std::int32_t>(intervals) - 1);
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const auto t = Position(values + i, low + i, inverse_step + i, limit);
    const auto lower = hn::Min(hn::ConvertTo(ints, t), last);
    hn::StoreU(hn::DemoteTo(shorts, lower), shorts, base + i);
    hn::StoreU(hn::Sub(t, hn::ConvertTo(d, lower)), d, share + i);
  }
  reference::bracket_uniform(values + i, low + i, inverse_step + i, intervals, n - i, base + i, share + i);
}

void NearestUniform(const float* HWY_RESTRICT values, const float* HWY_RESTRICT low,
                    const float* HWY_RESTRICT inverse_step, std::uint32_t intervals, std::size_t n,
                    std::uint16_t* HWY_RESTRICT codes) {
  const Floats d;
  const Ints ints;
  const Shorts shorts;
  const auto limit = hn::Set(d, static_cast<float>(intervals));
  const auto last = hn::Set(ints, static_cast<std::int32_t>(intervals));
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const auto t = Position(values + i, low + i, inverse_step + i, limit);
    const auto code = hn::Min(hn::ConvertTo(ints, hn::Add(t, hn::Set(d, 0.5f))), last);
    hn::StoreU(hn::DemoteTo(shorts, code), shorts, codes + i);
  }
  reference::nearest_uniform(values + i, low + i, inverse_step + i, intervals, n - i, codes + i);
}

void Choose(const std::uint32_t* HWY_RESTRICT words, const float* HWY_RESTRICT share, std::size_t n,
            std::uint8_t* HWY_RESTRICT bits) {
  constexpr std::size_t kChunk = 16;
  const Floats d;
  const Words w;
  const Ints ints;
  std::size_t i = 0;
  for (; i + kChunk <= n; i += kChunk) {
    std::uint32_t chunk = 0;
    for (std::size_t k = 0; k < kChunk; k += kLanes) {
      const auto shifted = hn::BitCast(ints, hn::ShiftRight<8>(hn::LoadU(w, words + i + k)));
      const auto unit = hn::Mul(hn::ConvertTo(d, shifted), hn::Set(d, 0x1p-24f));
      std::uint8_t mask[8] = {};
      hn::StoreMaskBits(d, hn::Lt(unit, hn::LoadU(d, share + i + k)), mask);
      chunk |= (std::uint32_t{mask[0]} | (std::uint32_t{mask[1]} << 8)) << k;
    }
    bits[i / 8] = static_cast<std::uint8_t>(chunk);
    bits[i / 8 + 1] = static_cast<std::uint8_t>(chunk >> 8);
  }
  reference::choose(words + i, share + i, n - i, bits + i / 8);
}

void DequantizeUniform(const std::uint16_t* HWY_RESTRICT codes, const float* HWY_RESTRICT low,
                       const float* HWY_RESTRICT step, std::size_t n, float* HWY_RESTRICT out) {
  const Floats d;
  const Ints ints;
  const Shorts shorts;
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const auto code = hn::ConvertTo(d, hn::PromoteTo(ints, hn::LoadU(shorts, codes + i)));
    hn::StoreU(hn::Add(hn::LoadU(d, low + i), hn::Mul(hn::LoadU(d, step + i), code)), d, out + i);
  }
  reference::dequantize_uniform(codes + i, low + i, step + i, n - i, out + i);
}

const char* TargetName() { return hwy::TargetName(HWY_TARGET); }

}  // namespace zipml::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace zipml::kernels {

HWY_EXPORT(Dot);
HWY_EXPORT(DotFetching);
HWY_EXPORT(Axpy);
HWY_EXPORT(Axpy2);
HWY_EXPORT(RandomBits);
HWY_EXPORT(BracketUniform);
HWY_EXPORT(NearestUniform);
HWY_EXPORT(Choose);
HWY_EXPORT(DequantizeUniform);
HWY_EXPORT(TargetName);

float dot(const float* a, const float* b, std::size_t n) { return HWY_DYNAMIC_DISPATCH(Dot)(a, b, n); }

float dot_fetching(const float* a, const float* b, std::size_t n, const float* ahead) {
  return HWY_DYNAMIC_DISPATCH(DotFetching)(a, b, n, ahead);
}

void axpy(float alpha, const float* a, float* y, std::size_t n) {
  HWY_DYNAMIC_DISPATCH(Axpy)(alpha, a, y, n);
}

void axpy2(float alpha, const float* a, float beta, const float* b, float* y, std::size_t n) {
  HWY_DYNAMIC_DISPATCH(Axpy2)(alpha, a, beta, b, y, n);
}

void random_bits(const DrawAddress& address, std::uint32_t draw, std::uint64_t first_element,
                 std::uint32_t* out, std::size_t n) {
  HWY_DYNAMIC_DISPATCH(RandomBits)(address, draw, first_element, out, n);
}

void bracket_uniform(const float* values, const float* low, const float* inverse_step,
                     std::uint32_t intervals, std::size_t n, std::uint16_t* base, float* share) {
  HWY_DYNAMIC_DISPATCH(BracketUniform)(values, low, inverse_step, intervals, n, base, share);
}

void nearest_uniform(const float* values, const float* low, const float* inverse_step,
                     std::uint32_t intervals, std::size_t n, std::uint16_t* codes) {
  HWY_DYNAMIC_DISPATCH(NearestUniform)(values, low, inverse_step, intervals, n, codes);
}

void choose(const std::uint32_t* words, const float* share, std::size_t n, std::uint8_t* bits) {
  HWY_DYNAMIC_DISPATCH(Choose)(words, share, n, bits);
}

void dequantize_uniform(const std::uint16_t* codes, const float* low, const float* step, std::size_t n,
                        float* out) {
  HWY_DYNAMIC_DISPATCH(DequantizeUniform)(codes, low, step, n, out);
}

const char* target_name() { return HWY_DYNAMIC_DISPATCH(TargetName)(); }

}  // namespace zipml::kernels
#endif  // HWY_ONCE
