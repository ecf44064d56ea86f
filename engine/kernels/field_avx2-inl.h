// The kernels of field_kernels.h for AVX2. Included by field_kernels.cpp only, inside the namespaces of
// instruction sets that have AVX2 and not VNNI.
//
// vpmaddubsw adds two products of an unsigned and a signed byte in 16 bits and saturates. Codes are cut into
// parts that stand in the low nibble of a byte (a field of at most 4 bits, or half an 8-bit code), so a pair
// is at most 2 * 15 * 128 and kPairs of them stay exact in 16 bits. A part stands in its nibble at a power of
// two that its sums are rid of at the end.

constexpr int kPairs = 32767 / (2 * 15 * 128);
constexpr std::size_t kHalfBytes = 32;  // of a block

template <int kBits>
struct Parts {
  static constexpr int kWidth = kBits == 8 ? 4 : kBits;
  static constexpr int kCount = 8 / kWidth;
  static constexpr int kScales = kBits == 8 ? 2 : 4 / kWidth;    // powers of two that sums are kept apart by
  static constexpr int kEndShift = kBits == 8 ? 0 : 4 - kWidth;  // of sums multiplied by Factor()

  static constexpr int Field(int part) { return kBits == 8 ? 0 : part; }
  static constexpr int Scale(int part) { return kBits == 8 ? part : part % kScales; }
  // Multiplies the sums of a scale to 2^kEndShift times what they stand for.
  static constexpr short Factor(int scale) {
    return static_cast<short>(kBits == 8 ? 1 << 4 * scale : 1 << (kEndShift - scale * kWidth));
  }
};

inline __m256i Load(const void* at) { return _mm256_loadu_si256(static_cast<const __m256i*>(at)); }

// A part of every byte, from codes and the same codes shifted down by a nibble.
template <int kBits>
inline __m256i Part(__m256i codes, __m256i shifted, int part) {
  constexpr int kWidth = Parts<kBits>::kWidth;
  return _mm256_and_si256(part * kWidth < 4 ? codes : shifted,
                          _mm256_set1_epi8(static_cast<char>(((1 << kWidth) - 1) << part * kWidth % 4)));
}

// Codes of half a block: its bytes, plus the choice bits of the same half of a plane where there is one.
template <int kBits, bool kPlanes>
inline __m256i Codes(__m256i base, const std::uint8_t* plane, std::size_t block) {
  if constexpr (!kPlanes) return base;
  const __m128i shift = _mm_cvtsi32_si128(static_cast<int>(block % kBits));
  const __m256i choices = Load(plane + block / kBits * FieldLayout::kBlockBytes);
  return _mm256_add_epi8(
      base, _mm256_and_si256(_mm256_srl_epi16(choices, shift), _mm256_set1_epi8(kLowestBits<kBits>)));
}

inline std::int32_t SumOfLanes(__m256i v) {
  __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4E));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xB1));
  return _mm_cvtsi128_si32(sum);
}

template <int kBits, int kSets, bool kPlanes, int kLimbs>
inline void DotRow(std::size_t blocks, const std::uint8_t* row, const std::uint8_t* ahead,
                   const Planes& planes, const std::int8_t* model, double* out, std::size_t set_stride) {
  using P = Parts<kBits>;
  constexpr int kFields = 8 / kBits;
  // A block adds its two halves of every part of a scale.
  constexpr std::size_t kChunk = kPairs / (2 * P::kCount / P::kScales);
  __m256i total[kSets][kLimbs];
  for (int s = 0; s < kSets; ++s)
    for (int l = 0; l < kLimbs; ++l) total[s][l] = _mm256_setzero_si256();
  for (std::size_t first = 0; first < blocks; first += kChunk) {
    __m256i sums[kSets][P::kScales][kLimbs];
#pragma GCC unroll 16
    for (int s = 0; s < kSets; ++s)
#pragma GCC unroll 16
      for (int c = 0; c < P::kScales; ++c)
#pragma GCC unroll 16
        for (int l = 0; l < kLimbs; ++l) sums[s][c][l] = _mm256_setzero_si256();
    const std::size_t last = std::min(first + kChunk, blocks);
    for (std::size_t block = first; block < last; ++block) {
      if (ahead != nullptr) Prefetch<kBits, kPlanes, kDuringDots>(ahead, block, planes);
#pragma GCC unroll 2
      for (std::size_t half = 0; half < FieldLayout::kBlockBytes; half += kHalfBytes) {
        const __m256i base = Load(row + block * FieldLayout::kBlockBytes + half);
#pragma GCC unroll 16
        for (int s = 0; s < kSets; ++s) {
          const __m256i codes = Codes<kBits, kPlanes>(base, row + planes.used[s] + half, block);
          const __m256i shifted = _mm256_srli_epi16(codes, 4);
#pragma GCC unroll 16
          for (int p = 0; p < P::kCount; ++p) {
            const __m256i part = Part<kBits>(codes, shifted, p);
#pragma GCC unroll 16
            for (int l = 0; l < kLimbs; ++l) {
              const std::size_t at = ((block * kFields + static_cast<std::size_t>(P::Field(p))) * kLimbs +
                                      static_cast<std::size_t>(l)) *
                                         FieldLayout::kBlockBytes +
                                     half;
              __m256i& sum = sums[s][P::Scale(p)][l];
              sum = _mm256_add_epi16(sum, _mm256_maddubs_epi16(part, Load(model + at)));
            }
          }
        }
      }
    }
#pragma GCC unroll 16
    for (int s = 0; s < kSets; ++s)
#pragma GCC unroll 16
      for (int c = 0; c < P::kScales; ++c)
#pragma GCC unroll 16
        for (int l = 0; l < kLimbs; ++l)
          total[s][l] = _mm256_add_epi32(total[s][l],
                                         _mm256_madd_epi16(sums[s][c][l], _mm256_set1_epi16(P::Factor(c))));
  }
  for (int s = 0; s < kSets; ++s) {
    double sum = 0.0;
    for (int l = kLimbs - 1; l >= 0; --l)
      sum = sum * 256.0 + static_cast<double>(SumOfLanes(_mm256_srai_epi32(total[s][l], P::kEndShift)));
    out[static_cast<std::size_t>(s) * set_stride] = sum;
  }
}

template <int kBits, int kSets, bool kPlanes, int kLimbs>
void Dots(const FieldLayout& layout, const FieldRows& rows, const Planes& planes, const std::int8_t* model,
          double* out) {
  for (std::size_t i = 0; i < rows.count; ++i) {
    DotRow<kBits, kSets, kPlanes, kLimbs>(layout.blocks(), rows.rows[i], rows.ahead ? rows.ahead[i] : nullptr,
                                          planes, model, out + i, rows.count);
  }
}

// Sums over rows of kParts parts, for half a block: sums16[p][0] those of the low 8 bytes of every 16, [1] of
// the high ones; added to dwords in the order of positions, field by field, 4 times 8 of them each.
template <int kBits, int kFirstPart, int kParts>
inline void Widen(__m256i (&sums16)[kParts][2], __m256i (*sums32)[4]) {
  using P = Parts<kBits>;
  if constexpr (kBits == 8) {
    const __m256i factors = _mm256_set1_epi32(P::Factor(0) + (P::Factor(1) << 16));
#pragma GCC unroll 16
    for (int b = 0; b < 2; ++b) {
      const __m256i low = _mm256_unpacklo_epi16(sums16[0][b], sums16[1][b]);
      const __m256i high = _mm256_unpackhi_epi16(sums16[0][b], sums16[1][b]);
      sums32[0][2 * b] = _mm256_add_epi32(sums32[0][2 * b], _mm256_madd_epi16(low, factors));
      sums32[0][2 * b + 1] = _mm256_add_epi32(sums32[0][2 * b + 1], _mm256_madd_epi16(high, factors));
    }
  } else {
#pragma GCC unroll 16
    for (int p = 0; p < kParts; ++p) {
      const int shift = 16 + (kFirstPart + p) * P::kWidth % 4;
#pragma GCC unroll 16
      for (int b = 0; b < 2; ++b) {
        const __m256i low = _mm256_unpacklo_epi16(sums16[p][b], sums16[p][b]);
        const __m256i high = _mm256_unpackhi_epi16(sums16[p][b], sums16[p][b]);
        sums32[p][2 * b] = _mm256_add_epi32(sums32[p][2 * b], _mm256_srai_epi32(low, shift));
        sums32[p][2 * b + 1] = _mm256_add_epi32(sums32[p][2 * b + 1], _mm256_srai_epi32(high, shift));
      }
    }
  }
}

template <int kBits, int kSets, bool kPlanes, int kFirstPart, int kParts>
inline void GradientOfHalf(const FieldRows& rows, std::size_t block, std::size_t half, const Planes& planes,
                           const std::int8_t* weights, float scale, bool add, float* sums) {
  constexpr int kFields = kBits == 8 ? 1 : kParts;
  constexpr std::size_t kPairsAtOnce = static_cast<std::size_t>(kPairs / kSets);
  __m256i total[kFields][4];
  for (int f = 0; f < kFields; ++f)
    for (int q = 0; q < 4; ++q) total[f][q] = _mm256_setzero_si256();
  const std::size_t set_stride = (rows.count + 3) / 4 * 4, pairs = (rows.count + 1) / 2;
  for (std::size_t first = 0; first < pairs; first += kPairsAtOnce) {
    __m256i sums16[kParts][2];
#pragma GCC unroll 16
    for (int p = 0; p < kParts; ++p) sums16[p][0] = sums16[p][1] = _mm256_setzero_si256();
    const std::size_t last = std::min(first + kPairsAtOnce, pairs);
    for (std::size_t pair = first; pair < last; ++pair) {
      const std::size_t i = 2 * pair, next = std::min(i + 1, rows.count - 1);
      const std::uint8_t *row0 = rows.rows[i] + half, *row1 = rows.rows[next] + half;
      if (kFirstPart == 0 && half == 0 && rows.ahead != nullptr) {
        Prefetch<kBits, kPlanes, kDuringGradient>(rows.ahead[i], block, planes);
        Prefetch<kBits, kPlanes, kDuringGradient>(rows.ahead[next], block, planes);
      }
      const __m256i base0 = Load(row0 + block * FieldLayout::kBlockBytes);
      const __m256i base1 = Load(row1 + block * FieldLayout::kBlockBytes);
#pragma GCC unroll 16
      for (int s = 0; s < kSets; ++s) {
        const __m256i codes0 = Codes<kBits, kPlanes>(base0, row0 + planes.used[s], block);
        const __m256i codes1 = Codes<kBits, kPlanes>(base1, row1 + planes.used[s], block);
        short two;
        std::memcpy(&two, weights + static_cast<std::size_t>(s) * set_stride + i, sizeof two);
        const __m256i weight = _mm256_set1_epi16(two);
#pragma GCC unroll 16
        for (int b = 0; b < 2; ++b) {
          const __m256i codes =
              b == 0 ? _mm256_unpacklo_epi8(codes0, codes1) : _mm256_unpackhi_epi8(codes0, codes1);
          const __m256i shifted = _mm256_srli_epi16(codes, 4);
#pragma GCC unroll 16
          for (int p = 0; p < kParts; ++p)
            sums16[p][b] = _mm256_add_epi16(
                sums16[p][b], _mm256_maddubs_epi16(Part<kBits>(codes, shifted, kFirstPart + p), weight));
        }
      }
    }
    Widen<kBits, kFirstPart, kParts>(sums16, total);
  }
  const __m256 factor = _mm256_set1_ps(scale);
  for (int f = 0; f < kFields; ++f) {
    for (int q = 0; q < 4; ++q) {
      const std::size_t field = block * (8 / kBits) + static_cast<std::size_t>(kFirstPart + f);
      float* at = sums + (field * 4 + static_cast<std::size_t>(q)) * 16 + half / 4;
      const __m256 value = _mm256_mul_ps(factor, _mm256_cvtepi32_ps(total[f][q]));
      _mm256_store_ps(at, add ? _mm256_add_ps(_mm256_load_ps(at), value) : value);
    }
  }
}

template <int kBits, int kSets, bool kPlanes>
void Gradient(const FieldLayout& layout, const FieldRows& rows, const Planes& planes,
              const std::int8_t* weights, float scale, bool add, float* sums) {
  constexpr int kAll = Parts<kBits>::kCount, kParts = std::min(kAll, 4);  // more would not fit the registers
  const std::size_t blocks = layout.blocks();
  for (std::size_t block = 0; block < blocks; ++block) {
    for (std::size_t half = 0; half < FieldLayout::kBlockBytes; half += kHalfBytes) {
      GradientOfHalf<kBits, kSets, kPlanes, 0, kParts>(rows, block, half, planes, weights, scale, add, sums);
      if constexpr (kAll > kParts)
        GradientOfHalf<kBits, kSets, kPlanes, kParts, kParts>(rows, block, half, planes, weights, scale, add,
                                                              sums);
    }
  }
}

void QuantizeModel(const float* w, const std::uint16_t* random, std::size_t positions, float inverse_scale,
                   int limbs, std::int8_t* out) {
  const __m256 factor = _mm256_set1_ps(inverse_scale);
  const __m256 most = _mm256_set1_ps(static_cast<float>(largest_model_value(limbs)));
  const __m256 least = _mm256_set1_ps(static_cast<float>(-largest_model_value(limbs)));
  for (std::size_t first = 0; first < positions; first += FieldLayout::kBlockBytes) {
    std::int8_t* at = out + first * static_cast<std::size_t>(limbs);
    for (std::size_t half = 0; half < 2; ++half, at += kHalfBytes) {
      __m256i m[4], low[4];
#pragma GCC unroll 4
      for (std::size_t q = 0; q < 4; ++q) {
        const std::size_t p = first + 16 * q + 8 * half;
        const __m256 t =
            _mm256_min_ps(_mm256_max_ps(_mm256_mul_ps(_mm256_load_ps(w + p), factor), least), most);
        const __m256 lower = _mm256_floor_ps(t);
        const __m256i words =
            _mm256_cvtepu16_epi32(_mm_load_si128(reinterpret_cast<const __m128i*>(random + p)));
        const __m256 unit = _mm256_mul_ps(_mm256_add_ps(_mm256_cvtepi32_ps(words), _mm256_set1_ps(0.5f)),
                                          _mm256_set1_ps(0x1p-16f));
        const __m256i up = _mm256_castps_si256(_mm256_cmp_ps(unit, _mm256_sub_ps(t, lower), _CMP_LT_OQ));
        m[q] = _mm256_sub_epi32(_mm256_cvttps_epi32(lower), up);
        low[q] = limbs == 1 ? m[q] : _mm256_srai_epi32(_mm256_slli_epi32(m[q], 24), 24);
        m[q] = _mm256_srai_epi32(_mm256_sub_epi32(m[q], low[q]), 8);
      }
      // Packing works lane by lane: it undoes the order that interleaving leaves.
      const auto pack = [](const __m256i(&v)[4]) {
        return _mm256_packs_epi16(_mm256_packs_epi32(v[0], v[1]), _mm256_packs_epi32(v[2], v[3]));
      };
      _mm256_store_si256(reinterpret_cast<__m256i*>(at), pack(low));
      if (limbs == 2) _mm256_store_si256(reinterpret_cast<__m256i*>(at + FieldLayout::kBlockBytes), pack(m));
    }
  }
}
