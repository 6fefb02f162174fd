// The arithmetic of one value: noise, normalisation, storing and mixing.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "core/base/output.h"
#include "core/kernels/noise.h"
#include "device/base/shared.h"

namespace bobbin::device {

// core::sum_of_steps; a GPU looks up all four steps at once.
BOBBIN_SHARED inline std::int32_t sum_of_steps(std::uint32_t bits) {
#ifdef __CUDA_ARCH__
  const std::uint32_t steps =
      __byte_perm(static_cast<std::uint32_t>(core::kNoiseSteps),
                  static_cast<std::uint32_t>(core::kNoiseSteps >> 32), bits & 0x7777);
  // Bytes 4, 0, 5 and 1 of both words begin with the steps' signs: each as a whole byte.
  int signs;
  asm("prmt.b32 %0, %1, %2, 0x9d8c;" : "=r"(signs) : "r"(bits), "r"(bits << 4));
  constexpr int kWeights = 0x0101 * core::kNoiseLarge + 0x01010000 * core::kNoiseSmall;
  return __dp4a(static_cast<int>(steps) ^ signs, kWeights, -__dp4a(signs, kWeights, 0));
#else
  return core::sum_of_steps(bits);
#endif
}

struct NoisePair {
  float first, second;
};
BOBBIN_SHARED inline NoisePair noise_at(std::uint32_t position, std::uint64_t key, float sigma) {
  const std::uint32_t word = core::hash_words(position, key);
  const float unit = sigma * core::kNoiseUnit;
  return {static_cast<float>(sum_of_steps(word)) * unit,
          static_cast<float>(sum_of_steps(word >> 16)) * unit};
}

BOBBIN_SHARED inline float clamp_level(float color) { return std::clamp(color, 0.0f, 255.0f); }

// Writes and reads values of one type.
template <core::PixelType type>
struct Stored;
template <>
struct Stored<core::PixelType::kFloat32> {
  using Value = float;
  BOBBIN_SHARED static float of(float value) { return value; }
  BOBBIN_SHARED static float to_float(float value) { return value; }
};
template <>
struct Stored<core::PixelType::kBfloat16> {
  using Value = std::uint16_t;
  BOBBIN_SHARED static std::uint16_t of(float value) { return core::to_bfloat16(value); }
  BOBBIN_SHARED static float to_float(std::uint16_t value) { return core::from_bfloat16(value); }
};
template <>
struct Stored<core::PixelType::kFloat16> {
  using Value = std::uint16_t;
  BOBBIN_SHARED static std::uint16_t of(float value) { return core::to_float16(value); }
  BOBBIN_SHARED static float to_float(std::uint16_t value) { return core::from_float16(value); }
};
template <>
struct Stored<core::PixelType::kUint8> {
  using Value = std::uint8_t;
  // This number is so large that it has no fraction bits: adding it rounds the level into the low
  // bits.
  BOBBIN_SHARED static std::uint8_t of(float level) {
    return static_cast<std::uint8_t>(std::bit_cast<std::uint32_t>(level + 0x1.8p23f) & 0xff);
  }
  BOBBIN_SHARED static float to_float(std::uint8_t level) { return level; }
};
template <core::PixelType type>
using ValueOf = typename Stored<type>::Value;

// A level before rounding by `Stored`: bytes stay levels, other types are normalised.
template <core::PixelType type>
BOBBIN_SHARED float normalized(float level, float mean, float scale) {
  return type == core::PixelType::kUint8 ? level : (level - mean) * scale;
}

// The same for the value of an erased pixel, which is already normalised.
template <core::PixelType type>
BOBBIN_SHARED float erased(float value, float mean, float scale) {
  return type == core::PixelType::kUint8 ? clamp_level(mean + value / scale) : value;
}

// Mixup of stored values: `brought` is weighted by its share, `held` by the rest.
template <core::PixelType type>
BOBBIN_SHARED ValueOf<type> blend(float share, ValueOf<type> held, ValueOf<type> brought) {
  using As = Stored<type>;
  const float sum = (1 - share) * As::to_float(held) + share * As::to_float(brought);
  if constexpr (type == core::PixelType::kUint8) return static_cast<std::uint8_t>(sum + 0.5f);
  return As::of(sum);
}

}  // namespace bobbin::device
