#include "engine/kernels/quantize_fields.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/quantize_fields.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h comes first: it includes this file once per instruction set.
#include <hwy/highway.h>

#include <hwy/cache_control.h>

#include <algorithm>

#include "engine/core/ars.h"
#include "engine/kernels/quantize_fields_reference.h"
#include "engine/kernels/with_bits.h"

HWY_BEFORE_NAMESPACE();
namespace zipml::kernels::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR
void QuantizeFields(const FieldLayout& layout, const float* values, const UniformColumns& columns,
                    const DrawAddress& address, std::uint64_t first_element, std::uint8_t* row) {
  reference::quantize_fields(layout, values, columns, address, first_element, row);
}
void QuantizeFieldsNearest(const FieldLayout& layout, const float* values, const UniformColumns& columns,
                           std::uint8_t* row) {
  reference::quantize_fields_nearest(layout, values, columns, row);
}
#else

namespace hn = hwy::HWY_NAMESPACE;

#include "engine/kernels/float_lanes-inl.h"

using Wide = hn::RepartitionToWide<Words>;
using Shorts = hn::RepartitionToNarrow<Words>;
using Bytes = hn::RepartitionToNarrow<Shorts>;
constexpr std::size_t kFloats = hn::MaxLanes(Floats()), kShorts = 2 * kFloats, kBytes = 4 * kFloats;

// Integers of positions: truncated, or the least that are not below. These lie far inside the range of 32
// bits, and Highway's own conversions would spend four instructions on numbers beyond it.
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3
HWY_INLINE hn::Vec<Ints> Truncated(hn::Vec<Floats> t) { return hn::Vec<Ints>{_mm512_cvttps_epi32(t.raw)}; }
HWY_INLINE hn::Vec<Ints> RoundedUp(hn::Vec<Floats> t) {
  return hn::Vec<Ints>{_mm512_cvt_roundps_epi32(t.raw, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC)};
}
#else
HWY_INLINE hn::Vec<Ints> Truncated(hn::Vec<Floats> t) { return hn::ConvertTo(Ints(), t); }
HWY_INLINE hn::Vec<Ints> RoundedUp(hn::Vec<Floats> t) { return hn::ConvertTo(Ints(), hn::Ceil(t)); }
#endif

// A coder turns pairs of vectors of positions, t in [0, intervals] as in bracket_uniform(), into vectors of
// coded values of 16 bits, kSets of them at a time: with one draw the code; with two the base index, and the
// choices of the draws in bits 8 and 9. At one bit the base index of two draws is always 0; their choices are
// in bits 0 and 8.
template <int kBits, int kDraws>
constexpr int kChoiceBit0 = kDraws == 1 || kBits == 1 ? 0 : 8;
template <int kBits>
constexpr int kChoiceBit1 = kBits == 1 ? 8 : 9;

// The numbers of draw_bits() by Philox: a lane of 64 bits a block, whose upper half holds what the products
// leave there and is never looked at.
class PhiloxWords {
 public:
  PhiloxWords(const DrawAddress& address, std::uint64_t first_block) : first_block_(first_block) {
    const auto key = philox_key(address);
    for (std::uint32_t round = 0; round < kPhiloxRounds; ++round) {
      keys_[round][0] = key[0] + round * kPhiloxWeyl0;
      keys_[round][1] = key[1] + round * kPhiloxWeyl1;
    }
    const auto counter = philox_counter(address, 0, 0);
    epoch_ = counter[2];
    stream_ = counter[3];
    // Even lanes hold the first half of the blocks and odd lanes the second, so that interleaving the words
    // of the lanes leaves them in order.
    for (std::uint64_t lane = 0; lane < kLanes; ++lane) offsets_[lane] = lane / 2 + lane % 2 * (kLanes / 2);
  }

  // The words of kSets times 2 * kFloats elements, the first a multiple of 4 after first_element, for every
  // draw. All go through the rounds together: a round waits for the one before, and one chain of rounds at a
  // time would leave most of the processor idle.
  template <int kSets, int kDraws>
  HWY_INLINE void operator()(std::size_t element, hn::Vec<Words> (&out)[kSets][kDraws][2]) const {
    constexpr int kChains = kSets * kDraws;
    const Wide d;
    const Words words;
    const auto multiplier0 = hn::Set(words, kPhiloxMultiplier0);
    const auto multiplier1 = hn::Set(words, kPhiloxMultiplier1);
    hn::Vec<Wide> c[kChains][4];
#pragma GCC unroll 4
    for (std::uint64_t chain = 0; chain < kChains; ++chain) {
      const std::uint64_t block = first_block_ + element / 4 + chain / kDraws * kLanes;
      c[chain][0] = hn::Add(hn::Set(d, block), hn::Load(d, offsets_));
      c[chain][1] = hn::ShiftRight<32>(c[chain][0]);
      c[chain][2] = hn::Set(d, epoch_);
      c[chain][3] = hn::Set(d, stream_ + chain % kDraws);
    }
#pragma GCC unroll 10
    for (int round = 0; round < kPhiloxRounds; ++round) {
      const auto key0 = hn::Set(d, keys_[round][0]), key1 = hn::Set(d, keys_[round][1]);
#pragma GCC unroll 4
      for (int chain = 0; chain < kChains; ++chain) {
        hn::Vec<Wide>(&now)[4] = c[chain];
        const auto product0 = hn::MulEven(hn::BitCast(words, now[0]), multiplier0);
        const auto product1 = hn::MulEven(hn::BitCast(words, now[2]), multiplier1);
        now[0] = hn::Xor3(hn::ShiftRight<32>(product1), now[1], key0);
        now[1] = product1;
        now[2] = hn::Xor3(hn::ShiftRight<32>(product0), now[3], key1);
        now[3] = product0;
      }
    }
    const auto pair = [&](hn::Vec<Wide> low, hn::Vec<Wide> high) {
      return hn::BitCast(d,
                         hn::OddEven(hn::BitCast(words, hn::ShiftLeft<32>(high)), hn::BitCast(words, low)));
    };
#pragma GCC unroll 4
    for (int chain = 0; chain < kChains; ++chain) {
      const auto words01 = pair(c[chain][0], c[chain][1]), words23 = pair(c[chain][2], c[chain][3]);
      hn::Vec<Words>(&both)[2] = out[chain / kDraws][chain % kDraws];
      both[0] = hn::BitCast(words, hn::InterleaveLower(d, words01, words23));
      both[1] = hn::BitCast(words, hn::InterleaveUpper(d, words01, words23));
    }
  }

 private:
  static constexpr std::size_t kLanes = hn::MaxLanes(Wide());
  HWY_ALIGN std::uint64_t offsets_[kLanes];
  std::uint64_t keys_[kPhiloxRounds][2];
  std::uint64_t first_block_, epoch_, stream_;
};

HWY_INLINE hn::Vec<Shorts> Shorten(hn::Vec<Ints> first, hn::Vec<Ints> second) {
  const Shorts d;
  return hn::ConcatEven(d, hn::BitCast(d, second), hn::BitCast(d, first));
}

template <int kBits, int kDraws>
class PhiloxCoder {
 public:
  // Chains of rounds beyond the registers would not be worth their spilling.
  static constexpr int kSets = HWY_TARGET > HWY_AVX3 ? 1 : kDraws == 1 && kBits < 8 ? 4 : 2;

  PhiloxCoder(std::uint32_t intervals, const DrawAddress& address, std::uint64_t first_element)
      : last_(static_cast<std::int32_t>(intervals) - 1), words_(address, first_element / 4) {}

  HWY_INLINE void operator()(std::size_t column, const hn::Vec<Floats> (&t)[2 * kSets],
                             hn::Vec<Shorts>* coded) const {
    hn::Vec<Words> random[kSets][kDraws][2];
    words_(column, random);
#pragma GCC unroll 4
    for (int set = 0; set < kSets; ++set) {
      const auto half = [&](int i) {
        const hn::Vec<Words> words[2] = {random[set][0][i], random[set][kDraws - 1][i]};
        return Code(t[2 * set + i], words);
      };
      coded[set] = Shorten(half(0), half(1));
    }
  }

 private:
  HWY_INLINE hn::Vec<Ints> Code(hn::Vec<Floats> t, const hn::Vec<Words> (&words)[2]) const {
    const Floats d;
    const Ints ints;
    const auto lower = hn::Min(Truncated(t), hn::Set(ints, last_));
    // The share in units of 2^-24, which compares with whole random numbers as the share with unit floats.
    const auto share = hn::Mul(hn::Sub(t, hn::ConvertTo(d, lower)), hn::Set(d, 0x1p24f));
    const auto one = hn::Add(lower, Chosen(words[0], share, hn::Set(ints, 1 << kChoiceBit0<kBits, kDraws>)));
    if constexpr (kDraws == 1) return one;
    return hn::Add(one, Chosen(words[1], share, hn::Set(ints, 1 << kChoiceBit1<kBits>)));
  }

  static HWY_INLINE hn::Vec<Ints> Chosen(hn::Vec<Words> random, hn::Vec<Floats> share, hn::Vec<Ints> bit) {
    const Floats d;
    const Ints ints;
    const auto number = hn::ConvertTo(d, hn::BitCast(ints, hn::ShiftRight<8>(random)));
    return hn::IfThenElseZero(hn::RebindMask(ints, hn::Lt(number, share)), bit);
  }

  std::int32_t last_;
  PhiloxWords words_;
};

#include "engine/kernels/ars-inl.h"

// Positions as whole numbers of 2^-16: their upper half is the base index, their lower half the share, which
// compares with the 16 random bits of a draw.
template <int kBits, int kDraws>
class ArsCoder {
 public:
  static constexpr int kSets = 1;

  ArsCoder(std::uint32_t intervals, const DrawAddress& address, std::uint64_t first_element)
      : last_(static_cast<std::uint16_t>(intervals - 1)), bits_(address, first_element) {}

  HWY_INLINE void operator()(std::size_t column, const hn::Vec<Floats> (&t)[2],
                             hn::Vec<Shorts>* coded) const {
    const Shorts d;
    const auto first = hn::BitCast(d, Fixed(t[0])), second = hn::BitCast(d, Fixed(t[1]));
    const auto share = hn::ConcatEven(d, second, first), index = hn::ConcatOdd(d, second, first);
    if constexpr (kDraws == 1) {
      *coded = hn::Add(index, hn::IfThenElseZero(hn::Lt(bits_(column, 0), share), hn::Set(d, 1)));
      return;
    }
    // The largest level has no interval above it: it is the certain upper end of the one below.
    const auto base = hn::Min(index, hn::Set(d, last_));
    const auto certain = hn::Ne(index, base);
    const auto choice = [&](std::uint32_t draw, int bit) {
      const auto chosen = hn::Or(hn::Lt(bits_(column, draw), share), certain);
      return hn::IfThenElseZero(chosen, hn::Set(d, static_cast<std::uint16_t>(1 << bit)));
    };
    *coded = hn::Add(hn::Add(base, choice(0, kChoiceBit0<kBits, kDraws>)), choice(1, kChoiceBit1<kBits>));
  }

 private:
  // The nearest multiple of 2^-16, ties down: half of the least integer that is not below twice the number.
  static HWY_INLINE hn::Vec<Ints> Fixed(hn::Vec<Floats> t) {
    return hn::ShiftRight<1>(RoundedUp(hn::Mul(t, hn::Set(Floats(), 0x1p17f))));
  }

  std::uint16_t last_;
  ArsBits bits_;
};

class NearestCoder {
 public:
  static constexpr int kSets = 1;

  explicit NearestCoder(std::uint32_t intervals) : most_(static_cast<std::int32_t>(intervals)) {}

  HWY_INLINE void operator()(std::size_t, const hn::Vec<Floats> (&t)[2], hn::Vec<Shorts>* coded) const {
    *coded = Shorten(Nearest(t[0]), Nearest(t[1]));
  }

 private:
  HWY_INLINE hn::Vec<Ints> Nearest(hn::Vec<Floats> t) const {
    const Ints ints;
    return hn::Min(Truncated(hn::Add(t, hn::Set(Floats(), 0.5f))), hn::Set(ints, most_));
  }

  std::int32_t most_;
};

HWY_INLINE hn::Vec<Floats> PositionOf(hn::Vec<Floats> value, hn::Vec<Floats> low,
                                      hn::Vec<Floats> inverse_step, hn::Vec<Floats> intervals) {
  const auto t = hn::Mul(hn::Sub(value, low), inverse_step);
  return hn::Min(hn::Max(t, hn::Zero(Floats())), intervals);
}

// Positions of kFloats columns; 0 in those beyond the row.
HWY_INLINE hn::Vec<Floats> PositionsAt(const float* values, const UniformColumns& columns, std::size_t cols,
                                       std::size_t column, hn::Vec<Floats> intervals) {
  const float* low = columns.low + column;
  const float* inverse_step = columns.inverse_step + column;
  values += column;
  const auto whole = [](const float* at) { return hn::LoadU(Floats(), at); };
  if (column + kFloats <= cols) return PositionOf(whole(values), whole(low), whole(inverse_step), intervals);
  if (column >= cols) return hn::Zero(Floats());
  const std::size_t count = cols - column;
#if HWY_MEM_OPS_MIGHT_FAULT
  const auto part = [count](const float* at) {
    HWY_ALIGN float copied[kFloats] = {};
    for (std::size_t i = 0; i < count; ++i) copied[i] = at[i];
    return hn::Load(Floats(), copied);
  };
#else
  const auto part = [count](const float* at) {
    return hn::MaskedLoad(hn::FirstN(Floats(), count), Floats(), at);
  };
#endif
  return PositionOf(part(values), part(low), part(inverse_step), intervals);
}

// Coded values of kFields vectors as one: its 16 bits hold a byte of base fields and one of choices.
template <int kBits, int kFields>
HWY_INLINE hn::Vec<Shorts> JoinFields(const hn::Vec<Shorts>* coded) {
  if constexpr (kFields == 1) {
    return coded[0];
  } else {
    const Words words;
    const auto join = [&](hn::Vec<Shorts> pairs) {
      const auto both = hn::BitCast(words, pairs);
      return hn::BitCast(Shorts(), hn::Or(both, hn::ShiftRight<16 - kBits * kFields / 2>(both)));
    };
    return hn::ConcatEven(Shorts(), join(JoinFields<kBits, kFields / 2>(coded + kFields / 2)),
                          join(JoinFields<kBits, kFields / 2>(coded)));
  }
}

HWY_INLINE void StoreRow(hn::Vec<Bytes> bytes, std::uint8_t* to) {
  // Part of a line at a time would be slower past the caches than through them.
  if constexpr (kBytes == FieldLayout::kBlockBytes) {
    hn::Stream(bytes, Bytes(), to);
  } else {
    hn::Store(bytes, Bytes(), to);
  }
}

// One row: for every part of a plane its blocks one after the other, so that the plane is written once.
template <int kBits, int kDraws, class Coder>
void QuantizeRow(const FieldLayout& layout, const float* values, const UniformColumns& columns,
                 const Coder& coder, std::uint8_t* HWY_RESTRICT row) {
  constexpr std::size_t kFields = 8 / kBits, kBlocks = kDraws == 2 ? kBits : 1;
  constexpr std::uint8_t kLowest = kBits == 8 ? 0x01 : kBits == 4 ? 0x11 : kBits == 2 ? 0x55 : 0xFF;
  const Bytes d;
  const Shorts shorts;
  const auto intervals = hn::Set(Floats(), static_cast<float>(columns.intervals));
  const auto lowest = hn::Set(d, kLowest);
  const std::size_t blocks = layout.blocks(), cols = layout.cols;
  std::uint8_t* planes = row + layout.base_bytes();
  for (std::size_t group = 0; group < blocks; group += kBlocks) {
    for (std::size_t part = 0; part < FieldLayout::kBlockBytes; part += kBytes) {
      auto plane0 = hn::Zero(d), plane1 = hn::Zero(d);
      for (std::size_t block = group; block < std::min(group + kBlocks, blocks); ++block) {
        const std::size_t at = block * FieldLayout::kBlockBytes + part;
        hn::Vec<Shorts> coded[2 * kFields];
        for (std::size_t i = 0; i < 2 * kFields; i += Coder::kSets) {
          const std::size_t column = at * kFields + i * kShorts;
          if (column >= cols) {
            for (std::size_t set = 0; set < Coder::kSets; ++set) coded[i + set] = hn::Zero(shorts);
            continue;
          }
          hn::Vec<Floats> t[2 * Coder::kSets];
#pragma GCC unroll 8
          for (std::size_t k = 0; k < 2 * Coder::kSets; ++k)
            t[k] = PositionsAt(values, columns, cols, column + k * kFloats, intervals);
          coder(column, t, coded + i);
        }
        const auto first = hn::BitCast(d, JoinFields<kBits, kFields>(coded));
        const auto second = hn::BitCast(d, JoinFields<kBits, kFields>(coded + kFields));
        const auto low = hn::ConcatEven(d, second, first);
        if constexpr (kDraws == 1) {
          StoreRow(low, row + at);
          continue;
        }
        const auto high = hn::ConcatOdd(d, second, first);
        StoreRow(kBits == 1 ? hn::Zero(d) : low, row + at);
        const auto choices0 = kBits == 1 ? low : hn::And(high, lowest);
        const auto choices1 =
            kBits == 1 ? high : hn::And(hn::BitCast(d, hn::ShiftRight<1>(hn::BitCast(shorts, high))), lowest);
        const auto shift = static_cast<int>(block - group);
        const auto shifted = [&](hn::Vec<Bytes> choices) {
          return hn::BitCast(d, hn::ShiftLeftSame(hn::BitCast(shorts, choices), shift));
        };
        plane0 = hn::Or(plane0, shifted(choices0));
        plane1 = hn::Or(plane1, shifted(choices1));
      }
      if constexpr (kDraws == 2) {
        std::uint8_t* plane = planes + group / kBits * FieldLayout::kBlockBytes + part;
        StoreRow(plane0, plane);
        StoreRow(plane1, plane + layout.plane_bytes());
      }
    }
  }
}

void QuantizeFields(const FieldLayout& layout, const float* values, const UniformColumns& columns,
                    const DrawAddress& address, std::uint64_t first_element, std::uint8_t* row) {
  with_bits(layout.bits, [&]<int kBits>() {
    const auto with_draws = [&]<int kDraws>() {
      if (address.generator == Generator::aes) {
        const ArsCoder<kBits, kDraws> coder(columns.intervals, address, first_element);
        return QuantizeRow<kBits, kDraws>(layout, values, columns, coder, row);
      }
      const PhiloxCoder<kBits, kDraws> coder(columns.intervals, address, first_element);
      QuantizeRow<kBits, kDraws>(layout, values, columns, coder, row);
    };
    layout.draws == 1 ? with_draws.template operator()<1>() : with_draws.template operator()<2>();
  });
}

void QuantizeFieldsNearest(const FieldLayout& layout, const float* values, const UniformColumns& columns,
                           std::uint8_t* row) {
  with_bits(layout.bits, [&]<int kBits>() {
    QuantizeRow<kBits, 1>(layout, values, columns, NearestCoder(columns.intervals), row);
  });
}
#endif

}  // namespace zipml::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace zipml::kernels {

HWY_EXPORT(QuantizeFields);
HWY_EXPORT(QuantizeFieldsNearest);

void quantize_fields(const FieldLayout& layout, const float* values, const UniformColumns& columns,
                     const DrawAddress& address, std::uint64_t first_element, std::uint8_t* row) {
  HWY_DYNAMIC_DISPATCH(QuantizeFields)(layout, values, columns, address, first_element, row);
}

void quantize_fields_nearest(const FieldLayout& layout, const float* values, const UniformColumns& columns,
                             std::uint8_t* row) {
  HWY_DYNAMIC_DISPATCH(QuantizeFieldsNearest)(layout, values, columns, row);
}

void flush_rows() { hwy::FlushStream(); }

}  // namespace zipml::kernels
#endif  // HWY_ONCE
