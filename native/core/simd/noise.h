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

// The logarithm of x, for x ≥ 1: within 3·10⁻⁶.
BOBBIN_INLINE Floats logarithm(const Floats& x) {
  // Least squares for ln(1 + z) / z on Chebyshev nodes of 0…1.
  constexpr float kFactors[] = {0.99983899f,  -0.49701985f, 0.31380920f,
                                -0.18618662f, 0.07876038f,  -0.01605534f};
  const Bits bits = (Bits)x;
  const Ints exponent = (Ints)(bits >> 23) - 127;
  const Floats z = (Floats)((bits & 0x007fffff) | 0x3f800000) - 1.0f;
  return __builtin_convertvector(exponent, Floats) * 0.69314718f + z * polynomial(z, kFactors);
}

// Two independent deviates times sigma for each position (Box and Muller 1958): the radius comes
// from 16 bits of a hash, so that tails end at 4.9 σ, the angle from the other 16.
BOBBIN_INLINE void normal_pair(const Bits& position, std::uint64_t key, float sigma, Floats& first,
                               Floats& second) {
  // Least squares for sin(πx) / x and cos(πx) in x², on Chebyshev nodes of −½…½.
  constexpr float kSine[] = {3.14158198f, -5.16714130f, 2.54188707f, -0.55460885f};
  constexpr float kCosine[] = {0.99999325f, -4.93393467f, 4.04124810f, -1.22203176f};
  const Bits word = hash(position, key);
  const Floats level = __builtin_convertvector((Ints)(word >> 16), Floats) + 0.5f;
  const Floats square = (logarithm(level) - 11.0903549f) * -2.0f;  // 16 ln 2.
  const Floats radius = square_root(square < 0.0f ? Floats{} : square) * sigma;
  // Half a turn; the other half is the cosine's sign.
  const Floats turn = __builtin_convertvector((Ints)(word & 0x7fff), Floats) + 0.5f;
  const Floats angle = turn * (1.0f / 32768) - 0.5f;
  const Floats angle_square = angle * angle;
  first = radius * (angle * polynomial(angle_square, kSine));
  const Floats cosine = radius * polynomial(angle_square, kCosine);
  second = (Floats)((Bits)cosine ^ ((word & 0x8000) << 16));
}

}  // namespace bobbin::core::BOBBIN_ISA
