// The memory for a rendered view, and the type of its values.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace bobbin::core {

// `dtype` in src/pipeline/loader-options.ts. A level is a colour in 0…255 units after all
// augmentation, clamped to that range.
enum class PixelType : std::uint8_t {
  kFloat32,   // (level − mean) / std.
  kBfloat16,  // The same as the upper half of a float32, rounded to nearest, ties to even.
  kFloat16,   // The same as IEEE 754 binary16, rounded to nearest, ties to even.
  kUint8,     // The level itself, rounded to nearest, ties to even; the model normalises it.
};

constexpr std::size_t bytes_of(PixelType type) {
  switch (type) {
    case PixelType::kFloat32:
      return 4;
    case PixelType::kBfloat16:
    case PixelType::kFloat16:
      return 2;
    case PixelType::kUint8:
      return 1;
  }
  return 0;
}

constexpr std::uint16_t to_bfloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}
constexpr float from_bfloat16(std::uint16_t value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16);
}

// Values that are too large become infinity; pixels are never NaN.
constexpr std::uint16_t to_float16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
  std::uint32_t half = 0;
  if (magnitude < 0x38800000) {
    // Below 2⁻¹⁴ a float16 counts units of 2⁻²⁴, which is one unit in the last place of ½ in
    // float32.
    half = std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) - 0x3f000000;
  } else {
    // The exponent's bias is smaller by 112.
    half = (magnitude - 0x38000000 + 0xfff + (magnitude >> 13 & 1)) >> 13;
  }
  return static_cast<std::uint16_t>(sign | (half < 0x7c00 ? half : 0x7c00));
}
constexpr float from_float16(std::uint16_t value) {
  const std::uint32_t sign = (value & 0x8000u) << 16, magnitude = value & 0x7fffu;
  if (magnitude < 0x0400) {
    return (sign == 0 ? 0x1p-24f : -0x1p-24f) * static_cast<float>(magnitude);
  }
  const std::uint32_t bias = magnitude < 0x7c00 ? 112 : 224;  // Infinity stays what it is.
  return std::bit_cast<float>(sign | ((magnitude << 13) + (bias << 23)));
}

// Memory for values of one type; the caller knows how many values fit.
struct Output {
  void* data = nullptr;
  PixelType type = PixelType::kFloat32;

  // The memory behind the first `values` values.
  Output from(std::size_t values) const {
    return {static_cast<std::uint8_t*>(data) + values * bytes_of(type), type};
  }
};

}  // namespace bobbin::core
