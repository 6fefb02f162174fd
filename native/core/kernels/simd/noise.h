// Vectors of normal deviates.
#pragma once

#include <array>

#include "core/kernels/noise.h"
#include "core/kernels/simd/vectors.h"

namespace bobbin::core::BOBBIN_ISA {

// Deviates for the positions of a key.
class Noise {
 public:
  explicit Noise(std::uint64_t key) : key_(key) {}

  // Two independent ones for each position, in units of kNoiseUnit.
  BOBBIN_INLINE void sum(const Bits& position, Floats& first, Floats& second) const {
    Ints lower{}, upper{};
    sum_steps(hash_words(position, key_), lower, upper);
    first = __builtin_convertvector(lower, Floats);
    second = __builtin_convertvector(upper, Floats);
  }

 private:
#if defined(__AVX2__)
  static constexpr auto kSteps = [] {
    std::array<std::uint8_t, sizeof(Bytes)> steps{};
    for (std::size_t i = 0; i < sizeof(Bytes); ++i) {
      const auto step = static_cast<std::uint8_t>(kNoiseSteps >> 8 * (i % 8));
      steps[i] = static_cast<std::uint8_t>(i % 16 < 8 ? step : -step);
    }
    return steps;
  }();

  // The sums of steps that the lower and the upper halves of words choose.
  BOBBIN_INLINE void sum_steps(const Bits& words, Ints& lower, Ints& upper) const {
    const Bytes both =
        look_up(steps_, (Bytes)(words & fours_)) + look_up(steps_, (Bytes)(words >> 4 & fours_));
    const Words sums = multiply_add(both, kNoiseLarge, kNoiseSmall);
    lower = (Ints)multiply_add(sums, 1, 0);
    upper = (Ints)sums >> 16;
  }

  Bytes steps_ = load<Bytes>(kSteps.data());
  Bits fours_ = kept(Bits{} + 0x0f0f0f0f);
#else
  BOBBIN_INLINE static void sum_steps(const Bits& words, Ints& lower, Ints& upper) {
    for (int i = 0; i < kWidth; ++i) {
      lower[i] = sum_of_steps(words[i]);
      upper[i] = sum_of_steps(words[i] >> 16);
    }
  }
#endif

  std::uint64_t key_;
};

}  // namespace bobbin::core::BOBBIN_ISA
