// The definitions are torchvision's, on floats; posterize and equalize know whole levels only.
#include "core/render/tones.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/recipe/recipe.h"

namespace bobbin::core {
namespace {

float clamped(float value) { return std::clamp(value, 0.0f, 255.0f); }

float blend(float from, float to, float factor) { return clamped(from + factor * (to - from)); }

float grey_of(const float* rgb) {
  return static_cast<float>(kGrey[0] * rgb[0] + kGrey[1] * rgb[1] + kGrey[2] * rgb[2]);
}

int level_of(float value) { return static_cast<int>(value + 0.5f); }

// What each level of a channel becomes; all stay where too few pixels differ from the largest
// level.
using Levels = std::array<int, 256>;

Levels equalizing_levels(const Levels& histogram) {
  int pixels = 0, last = 0;
  for (const int count : histogram) {
    pixels += count;
    if (count > 0) last = count;
  }
  const int step = (pixels - last) / 255;
  Levels levels{};
  int below = step / 2;
  for (int level = 0; level < 256; ++level) {
    levels[level] = step == 0 ? level : std::min(255, below / step);
    below += histogram[level];
  }
  return levels;
}

}  // namespace

void adjust_brightness(Colors view, float factor) {
  for (float& value : view) value = clamped(factor * value);
}

void adjust_saturation(Colors view, float factor) {
  for (std::size_t i = 0; i < view.size(); i += 3) {
    const float grey = grey_of(&view[i]);
    for (std::size_t c = 0; c < 3; ++c) view[i + c] = blend(grey, view[i + c], factor);
  }
}

void adjust_contrast(Colors view, float factor) {
  double sum = 0;
  for (std::size_t i = 0; i < view.size(); i += 3) sum += grey_of(&view[i]);
  const auto mean = static_cast<float>(3 * sum / static_cast<double>(view.size()));
  for (float& value : view) value = blend(mean, value, factor);
}

void adjust_sharpness(Colors view, int size, float factor, std::vector<float>& copy) {
  copy.assign(view.begin(), view.end());
  const int row = 3 * size;
  for (int y = 1; y < size - 1; ++y) {
    for (int i = y * row + 3; i < (y + 1) * row - 3; ++i) {
      float sum = 4 * copy[i];
      for (const int line : {i - row, i, i + row})
        sum += copy[line - 3] + copy[line] + copy[line + 3];
      view[i] = blend(sum / 13, copy[i], factor);
    }
  }
}

void posterize(Colors view, int bits) {
  const int dropped = 8 - bits;
  for (float& value : view) value = static_cast<float>(level_of(value) >> dropped << dropped);
}

void solarize(Colors view, float threshold) {
  for (float& value : view) value = value >= threshold ? 255 - value : value;
}

void autocontrast(Colors view) {
  for (std::size_t c = 0; c < 3; ++c) {
    float least = 255, largest = 0;
    for (std::size_t i = c; i < view.size(); i += 3) {
      least = std::min(least, view[i]);
      largest = std::max(largest, view[i]);
    }
    if (largest <= least) continue;
    const float scale = 255 / (largest - least);
    for (std::size_t i = c; i < view.size(); i += 3) view[i] = clamped((view[i] - least) * scale);
  }
}

void equalize(Colors view) {
  for (std::size_t c = 0; c < 3; ++c) {
    Levels histogram{};
    for (std::size_t i = c; i < view.size(); i += 3) ++histogram[level_of(view[i])];
    const Levels levels = equalizing_levels(histogram);
    for (std::size_t i = c; i < view.size(); i += 3) {
      view[i] = static_cast<float>(levels[level_of(view[i])]);
    }
  }
}

}  // namespace bobbin::core
