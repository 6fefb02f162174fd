// Normal deviates from a counter: each is a pure function of a key and a position. Written once,
// for numbers and for vectors of them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bobbin::core {

// `Numbers` is a class of Floats and Bits, as many of either, and of what C++ has no common word
// for: as_bits, as_floats, to_floats (of bits below 2³¹), root and larger. All vanish into their
// callers: a function that the linker shared might hold instructions that the machine does not
// have.

// Sums c₀ + c₁x + c₂x² + …, in Horner's order.
template <typename Floats, std::size_t count>
[[gnu::always_inline]] constexpr Floats polynomial(const Floats& x, const float (&factors)[count]) {
  Floats sum = Floats{} + factors[count - 1];
  for (int i = static_cast<int>(count) - 2; i >= 0; --i) sum = sum * x + factors[i];
  return sum;
}

// A bijection of 32-bit words for each key: Wellons' lowbias32 with half of the key added before
// each of its multiplications.
template <typename Bits>
[[gnu::always_inline]] constexpr Bits hash_words(Bits x, std::uint64_t key) {
  x += static_cast<std::uint32_t>(key);
  x = (x ^ (x >> 16)) * 0x7feb352du;
  x += static_cast<std::uint32_t>(key >> 32);
  x = (x ^ (x >> 15)) * 0x846ca68bu;
  return x ^ (x >> 16);
}

// −2 ln(x / 2¹⁶) for x from ½ to 2¹⁶ − ½, within 3·10⁻⁴ and above zero.
template <typename Numbers>
[[gnu::always_inline]] constexpr auto radius_square(const typename Numbers::Floats& x) {
  using Floats = typename Numbers::Floats;
  // A float's bits, read as a number, are its logarithm but for how the mantissa bends: that is a
  // polynomial in the mantissa, fitted by least squares on Chebyshev nodes of 1…2.
  constexpr float kBend[] = {200.277247f, -4.0861371f, 2.7634213f, -0.814509514f, 0.09984603f};
  constexpr float kStep = -1.65259166e-7f;  // −2 ln 2 / 2²³.
  const auto bits = Numbers::as_bits(x);
  const Floats mantissa = Numbers::as_floats((bits & 0x007fffff) | 0x3f800000);
  const Floats square = Numbers::to_floats(bits) * kStep + polynomial(mantissa, kBend);
  return Numbers::larger(square, Floats{});
}

// Two independent deviates times sigma for each position (Box and Muller 1958): the radius comes
// from 16 bits of a hash, so that tails end at 4.7 σ, the angle from the other 16.
template <typename Numbers>
[[gnu::always_inline]] constexpr void normal_pair(const typename Numbers::Bits& position,
                                                  std::uint64_t key, float sigma,
                                                  typename Numbers::Floats& first,
                                                  typename Numbers::Floats& second) {
  using Floats = typename Numbers::Floats;
  // Least squares for sin(πx) / x and cos(πx) in x², on Chebyshev nodes of −½…½.
  constexpr float kSine[] = {3.14063416f, -5.13681113f, 2.29924569f};
  constexpr float kCosine[] = {0.99939655f, -4.89097261f, 3.58298619f};
  const auto word = hash_words(position, key);
  const Floats level = Numbers::to_floats(word >> 16) + 0.5f;
  const Floats radius = Numbers::root(radius_square<Numbers>(level)) * sigma;
  // Half a turn as the upper bits of a mantissa; the other half is the cosine's sign.
  const Floats angle =
      Numbers::as_floats((word << 8 & 0x007fff00) | 0x3f800000) - (1.5f - 0x1p-16f);
  const Floats square = angle * angle;
  first = radius * (angle * polynomial(square, kSine));
  const Floats cosine = radius * polynomial(square, kCosine);
  second = Numbers::as_floats(Numbers::as_bits(cosine) ^ (word << 16 & 0x80000000));
}

}  // namespace bobbin::core
