// Vectors of floats, and integers of as many lanes. Included by kernels inside the namespace of an
// instruction set, after `namespace hn`; so it has no guard.

// At most 16 lanes, so that 32 partial sums and 16-value chunks are whole vectors on every instruction set.
using Floats = hn::CappedTag<float, 16>;
using Words = hn::RebindToUnsigned<Floats>;
using Ints = hn::RebindToSigned<Floats>;
