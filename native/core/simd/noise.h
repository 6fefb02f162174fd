// Normal deviates from a counter: each is a pure function of a key and a position.
#pragma once

#include "core/simd/vectors.h"

namespace bobbin::core::BOBBIN_ISA {

// Sums c₀ + c₁x + c₂x² + …, in Horner's order.
template <std::size_t count>
BOBBIN_INLINE Floats polynomial(const Floats& x, const float (&factors)[count]) {
  Floats sum = Floats{} + factors[count - 1];
  for (int i = static_cast<int>(count) - 2; i >= 0; --i) sum = sum * x + factors[i];
  return sum;
}

// A bijection of 32-bit words for each key: Wellons' lowbias32 with half of the key added before
// each of its multiplications.
BOBBIN_INLINE Bits hash(Bits x, std::uint64_t key) {
  x += static_cast<std::uint32_t>(key);
  x = (x ^ (x >> 16)) * 0x7feb352du;
  x += static_cast<std::uint32_t>(key >> 32);
  x = (x ^ (x >> 15)) * 0x846ca68bu;
  return x ^ (x >> 16);
}

// −2 ln(x / 2¹⁶) for x from ½ to 2¹⁶ − ½, within 3·10⁻⁴ and above zero.
BOBBIN_INLINE Floats radius_square(const Floats& x) {
  // A float's bits, read as a number, are its logarithm but for how the mantissa bends: that is a
  // polynomial in the mantissa, fitted by least squares on Chebyshev nodes of 1…2.
  constexpr float kBend[] = {200.277247f, -4.0861371f, 2.7634213f, -0.814509514f, 0.09984603f};
  constexpr float kStep = -1.65259166e-7f;  // −2 ln 2 / 2²³.
  const Bits bits = (Bits)x;
  const Floats mantissa = (Floats)((bits & 0x007fffff) | 0x3f800000);
  const Floats square =
      __builtin_convertvector((Ints)bits, Floats) * kStep + polynomial(mantissa, kBend);
  return larger(square, Floats{});
}

// Two independent deviates times sigma for each position (Box and Muller 1958): the radius comes
// from 16 bits of a hash, so that tails end at 4.7 σ, the angle from the other 16.
BOBBIN_INLINE void normal_pair(const Bits& position, std::uint64_t key, float sigma, Floats& first,
                               Floats& second) {
  // Least squares for sin(πx) / x and cos(πx) in x², on Chebyshev nodes of −½…½.
  constexpr float kSine[] = {3.14063416f, -5.13681113f, 2.29924569f};
  constexpr float kCosine[] = {0.99939655f, -4.89097261f, 3.58298619f};
  const Bits word = hash(position, key);
  const Floats level = __builtin_convertvector((Ints)(word >> 16), Floats) + 0.5f;
  const Floats radius = square_root(radius_square(level)) * sigma;
  // Half a turn as the upper bits of a mantissa; the other half is the cosine's sign.
  const Floats angle = (Floats)((word << 8 & 0x007fff00) | 0x3f800000) - (1.5f - 0x1p-16f);
  const Floats square = angle * angle;
  first = radius * (angle * polynomial(square, kSine));
  const Floats cosine = radius * polynomial(square, kCosine);
  second = (Floats)((Bits)cosine ^ (word << 16 & 0x80000000));
}

}  // namespace bobbin::core::BOBBIN_ISA
