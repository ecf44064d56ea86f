// What the forms of field_kernels.h for single instruction sets share. Included by field_kernels.cpp only,
// inside the namespace of an instruction set that has a form of its own.

// The lowest bit of every field of a byte.
template <int kBits>
constexpr char kLowestBits = static_cast<char>(kBits == 8   ? 0x01
                                               : kBits == 4 ? 0x11
                                               : kBits == 2 ? 0x55
                                                            : 0xFF);

// Where the planes of a row start: those of the draws that are multiplied, and both, to be prefetched.
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
// during the dots, odd blocks and planes during the gradient. g++ drops calls of functions that only
// prefetch, unless they are inlined by force.
template <int kBits, bool kPlanes>
HWY_INLINE void PrefetchRest(const std::uint8_t* row, std::size_t block, const Planes& planes) {
  if (block % 2 == 1) PrefetchLine(row + block * FieldLayout::kBlockBytes);
  if (!kPlanes || block % kBits != 0) return;
  for (const std::size_t offset : planes.all)
    PrefetchLine(row + offset + block / kBits * FieldLayout::kBlockBytes);
}

// Calls f.template operator()<bits, sets, planes>().
template <class F>
void WithShape(const FieldLayout& layout, FieldDraws draws, const F& f) {
  const auto with_bits = [&]<int kBits>() {
    if (layout.draws == 1) return f.template operator()<kBits, 1, false>();
    if (draws == FieldDraws::both) return f.template operator()<kBits, 2, true>();
    return f.template operator()<kBits, 1, true>();
  };
  switch (layout.bits) {
    case 1:
      return with_bits.template operator()<1>();
    case 2:
      return with_bits.template operator()<2>();
    case 4:
      return with_bits.template operator()<4>();
    default:
      return with_bits.template operator()<8>();
  }
}
