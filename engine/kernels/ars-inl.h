// The blocks of ars4x32() by vectors. Included by kernels of an instruction set, inside its namespace, after
// the tag Words (whole vectors of 32 bits, at most 512) and the alias hn.

// Blocks of one family of draws. A vector holds neighbouring blocks, so its 16-bit words are in the order of
// elements.
class ArsBits {
 public:
  using Wide = hn::RepartitionToWide<Words>;
  using Shorts = hn::RepartitionToNarrow<Words>;
  using Bytes = hn::RepartitionToNarrow<Shorts>;
  static constexpr std::size_t kElements = hn::MaxLanes(Shorts());  // of a vector

  // first_element: a multiple of 8.
  ArsBits(const DrawAddress& address, std::uint64_t first_element) : first_block_(first_element / 8) {
    const auto counter = philox_counter(address, 0, 0);
    high_ = counter[2] | (std::uint64_t{counter[3]} << 32);
    for (std::uint64_t round = 0; round <= kArsRounds; ++round) {
      for (std::size_t block = 0; block < kBlocks; ++block) {
        keys_[round][2 * block] = address.seed + round * kArsWeyl0;
        keys_[round][2 * block + 1] = round * kArsWeyl1;
      }
    }
    for (std::size_t block = 0; block < kBlocks; ++block) {
      offsets_[2 * block] = block;
      offsets_[2 * block + 1] = 0;
    }
  }

  // The random 16 bits of kElements elements, from one a multiple of 8 after the first on.
  HWY_INLINE hn::Vec<Shorts> operator()(std::size_t element, std::uint32_t draw) const {
    const Wide d;
    const Bytes bytes;
    const auto block = hn::Set(d, first_block_ + element / 8);
    const auto high = hn::Set(d, high_ + (std::uint64_t{draw} << 32));
    const auto counter = hn::OddEven(high, hn::Add(block, hn::Load(d, offsets_)));
    auto state = hn::BitCast(bytes, hn::Xor(counter, Key(0)));
#pragma GCC unroll 10
    for (int round = 1; round < kArsRounds; ++round)
      state = hn::AESRound(state, hn::BitCast(bytes, Key(round)));
    return hn::BitCast(Shorts(), hn::AESLastRound(state, hn::BitCast(bytes, Key(kArsRounds))));
  }

 private:
  HWY_INLINE hn::Vec<Wide> Key(int round) const { return hn::Load(Wide(), keys_[round]); }

  static constexpr std::size_t kBlocks = kElements / 8;
  HWY_ALIGN std::uint64_t keys_[kArsRounds + 1][2 * kBlocks];
  HWY_ALIGN std::uint64_t offsets_[2 * kBlocks];
  std::uint64_t first_block_, high_;
};
