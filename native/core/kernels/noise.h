// Normal deviates from a counter: each is a pure function of a key and a position. This file
// computes one number; simd/noise.h computes vectors, and device/render/pixel.h is for a GPU.
#pragma once

#include <cstdint>

namespace bobbin::core {

// All functions here must be inlined: the linker could share them with a build of the kernels
// whose instructions the machine lacks (kernels.h).

// A bijection of 32-bit words for each key: Wellons' lowbias32, with half of the key added before
// each multiplication.
template <typename Bits>
[[gnu::always_inline]] constexpr Bits hash_words(Bits x, std::uint64_t key) {
  x += static_cast<std::uint32_t>(key);
  x = (x ^ (x >> 16)) * 0x7feb352du;
  x += static_cast<std::uint32_t>(key >> 32);
  x = (x ^ (x >> 15)) * 0x846ca68bu;
  return x ^ (x >> 16);
}

// A deviate is the sum of four independent steps, like the table generators in Thomas, Luk, Leong
// and Villasenor (2007, "Gaussian random number generators"): 7 times two of them and 5 times two
// others, so that sums rarely coincide. A step is one of these bytes, positive or negative with
// equal probability. A search chose the bytes such that the sums have the normal kurtosis (2.999)
// and sixth moment (14.79 of 15), lie within 0.002 of its distribution function, and end at 4.24 σ.
inline constexpr std::uint64_t kNoiseSteps = 0x3f'1e'1d'17'13'0d'0a'03;
inline constexpr int kNoiseLarge = 7, kNoiseSmall = 5;
inline constexpr float kNoiseUnit = 1 / 356.711368f;  // Of a sum: 1 / its standard deviation.

// The sum that the lower 16 bits choose, four bits a step: the upper bit is its sign.
[[gnu::always_inline]] constexpr std::int32_t sum_of_steps(std::uint32_t bits) {
  std::int32_t sum = 0;
  for (int i = 0; i < 4; ++i, bits >>= 4) {
    const auto step = static_cast<std::int32_t>(kNoiseSteps >> 8 * (bits & 7) & 0xff);
    sum += (i < 2 ? kNoiseLarge : kNoiseSmall) * ((bits & 8) == 0 ? step : -step);
  }
  return sum;
}

}  // namespace bobbin::core
