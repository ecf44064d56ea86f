#include "engine/kernels/field_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/field_kernels.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h comes first: it includes this file once per instruction set.
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "engine/kernels/field_reference.h"

HWY_BEFORE_NAMESPACE();
namespace zipml::kernels::HWY_NAMESPACE {

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

}  // namespace zipml::kernels
#endif  // HWY_ONCE
