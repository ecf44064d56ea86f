// The kernels of field_kernels.h for AVX-512 with VNNI. Included by field_kernels.cpp only, inside the
// namespace of that instruction set.
//
// Fields are masked where they stand rather than shifted down: a field's position is a power of two that its
// sums are shifted down by once, at the end. vpdpbusd is written as one instruction of assembly, since g++ 12
// splits the intrinsic's accumulators with copies and loses almost half the speed.

inline __m512i MultiplyAdd(__m512i sums, __m512i unsigned_bytes, __m512i signed_bytes) {
  asm("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(unsigned_bytes), "vm"(signed_bytes));
  return sums;
}

// Field `field` of every byte, in place.
template <int kBits>
inline __m512i Field(__m512i bytes, int field) {
  if constexpr (kBits == 8) return bytes;
  return _mm512_and_si512(
      bytes,
      _mm512_set1_epi8(static_cast<char>(static_cast<unsigned char>(((1 << kBits) - 1) << (field * kBits)))));
}

// Codes from base indices and a line of a plane that holds their choices at bit `shift` of every field. The
// shift is known to the compiler where loops over it are unrolled.
template <int kBits>
inline __m512i WithChoices(__m512i base, __m512i line, std::size_t shift) {
  return _mm512_add_epi8(base, _mm512_and_si512(_mm512_srli_epi16(line, static_cast<unsigned>(shift)),
                                                _mm512_set1_epi8(kLowestBits<kBits>)));
}

// Codes of a block: its bytes, plus the choices of a plane where there is one. shift: block mod kBits.
template <int kBits, bool kPlanes>
inline __m512i Codes(__m512i base, const std::uint8_t* plane, std::size_t block, std::size_t shift) {
  if constexpr (!kPlanes) return base;
  return WithChoices<kBits>(base, _mm512_loadu_si512(plane + block / kBits * FieldLayout::kBlockBytes),
                            shift);
}

// Sums of the lanes of each of four vectors.
inline __m128i SumsOfLanes(const __m512i* v) {
  const __m512i sum01 =
      _mm512_add_epi32(_mm512_unpacklo_epi32(v[0], v[1]), _mm512_unpackhi_epi32(v[0], v[1]));
  const __m512i sum23 =
      _mm512_add_epi32(_mm512_unpacklo_epi32(v[2], v[3]), _mm512_unpackhi_epi32(v[2], v[3]));
  const __m512i sum =
      _mm512_add_epi32(_mm512_unpacklo_epi64(sum01, sum23), _mm512_unpackhi_epi64(sum01, sum23));
  const __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(sum), _mm512_extracti64x4_epi64(sum, 1));
  return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

// How many fields the dots keep sums of: of fewer than 4 bits, those of the high nibbles are shifted down.
template <int kBits>
constexpr int kDotScales = kBits <= 2 ? 4 / kBits : 8 / kBits;

// Dots of rows from their sums by row, draw, field and limb.
template <int kBits, std::size_t kRows, int kSets, int kScales, int kLimbs>
HWY_INLINE void StoreDots(const __m512i (&sums)[kRows][kSets][kScales][kLimbs], double* out,
                          std::size_t set_stride) {
  constexpr std::size_t kTotals = kRows * kSets * kLimbs, kRounded = (kTotals + 3) / 4 * 4;
  __m512i lanes[kRounded];
#pragma GCC unroll 16
  for (std::size_t i = 0; i < kRounded; ++i) {
    const std::size_t l = i % kLimbs, s = i / kLimbs % kSets, r = i / kLimbs / kSets;
    lanes[i] = i < kTotals ? sums[r][s][0][l] : _mm512_setzero_si512();
#pragma GCC unroll 16
    for (int f = 1; f < kScales; ++f)
      if (i < kTotals)
        lanes[i] =
            _mm512_add_epi32(lanes[i], _mm512_srai_epi32(sums[r][s][f][l], static_cast<unsigned>(f * kBits)));
  }
  alignas(16) std::int32_t totals[kRounded];
#pragma GCC unroll 16
  for (std::size_t i = 0; i < kRounded; i += 4)
    _mm_store_si128(reinterpret_cast<__m128i*>(totals + i), SumsOfLanes(lanes + i));
#pragma GCC unroll 16
  for (std::size_t i = 0; i < kRows * kSets; ++i) {
    const std::int32_t* total = totals + i * kLimbs;
    out[i % kSets * set_stride + i / kSets] =
        static_cast<double>(total[0]) + (kLimbs == 2 ? 256.0 * static_cast<double>(total[kLimbs - 1]) : 0.0);
  }
}

template <int kBits, int kSets, bool kPlanes, int kLimbs, std::size_t kRows>
inline void DotRows(std::size_t blocks, const std::uint8_t* const* rows, const std::uint8_t* const* ahead,
                    const Planes& planes, const std::int8_t* model, double* out, std::size_t set_stride) {
  constexpr int kFields = 8 / kBits, kScales = kDotScales<kBits>;
  // Blocks that share a line of a plane, so that shifts are constants; two at least, of which one is
  // prefetched.
  constexpr std::size_t kGroup = kPlanes ? std::max(kBits, 2) : 2;
  __m512i sums[kRows][kSets][kScales][kLimbs];
#pragma GCC unroll 16
  for (std::size_t r = 0; r < kRows; ++r)
    for (int s = 0; s < kSets; ++s)
      for (int f = 0; f < kScales; ++f)
        for (int l = 0; l < kLimbs; ++l) sums[r][s][f][l] = _mm512_setzero_si512();
  for (std::size_t first = 0; first < blocks; first += kGroup) {
#pragma GCC unroll 16
    for (std::size_t t = 0; t < kGroup; ++t) {
      const std::size_t block = first + t;
      if (block == blocks) break;
#pragma GCC unroll 16
      for (std::size_t r = 0; r < kRows; ++r) {
        const __m512i base = _mm512_loadu_si512(rows[r] + block * FieldLayout::kBlockBytes);
        if (t % 2 == 0) PrefetchLine(ahead[r] + block * FieldLayout::kBlockBytes);
        if (kPlanes && t % kBits == 0)
          PrefetchLine(ahead[r] + planes.all[0] + block / kBits * FieldLayout::kBlockBytes);
#pragma GCC unroll 16
        for (int s = 0; s < kSets; ++s) {
          const __m512i codes = Codes<kBits, kPlanes>(base, rows[r] + planes.used[s], block, t % kBits);
          const __m512i shifted = _mm512_srli_epi16(codes, 4);
#pragma GCC unroll 16
          for (int f = 0; f < kFields; ++f) {
            const __m512i field = Field<kBits>(f < kScales ? codes : shifted, f % kScales);
#pragma GCC unroll 16
            for (int l = 0; l < kLimbs; ++l) {
              const std::size_t at =
                  ((block * kFields + static_cast<std::size_t>(f)) * kLimbs + static_cast<std::size_t>(l)) *
                  FieldLayout::kBlockBytes;
              __m512i& sum = sums[r][s][f % kScales][l];
              sum = MultiplyAdd(sum, field, _mm512_load_si512(model + at));
            }
          }
        }
      }
    }
  }
  StoreDots<kBits>(sums, out, set_stride);
}

template <int kBits, int kSets, bool kPlanes, int kLimbs>
void Dots(const FieldLayout& layout, const FieldRows& rows, const Planes& planes, const std::int8_t* model,
          double* out) {
  constexpr int kAccumulators = kSets * kDotScales<kBits> * kLimbs;
  constexpr std::size_t kRows = kAccumulators >= 16 ? 1 : kAccumulators == 8 ? 2 : 4;
  // With nothing to prefetch, the rows themselves: cheaper than a branch, around which g++ moves the sums.
  const std::uint8_t* const* ahead = rows.ahead ? rows.ahead : rows.rows;
  std::size_t i = 0;
  for (; i + kRows <= rows.count; i += kRows) {
    DotRows<kBits, kSets, kPlanes, kLimbs, kRows>(layout.blocks(), rows.rows + i, ahead + i, planes, model,
                                                  out + i, rows.count);
  }
  for (; i < rows.count; ++i) {
    DotRows<kBits, kSets, kPlanes, kLimbs, 1>(layout.blocks(), rows.rows + i, ahead + i, planes, model,
                                              out + i, rows.count);
  }
}

// Bytes of four rows side by side: dword j of transposed[q] holds byte 4 q + j of every 16-byte lane.
inline void TransposeBytes(const __m512i (&row)[4], __m512i (&transposed)[4]) {
  const __m512i low01 = _mm512_unpacklo_epi8(row[0], row[1]), high01 = _mm512_unpackhi_epi8(row[0], row[1]);
  const __m512i low23 = _mm512_unpacklo_epi8(row[2], row[3]), high23 = _mm512_unpackhi_epi8(row[2], row[3]);
  transposed[0] = _mm512_unpacklo_epi16(low01, low23);
  transposed[1] = _mm512_unpackhi_epi16(low01, low23);
  transposed[2] = _mm512_unpacklo_epi16(high01, high23);
  transposed[3] = _mm512_unpackhi_epi16(high01, high23);
}

// Adds or stores sums over rows of kFields fields of blocks, transposed, from their block on.
template <int kBits, int kFirstField, int kBlocks, int kFields>
HWY_INLINE void StoreGradient(const __m512i (&total)[kBlocks][kFields][4], std::size_t block, float scale,
                              bool add, float* sums) {
  const __m512 factor = _mm512_set1_ps(scale);
#pragma GCC unroll 16
  for (std::size_t u = 0; u < kBlocks; ++u) {
#pragma GCC unroll 16
    for (int f = 0; f < kFields; ++f) {
      float* at = sums + ((block + u) * (8 / kBits) + static_cast<std::size_t>(kFirstField + f)) *
                             FieldLayout::kBlockBytes;
#pragma GCC unroll 16
      for (int q = 0; q < 4; ++q, at += 16) {
        const __m512i whole =
            _mm512_srai_epi32(total[u][f][q], static_cast<unsigned>((kFirstField + f) * kBits));
        const __m512 value = _mm512_mul_ps(factor, _mm512_cvtepi32_ps(whole));
        _mm512_store_ps(at, add ? _mm512_add_ps(_mm512_load_ps(at), value) : value);
      }
    }
  }
}

// Gradient at the positions of kFields fields of kBlocks blocks. kShift: block mod kBits, or -1 if not known.
// Of four blocks with both draws, lines of planes are transposed rather than codes of each draw: fewer bytes.
template <int kBits, int kSets, bool kPlanes, int kFirstField, int kFields, int kBlocks, int kShift>
inline void GradientOfBlocks(const FieldRows& rows, std::size_t block, const Planes& planes,
                             const std::int8_t* weights, float scale, bool add, float* sums) {
  constexpr bool kTransposePlanes = kPlanes && kSets == 2 && kBits == 8 && kBlocks == 4;
  __m512i total[kBlocks][kFields][4];
#pragma GCC unroll 16
  for (int u = 0; u < kBlocks; ++u)
    for (int f = 0; f < kFields; ++f)
      for (int q = 0; q < 4; ++q) total[u][f][q] = _mm512_setzero_si512();
  const std::size_t quads = (rows.count + 3) / 4;
  for (std::size_t quad = 0; quad < quads; ++quad) {
    const std::uint8_t* row[4];
#pragma GCC unroll 4
    for (std::size_t r = 0; r < 4; ++r) {
      const std::size_t i = std::min(4 * quad + r, rows.count - 1);
      row[r] = rows.rows[i];
      if (kFirstField == 0 && rows.ahead != nullptr)
        for (std::size_t u = 0; u < kBlocks; ++u)
          Prefetch<kBits, kPlanes, kDuringGradient>(rows.ahead[i], block + u, planes);
    }
    __m512i lines[kSets][4];
    if constexpr (kTransposePlanes) {
#pragma GCC unroll 16
      for (int s = 0; s < kSets; ++s) {
        __m512i line[4];
#pragma GCC unroll 16
        for (std::size_t r = 0; r < 4; ++r)
          line[r] = _mm512_loadu_si512(row[r] + planes.used[s] + block / kBits * FieldLayout::kBlockBytes);
        TransposeBytes(line, lines[s]);
      }
    }
#pragma GCC unroll 16
    for (std::size_t u = 0; u < kBlocks; ++u) {
      const std::size_t shift = kShift < 0 ? (block + u) % kBits : static_cast<std::size_t>(kShift) + u;
      __m512i bytes[4], codes[4];
      if constexpr (kTransposePlanes) {
#pragma GCC unroll 16
        for (std::size_t r = 0; r < 4; ++r)
          bytes[r] = _mm512_loadu_si512(row[r] + (block + u) * FieldLayout::kBlockBytes);
        TransposeBytes(bytes, codes);
      }
#pragma GCC unroll 16
      for (int s = 0; s < kSets; ++s) {
        __m512i transposed[4];
        if constexpr (kTransposePlanes) {
#pragma GCC unroll 16
          for (int q = 0; q < 4; ++q) transposed[q] = WithChoices<kBits>(codes[q], lines[s][q], shift);
        } else {
#pragma GCC unroll 16
          for (std::size_t r = 0; r < 4; ++r) {
            bytes[r] =
                Codes<kBits, kPlanes>(_mm512_loadu_si512(row[r] + (block + u) * FieldLayout::kBlockBytes),
                                      row[r] + planes.used[s], block + u, shift);
          }
          TransposeBytes(bytes, transposed);
        }
        std::int32_t four;
        std::memcpy(&four, weights + 4 * (static_cast<std::size_t>(s) * quads + quad), sizeof four);
        const __m512i weight = _mm512_set1_epi32(four);
#pragma GCC unroll 16
        for (int f = 0; f < kFields; ++f) {
#pragma GCC unroll 16
          for (int q = 0; q < 4; ++q)
            total[u][f][q] =
                MultiplyAdd(total[u][f][q], Field<kBits>(transposed[q], kFirstField + f), weight);
        }
      }
    }
  }
  StoreGradient<kBits, kFirstField>(total, block, scale, add, sums);
}

template <int kBits, int kSets, bool kPlanes>
void Gradient(const FieldLayout& layout, const FieldRows& rows, const Planes& planes,
              const std::int8_t* weights, float scale, bool add, float* sums) {
  constexpr int kFields = std::min(8 / kBits, 4);  // more would not fit the registers
  constexpr int kBlocks = 4 / kFields;             // what would: it saves starting and ending loops over rows
  const std::size_t blocks = layout.blocks();
  const auto blocks_from = [&]<int kCount, int kShift>(std::size_t block) {
    GradientOfBlocks<kBits, kSets, kPlanes, 0, kFields, kCount, kShift>(rows, block, planes, weights, scale,
                                                                        add, sums);
    if constexpr (8 / kBits > kFields)
      GradientOfBlocks<kBits, kSets, kPlanes, kFields, kFields, kCount, kShift>(rows, block, planes, weights,
                                                                                scale, add, sums);
  };
  std::size_t block = 0;
  for (; block + kBlocks <= blocks; block += kBlocks) {
    static_assert(kBits == 1 || 2 * kBlocks == kBits);
    if constexpr (kPlanes && kBits > 1) {
      if (block % kBits != 0) {
        blocks_from.template operator()<kBlocks, kBlocks>(block);
        continue;
      }
    }
    blocks_from.template operator()<kBlocks, 0>(block);
  }
  for (; block < blocks; ++block) blocks_from.template operator()<1, -1>(block);
}

void QuantizeModel(const float* w, const std::uint16_t* random, std::size_t positions, float inverse_scale,
                   int limbs, std::int8_t* out) {
  const __m512 factor = _mm512_set1_ps(inverse_scale);
  const __m512 most = _mm512_set1_ps(static_cast<float>(largest_model_value(limbs)));
  const __m512 least = _mm512_set1_ps(static_cast<float>(-largest_model_value(limbs)));
  for (std::size_t first = 0; first < positions; first += FieldLayout::kBlockBytes) {
    __m512i m[4], low[4];
#pragma GCC unroll 4
    for (std::size_t q = 0; q < 4; ++q) {
      const __m512 t = _mm512_min_ps(
          _mm512_max_ps(_mm512_mul_ps(_mm512_load_ps(w + first + 16 * q), factor), least), most);
      const __m512 lower = _mm512_roundscale_ps(t, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
      const __m512i words =
          _mm512_cvtepu16_epi32(_mm256_load_si256(reinterpret_cast<const __m256i*>(random + first + 16 * q)));
      const __m512 unit = _mm512_mul_ps(_mm512_add_ps(_mm512_cvtepi32_ps(words), _mm512_set1_ps(0.5f)),
                                        _mm512_set1_ps(0x1p-16f));
      const __mmask16 up = _mm512_cmp_ps_mask(unit, _mm512_sub_ps(t, lower), _CMP_LT_OQ);
      const __m512i whole = _mm512_cvttps_epi32(lower);
      m[q] = _mm512_mask_add_epi32(whole, up, whole, _mm512_set1_epi32(1));
      low[q] = limbs == 1 ? m[q] : _mm512_srai_epi32(_mm512_slli_epi32(m[q], 24), 24);
      m[q] = _mm512_srai_epi32(_mm512_sub_epi32(m[q], low[q]), 8);
    }
    // Packing works lane by lane: it undoes the order that transposing leaves.
    const auto pack = [](const __m512i(&v)[4]) {
      return _mm512_packs_epi16(_mm512_packs_epi32(v[0], v[1]), _mm512_packs_epi32(v[2], v[3]));
    };
    std::int8_t* at = out + first * static_cast<std::size_t>(limbs);
    _mm512_store_si512(at, pack(low));
    if (limbs == 2) _mm512_store_si512(at + FieldLayout::kBlockBytes, pack(m));
  }
}
