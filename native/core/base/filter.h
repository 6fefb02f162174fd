// The filters that resize photos.
#pragma once

#include <array>
#include <cstdint>

namespace bobbin::core {

// `filter` in src/pipeline/preprocessing.ts. Distances are in steps: pixels of the smaller picture.
enum class FilterKind : std::uint8_t {
  kBilinear,  // A triangle: 1 − |x| up to 1.
  kBicubic,   // Keys's cubic with a = −½ up to 2 (IEEE ASSP 29, 1981): Pillow's BICUBIC.
};
inline constexpr std::array kFilterNames = {"bilinear", "bicubic"};

// The distance from which on a filter is zero.
constexpr int support_of(FilterKind kind) { return kind == FilterKind::kBicubic ? 2 : 1; }

}  // namespace bobbin::core
