// Where a rendered view goes, and as what its values are stored.
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
  kUint8,     // The level itself, rounded to nearest, ties to even; whoever takes it normalises.
};

constexpr std::size_t bytes_of(PixelType type) {
  switch (type) {
    case PixelType::kFloat32:
      return 4;
    case PixelType::kBfloat16:
      return 2;
    case PixelType::kUint8:
      return 1;
  }
  return 0;
}

inline std::uint16_t to_bfloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}
inline float from_bfloat16(std::uint16_t value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16);
}

// Memory for values of one type; whoever writes knows how many there is room for.
struct Output {
  void* data = nullptr;
  PixelType type = PixelType::kFloat32;

  // The same memory from `values` values on.
  Output from(std::size_t values) const {
    return {static_cast<std::uint8_t*>(data) + values * bytes_of(type), type};
  }
};

}  // namespace bobbin::core
