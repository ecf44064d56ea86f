#include "engine/kernels/field_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/field_kernels.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h comes first: it includes this file once per instruction set.
#include <hwy/highway.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>

#include "engine/kernels/field_reference.h"
#include "engine/kernels/with_bits.h"

HWY_BEFORE_NAMESPACE();
namespace zipml::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#include "engine/kernels/float_lanes-inl.h"

using Bytes = hn::Rebind<std::int8_t, Floats>;
constexpr std::size_t kLanes = hn::MaxLanes(Floats());

float LargestMagnitude(const float* HWY_RESTRICT values, std::size_t n) {
  const Floats d;
  const Words w;
  // As integers, so that what is not finite counts as larger than all that is.
  auto largest = hn::Zero(w);
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    largest = hn::Max(largest, hn::And(hn::BitCast(w, hn::LoadU(d, values + i)), hn::Set(w, 0x7FFFFFFFu)));
  HWY_ALIGN std::uint32_t lanes[kLanes];
  hn::Store(largest, w, lanes);
  const auto most = std::bit_cast<float>(*std::max_element(lanes, lanes + kLanes));
  const float rest[2] = {most, reference::largest_magnitude(values + i, n - i)};
  return reference::largest_magnitude(rest, 2);
}

void RoundWeights(const float* HWY_RESTRICT values, const std::uint32_t* HWY_RESTRICT words, std::size_t n,
                  float inverse_scale, std::int8_t* HWY_RESTRICT out) {
  const Floats d;
  const Ints ints;
  const Bytes bytes;
  const auto factor = hn::Set(d, inverse_scale), limit = hn::Set(d, 127.0f);
  for (std::size_t i = 0; i < n; i += kLanes) {
    const auto t = hn::Min(hn::Max(hn::Mul(hn::LoadU(d, values + i), factor), hn::Neg(limit)), limit);
    const auto lower = hn::Floor(t);
    const auto shifted = hn::BitCast(ints, hn::ShiftRight<8>(hn::LoadU(Words(), words + i)));
    const auto unit = hn::Mul(hn::ConvertTo(d, shifted), hn::Set(d, 0x1p-24f));
    const auto up = hn::IfThenElseZero(hn::Lt(unit, hn::Sub(t, lower)), hn::Set(d, 1.0f));
    hn::StoreU(hn::DemoteTo(bytes, hn::ConvertTo(ints, hn::Add(lower, up))), bytes, out + i);
  }
}

void Multiply(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, float* HWY_RESTRICT out,
              std::size_t n) {
  const Floats d;
  for (std::size_t i = 0; i < n; i += kLanes)
    hn::Store(hn::Mul(hn::Load(d, a + i), hn::Load(d, b + i)), d, out + i);
}

void ApplyGradient(const float* const* parts, std::size_t count, const float* HWY_RESTRICT step,
                   const float* HWY_RESTRICT low, float total, float rate, float* HWY_RESTRICT x,
                   std::size_t n) {
  const Floats d;
  const auto all = hn::Set(d, total), factor = hn::Set(d, rate);
  for (std::size_t i = 0; i < n; i += kLanes) {
    auto sum = hn::Load(d, parts[0] + i);
    for (std::size_t c = 1; c < count; ++c) sum = hn::Add(sum, hn::Load(d, parts[c] + i));
    const auto gradient = hn::Add(hn::Mul(hn::Load(d, step + i), sum), hn::Mul(hn::Load(d, low + i), all));
    hn::Store(hn::Sub(hn::Load(d, x + i), hn::Mul(factor, gradient)), d, x + i);
  }
}

// On x86 a lower number is a larger instruction set: newer Highways know some above AVX3_DL.
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
#include "engine/kernels/field_shapes-inl.h"
#if HWY_TARGET <= HWY_AVX3_DL
#include "engine/kernels/field_vnni-inl.h"
#else
#include "engine/kernels/field_avx2-inl.h"
#endif

void FieldDots(const FieldLayout& layout, const FieldRows& rows, FieldDraws draws, const std::int8_t* model,
               int limbs, double* out) {
  const Planes planes = PlanesOf(layout, draws);
  WithShape(layout, draws, [&]<int kBits, int kSets, bool kPlanes>() {
    if (limbs == 2) return Dots<kBits, kSets, kPlanes, 2>(layout, rows, planes, model, out);
    Dots<kBits, kSets, kPlanes, 1>(layout, rows, planes, model, out);
  });
}
void FieldGradient(const FieldLayout& layout, const FieldRows& rows, FieldDraws draws,
                   const std::int8_t* weights, float scale, bool add, float* sums) {
  const Planes planes = PlanesOf(layout, draws);
  WithShape(layout, draws, [&]<int kBits, int kSets, bool kPlanes>() {
    Gradient<kBits, kSets, kPlanes>(layout, rows, planes, weights, scale, add, sums);
  });
}
#else
void QuantizeModel(const float* w, const std::uint16_t* random, std::size_t positions, float inverse_scale,
                   int limbs, std::int8_t* out) {
  reference::quantize_model(w, random, positions, inverse_scale, limbs, out);
}
void FieldDots(const FieldLayout& layout, const FieldRows& rows, FieldDraws draws, const std::int8_t* model,
               int limbs, double* out) {
  reference::field_dots(layout, rows, draws, model, limbs, out);
}
void FieldGradient(const FieldLayout& layout, const FieldRows& rows, FieldDraws draws,
                   const std::int8_t* weights, float scale, bool add, float* sums) {
  reference::field_gradient(layout, rows, draws, weights, scale, add, sums);
}
#endif

}  // namespace zipml::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace zipml::kernels {

HWY_EXPORT(QuantizeModel);
HWY_EXPORT(FieldDots);
HWY_EXPORT(FieldGradient);
HWY_EXPORT(LargestMagnitude);
HWY_EXPORT(RoundWeights);
HWY_EXPORT(Multiply);
HWY_EXPORT(ApplyGradient);

namespace {

void check(const FieldLayout& layout, FieldDraws draws) {
  if (layout.cols > kMostFieldColumns) throw std::logic_error("field kernels: too many columns");
  if (layout.draws == 1 && draws != FieldDraws::first)
    throw std::logic_error("field kernels: rows of one draw have no second");
}

}  // namespace

void quantize_model(const float* w, const std::uint16_t* random, std::size_t positions, float inverse_scale,
                    int limbs, std::int8_t* out) {
  HWY_DYNAMIC_DISPATCH(QuantizeModel)(w, random, positions, inverse_scale, limbs, out);
}

void field_dots(const FieldLayout& layout, const FieldRows& rows, FieldDraws draws, const std::int8_t* model,
                int limbs, double* out) {
  check(layout, draws);
  HWY_DYNAMIC_DISPATCH(FieldDots)(layout, rows, draws, model, limbs, out);
}

void field_gradient(const FieldLayout& layout, const FieldRows& rows, FieldDraws draws,
                    const std::int8_t* weights, float scale, bool add, float* sums) {
  check(layout, draws);
  if (rows.count > kMostFieldRows) throw std::logic_error("field kernels: too many rows for a gradient");
  if (rows.count == 0) {
    if (!add) std::fill(sums, sums + layout.positions(), 0.0f);
    return;
  }
  HWY_DYNAMIC_DISPATCH(FieldGradient)(layout, rows, draws, weights, scale, add, sums);
}

float largest_magnitude(const float* values, std::size_t n) {
  return HWY_DYNAMIC_DISPATCH(LargestMagnitude)(values, n);
}

void round_weights(const float* values, const std::uint32_t* words, std::size_t n, float inverse_scale,
                   std::int8_t* out) {
  HWY_DYNAMIC_DISPATCH(RoundWeights)(values, words, n, inverse_scale, out);
}

void multiply(const float* a, const float* b, float* out, std::size_t n) {
  HWY_DYNAMIC_DISPATCH(Multiply)(a, b, out, n);
}

void apply_gradient(const float* const* parts, std::size_t count, const float* step, const float* low,
                    float total, float rate, float* x, std::size_t n) {
  HWY_DYNAMIC_DISPATCH(ApplyGradient)(parts, count, step, low, total, rate, x, n);
}

}  // namespace zipml::kernels
#endif  // HWY_ONCE
