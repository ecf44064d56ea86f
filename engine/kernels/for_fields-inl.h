// Included by kernels that unroll loops over the fields of a byte, inside the namespace of an instruction
// set; so it has no guard.

// g++ calls lambdas that are large, and then keeps what they add up in memory.
#undef ZIPML_INLINE_LAMBDA
#define ZIPML_INLINE_LAMBDA __attribute__((always_inline))

// Calls f.template operator()<field>() for field 0, 1, ... below kFields: 1, 2, 4 or 8.
template <int kFields, class F>
HWY_INLINE void ForFields(const F& f) {
  f.template operator()<0>();
  if constexpr (kFields > 1) f.template operator()<1>();
  if constexpr (kFields > 2) {
    f.template operator()<2>();
    f.template operator()<3>();
  }
  if constexpr (kFields > 4) {
    f.template operator()<4>();
    f.template operator()<5>();
    f.template operator()<6>();
    f.template operator()<7>();
  }
}
