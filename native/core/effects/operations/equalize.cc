// Spreads each channel's whole levels so that all are about as frequent (Pillow's
// ImageOps.equalize).
#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "core/effects/colors.h"
#include "core/effects/operation.h"
#include "core/effects/operations.h"

namespace bobbin::core {
namespace {

// What each level of a channel becomes.
using Levels = std::array<int, 256>;

// Too few pixels that differ from the largest level leave all levels as they are.
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

void equalize(const Amounts& /*none*/, const EffectView& view) {
  const std::span<float> values = view.values;
  for (std::size_t c = 0; c < 3; ++c) {
    Levels histogram{};
    for (std::size_t i = c; i < values.size(); i += 3) ++histogram[level_of(values[i])];
    const Levels levels = equalizing_levels(histogram);
    for (std::size_t i = c; i < values.size(); i += 3) {
      values[i] = static_cast<float>(levels[level_of(values[i])]);
    }
  }
}

}  // namespace

const Operation kEqualize = {
    .name = "equalize", .apply = equalize, .magnitude = no_magnitude, .amounts = 0};

}  // namespace bobbin::core
