// Vectors of normal deviates.
#pragma once

#include <array>

#include "core/noise.h"
#include "core/simd/vectors.h"

namespace bobbin::core::BOBBIN_ISA {

// The steps' sums that the lower halves of words pick, and the upper halves.
BOBBIN_INLINE void sum_steps(const Bits& words, Ints& lower, Ints& upper) {
#if defined(__AVX2__)
  static constexpr auto kSteps = [] {
    std::array<std::uint8_t, sizeof(Bytes)> steps{};
    for (std::size_t i = 0; i < sizeof(Bytes); ++i) {
      const auto step = static_cast<std::uint8_t>(kNoiseSteps >> 8 * (i % 8));
      steps[i] = static_cast<std::uint8_t>(i % 16 < 8 ? step : -step);
    }
    return steps;
  }();
  const auto steps = load<Bytes>(kSteps.data());
  const Bytes both = look_up(steps, (Bytes)(words & 0x0f0f0f0f)) +
                     look_up(steps, (Bytes)(words >> 4 & 0x0f0f0f0f));
  const Bits sums = (Bits)multiply_add(both, kNoiseLarge, kNoiseSmall);
  lower = (Ints)(sums << 16) >> 16;
  upper = (Ints)sums >> 16;
#else
  for (int i = 0; i < kWidth; ++i) {
    lower[i] = sum_of_steps(words[i]);
    upper[i] = sum_of_steps(words[i] >> 16);
  }
#endif
}

// Two independent deviates for each position, in units of kNoiseUnit.
BOBBIN_INLINE void sum_noise(const Bits& position, std::uint64_t key, Floats& first,
                             Floats& second) {
  Ints lower{}, upper{};
  sum_steps(hash_words(position, key), lower, upper);
  first = __builtin_convertvector(lower, Floats);
  second = __builtin_convertvector(upper, Floats);
}

}  // namespace bobbin::core::BOBBIN_ISA
