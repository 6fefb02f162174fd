// The arithmetic of one value: its noise, and how it is normalised, stored and mixed.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "core/noise.h"
#include "core/output.h"
#include "device/shared.h"

namespace bobbin::device {

// For core/noise.h.
struct Numbers {
  using Floats = float;
  using Bits = std::uint32_t;
  BOBBIN_SHARED static std::uint32_t as_bits(float x) { return std::bit_cast<std::uint32_t>(x); }
  BOBBIN_SHARED static float as_floats(std::uint32_t x) { return std::bit_cast<float>(x); }
  BOBBIN_SHARED static float to_floats(std::uint32_t x) {
    return static_cast<float>(static_cast<std::int32_t>(x));
  }
  BOBBIN_SHARED static float root(float x) { return std::sqrt(x); }
  BOBBIN_SHARED static float larger(float a, float b) { return a > b ? a : b; }
};

struct NoisePair {
  float first, second;
};
BOBBIN_SHARED inline NoisePair noise_at(std::uint32_t position, std::uint64_t key, float sigma) {
  NoisePair pair;
  core::normal_pair<Numbers>(position, key, sigma, pair.first, pair.second);
  return pair;
}

BOBBIN_SHARED inline float clamp_level(float color) { return std::clamp(color, 0.0f, 255.0f); }

// How values of one type are written and read.
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
  // So large a number has no bits for fractions: adding it rounds, and leaves the level below.
  BOBBIN_SHARED static std::uint8_t of(float level) {
    return static_cast<std::uint8_t>(std::bit_cast<std::uint32_t>(level + 0x1.8p23f) & 0xff);
  }
  BOBBIN_SHARED static float to_float(std::uint8_t level) { return level; }
};
template <core::PixelType type>
using ValueOf = typename Stored<type>::Value;

// A level as what `Stored` rounds: bytes stay levels.
template <core::PixelType type>
BOBBIN_SHARED float normalized(float level, float mean, float scale) {
  return type == core::PixelType::kUint8 ? level : (level - mean) * scale;
}

// The same of what replaces an erased value, which is normalised already.
template <core::PixelType type>
BOBBIN_SHARED float erased(float value, float mean, float scale) {
  return type == core::PixelType::kUint8 ? clamp_level(mean + value / scale) : value;
}

// Mixup of values as they are stored: `brought` gets its share, `held` the rest.
template <core::PixelType type>
BOBBIN_SHARED ValueOf<type> blend(float share, ValueOf<type> held, ValueOf<type> brought) {
  using As = Stored<type>;
  const float sum = (1 - share) * As::to_float(held) + share * As::to_float(brought);
  if constexpr (type == core::PixelType::kUint8) return static_cast<std::uint8_t>(sum + 0.5f);
  return As::of(sum);
}

}  // namespace bobbin::device
