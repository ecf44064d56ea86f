// The 32 partial sums of a dot product, and the fixed tree that adds them. Included by kernels that need it,
// inside the namespace of an instruction set, after Floats and kLanes; so it has no guard.

constexpr std::size_t kPartialSums = 32;
constexpr std::size_t kAccumulators = kPartialSums / kLanes;

#if HWY_TARGET == HWY_SCALAR
HWY_INLINE float SumOfHalves(Floats, hn::Vec<Floats> v) { return hn::GetLane(v); }
#else
template <class D>
HWY_INLINE float SumOfHalves(D, hn::Vec<D> v) {
  if constexpr (hn::MaxLanes(D()) == 1) {
    return hn::GetLane(v);
  } else {
    const hn::Half<D> half;
    return SumOfHalves(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
  }
}
#endif

// Sum i gains sum i + 16, then i + 8, and so on. Value j of vector k is partial sum k * kLanes + j.
template <std::size_t kCount>
HWY_INLINE float TreeSum(const hn::Vec<Floats> (&sums)[kCount]) {
  if constexpr (kCount == 1) {
    return SumOfHalves(Floats(), sums[0]);
  } else {
    hn::Vec<Floats> halves[kCount / 2];
    for (std::size_t k = 0; k < kCount / 2; ++k) halves[k] = hn::Add(sums[k], sums[k + kCount / 2]);
    return TreeSum(halves);
  }
}
