// What the operations on colours share, among them the factor of Pillow's ImageEnhance.
#pragma once

#include <algorithm>

#include "core/base/image.h"

namespace bobbin::core {

inline float clamped(float value) { return std::clamp(value, 0.0f, 255.0f); }

inline float grey_of(const float* rgb) {
  return static_cast<float>(kGrey[0] * rgb[0] + kGrey[1] * rgb[1] + kGrey[2] * rgb[2]);
}

// The nearest of the 256 levels, for operations that are defined on whole levels only.
inline int level_of(float value) { return static_cast<int>(value + 0.5f); }

// A factor of 0 gives `from`, 1 gives `to`, and 2 goes twice as far.
inline float blend(float from, float to, float factor) {
  return clamped(from + factor * (to - from));
}

// RandAugment's factor for brightness, color, contrast and sharpness.
inline double enhancement(double strength, int sign, int /*size*/) {
  return 1 + sign * 0.9 * strength;
}

}  // namespace bobbin::core
