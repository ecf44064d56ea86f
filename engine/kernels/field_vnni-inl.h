// The kernels of field_kernels.h for AVX-512 with VNNI. Included by field_kernels.cpp only, inside the
// namespace of that instruction set.
//
// Fields are masked where they stand and never shifted down: a field's position is a power of two that its
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

// Codes of block `block`: its bytes, plus the choice bits of a plane where there is one.
template <int kBits, bool kPlanes>
inline __m512i Codes(__m512i base, const std::uint8_t* plane, std::size_t block) {
  if constexpr (!kPlanes) return base;
  const __m512i choices = _mm512_loadu_si512(plane + block / kBits * FieldLayout::kBlockBytes);
  const __m128i shift = _mm_cvtsi32_si128(static_cast<int>(block % kBits));
  return _mm512_add_epi8(
      base, _mm512_and_si512(_mm512_srl_epi16(choices, shift), _mm512_set1_epi8(kLowestBits<kBits>)));
}

inline std::int32_t SumOfLanes(__m512i v) { return _mm512_reduce_add_epi32(v); }

template <int kBits, int kSets, bool kPlanes, int kLimbs, std::size_t kRows>
inline void DotRows(std::size_t blocks, const std::uint8_t* const* rows, const std::uint8_t* const* ahead,
                    const Planes& planes, const std::int8_t* model, double* out, std::size_t set_stride) {
  constexpr int kFields = 8 / kBits;
  __m512i sums[kRows][kSets][kFields][kLimbs];
#pragma GCC unroll 16
  for (std::size_t r = 0; r < kRows; ++r)
    for (int s = 0; s < kSets; ++s)
      for (int f = 0; f < kFields; ++f)
        for (int l = 0; l < kLimbs; ++l) sums[r][s][f][l] = _mm512_setzero_si512();
  for (std::size_t block = 0; block < blocks; ++block) {
#pragma GCC unroll 16
    for (std::size_t r = 0; r < kRows; ++r) {
      const __m512i base = _mm512_loadu_si512(rows[r] + block * FieldLayout::kBlockBytes);
      if (ahead != nullptr && block % 2 == 0) PrefetchLine(ahead[r] + block * FieldLayout::kBlockBytes);
#pragma GCC unroll 16
      for (int s = 0; s < kSets; ++s) {
        const __m512i codes = Codes<kBits, kPlanes>(base, rows[r] + planes.used[s], block);
#pragma GCC unroll 16
        for (int f = 0; f < kFields; ++f) {
          const __m512i field = Field<kBits>(codes, f);
#pragma GCC unroll 16
          for (int l = 0; l < kLimbs; ++l) {
            const std::size_t at =
                ((block * kFields + static_cast<std::size_t>(f)) * kLimbs + static_cast<std::size_t>(l)) *
                FieldLayout::kBlockBytes;
            sums[r][s][f][l] = MultiplyAdd(sums[r][s][f][l], field, _mm512_load_si512(model + at));
          }
        }
      }
    }
  }
#pragma GCC unroll 16
  for (std::size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int s = 0; s < kSets; ++s) {
      double total = 0.0;
#pragma GCC unroll 16
      for (int l = kLimbs - 1; l >= 0; --l) {
        __m512i lanes = sums[r][s][0][l];
#pragma GCC unroll 16
        for (int f = 1; f < kFields; ++f)
          lanes =
              _mm512_add_epi32(lanes, _mm512_srai_epi32(sums[r][s][f][l], static_cast<unsigned>(f * kBits)));
        total = total * 256.0 + static_cast<double>(SumOfLanes(lanes));
      }
      out[static_cast<std::size_t>(s) * set_stride + r] = total;
    }
  }
}

template <int kBits, int kSets, bool kPlanes, int kLimbs>
void Dots(const FieldLayout& layout, const FieldRows& rows, const Planes& planes, const std::int8_t* model,
          double* out) {
  constexpr int kAccumulators = kSets * (8 / kBits) * kLimbs;
  constexpr std::size_t kRows = kAccumulators >= 16 ? 1 : kAccumulators == 8 ? 2 : 4;
  const std::size_t blocks = layout.blocks();
  std::size_t i = 0;
  for (; i + kRows <= rows.count; i += kRows) {
    DotRows<kBits, kSets, kPlanes, kLimbs, kRows>(
        blocks, rows.rows + i, rows.ahead ? rows.ahead + i : nullptr, planes, model, out + i, rows.count);
  }
  for (; i < rows.count; ++i) {
    DotRows<kBits, kSets, kPlanes, kLimbs, 1>(blocks, rows.rows + i, rows.ahead ? rows.ahead + i : nullptr,
                                              planes, model, out + i, rows.count);
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

template <int kBits, int kSets, bool kPlanes, int kFirstField, int kFields>
inline void GradientOfBlock(const FieldRows& rows, std::size_t block, const Planes& planes,
                            const std::int8_t* weights, float scale, bool add, float* sums) {
  __m512i total[kFields][4];
#pragma GCC unroll 16
  for (int f = 0; f < kFields; ++f)
    for (int q = 0; q < 4; ++q) total[f][q] = _mm512_setzero_si512();
  const std::size_t quads = (rows.count + 3) / 4;
  for (std::size_t quad = 0; quad < quads; ++quad) {
    const std::uint8_t* row[4];
    for (std::size_t r = 0; r < 4; ++r) {
      const std::size_t i = std::min(4 * quad + r, rows.count - 1);
      row[r] = rows.rows[i];
      if (kFirstField == 0 && rows.ahead != nullptr)
        PrefetchRest<kBits, kPlanes>(rows.ahead[i], block, planes);
    }
#pragma GCC unroll 16
    for (int s = 0; s < kSets; ++s) {
      __m512i codes[4], transposed[4];
#pragma GCC unroll 16
      for (std::size_t r = 0; r < 4; ++r) {
        codes[r] = Codes<kBits, kPlanes>(_mm512_loadu_si512(row[r] + block * FieldLayout::kBlockBytes),
                                         row[r] + planes.used[s], block);
      }
      TransposeBytes(codes, transposed);
      std::int32_t four;
      std::memcpy(&four, weights + 4 * (static_cast<std::size_t>(s) * quads + quad), sizeof four);
      const __m512i weight = _mm512_set1_epi32(four);
#pragma GCC unroll 16
      for (int f = 0; f < kFields; ++f) {
#pragma GCC unroll 16
        for (int q = 0; q < 4; ++q)
          total[f][q] = MultiplyAdd(total[f][q], Field<kBits>(transposed[q], kFirstField + f), weight);
      }
    }
  }
  const __m512 factor = _mm512_set1_ps(scale);
#pragma GCC unroll 16
  for (int f = 0; f < kFields; ++f) {
#pragma GCC unroll 16
    for (int q = 0; q < 4; ++q) {
      const __m512i whole = _mm512_srai_epi32(total[f][q], static_cast<unsigned>((kFirstField + f) * kBits));
      float* at = sums + ((block * (8 / kBits) + static_cast<std::size_t>(kFirstField + f)) * 4 +
                          static_cast<std::size_t>(q)) *
                             16;
      const __m512 value = _mm512_mul_ps(factor, _mm512_cvtepi32_ps(whole));
      _mm512_store_ps(at, add ? _mm512_add_ps(_mm512_load_ps(at), value) : value);
    }
  }
}

template <int kBits, int kSets, bool kPlanes>
void Gradient(const FieldLayout& layout, const FieldRows& rows, const Planes& planes,
              const std::int8_t* weights, float scale, bool add, float* sums) {
  constexpr int kFields = std::min(8 / kBits, 4);  // more would not fit the registers
  const std::size_t blocks = layout.blocks();
  for (std::size_t block = 0; block < blocks; ++block) {
    GradientOfBlock<kBits, kSets, kPlanes, 0, kFields>(rows, block, planes, weights, scale, add, sums);
    if constexpr (8 / kBits > kFields)
      GradientOfBlock<kBits, kSets, kPlanes, kFields, kFields>(rows, block, planes, weights, scale, add,
                                                               sums);
  }
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
