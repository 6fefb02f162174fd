// Vectors of normal deviates.
#pragma once

#include "core/noise.h"
#include "core/simd/vectors.h"

namespace bobbin::core::BOBBIN_ISA {

struct Vectors {
  using Floats = BOBBIN_ISA::Floats;
  using Bits = BOBBIN_ISA::Bits;
  BOBBIN_INLINE static Bits as_bits(const Floats& x) { return (Bits)x; }
  BOBBIN_INLINE static Floats as_floats(const Bits& x) { return (Floats)x; }
  BOBBIN_INLINE static Floats to_floats(const Bits& x) {
    return __builtin_convertvector((Ints)x, Floats);
  }
  BOBBIN_INLINE static Floats root(const Floats& x) { return square_root(x); }
  BOBBIN_INLINE static Floats larger(const Floats& a, const Floats& b) {
    return BOBBIN_ISA::larger(a, b);
  }
};

}  // namespace bobbin::core::BOBBIN_ISA
