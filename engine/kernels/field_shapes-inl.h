// What the forms of field_kernels.h for single instruction sets share. Included by field_kernels.cpp only,
// inside the namespace of an instruction set that has a form of its own.

// The lowest bit of every field of a byte.
template <int kBits>
constexpr char kLowestBits = static_cast<char>(kBits == 8   ? 0x01
                                               : kBits == 4 ? 0x11
                                               : kBits == 2 ? 0x55
                                                            : 0xFF);

// Where the planes of a row start: of the draws that are multiplied, and both, to be prefetched.
struct Planes {
  std::size_t used[2];
  std::size_t all[2];
};

inline Planes PlanesOf(const FieldLayout& layout, FieldDraws draws) {
  const std::size_t first = layout.base_bytes(), second = first + layout.plane_bytes();
  return {{draws == FieldDraws::second ? second : first, second}, {first, second}};
}

HWY_INLINE void PrefetchLine(const std::uint8_t* at) { _mm_prefetch(at, _MM_HINT_T0); }

// Rows to come are asked for while others are worked on, evenly, so that memory is never idle: even blocks
// and the first plane during the dots, odd blocks and the second during the gradient. g++ drops calls of
// functions that only prefetch, unless they are inlined by force.
template <int kBits, bool kPlanes, int kHalf>
HWY_INLINE void Prefetch(const std::uint8_t* row, std::size_t block, const Planes& planes) {
  if (block % 2 == kHalf) PrefetchLine(row + block * FieldLayout::kBlockBytes);
  if (kPlanes && block % kBits == 0)
    PrefetchLine(row + planes.all[kHalf] + block / kBits * FieldLayout::kBlockBytes);
}
constexpr int kDuringDots = 0, kDuringGradient = 1;

// Calls f.template operator()<bits, sets, planes>().
template <class F>
void WithShape(const FieldLayout& layout, FieldDraws draws, const F& f) {
  with_bits(layout.bits, [&]<int kBits>() {
    if (layout.draws == 1) return f.template operator()<kBits, 1, false>();
    if (draws == FieldDraws::both) return f.template operator()<kBits, 2, true>();
    return f.template operator()<kBits, 1, true>();
  });
}
