// One row of the rectangle at a time.
#include "core/render/erase.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/base/output.h"
#include "core/kernels/kernels.h"
#include "core/recipe/recipe.h"

namespace bobbin::core {
namespace {

// Writes one value of a channel that is normalised already.
void store(float normalised, int channel, const Preprocessing& preprocessing,
           const Output& target) {
  switch (target.type) {
    case PixelType::kFloat32:
      *static_cast<float*>(target.data) = normalised;
      break;
    case PixelType::kBfloat16:
      *static_cast<std::uint16_t*>(target.data) = to_bfloat16(normalised);
      break;
    case PixelType::kFloat16:
      *static_cast<std::uint16_t*>(target.data) = to_float16(normalised);
      break;
    case PixelType::kUint8: {
      const float level = preprocessing.mean[channel] + preprocessing.std[channel] * normalised;
      *static_cast<std::uint8_t*>(target.data) =
          static_cast<std::uint8_t>(std::nearbyint(std::clamp(level, 0.0f, 255.0f)));
      break;
    }
  }
}

}  // namespace

void erase(const Recipe& recipe, const Preprocessing& preprocessing, const Output& output,
           std::vector<float>& line) {
  const auto& [region, noise, key] = recipe.erasure;
  const int row_values = 3 * region.width;
  for (int y = 0; y < region.height; ++y) {
    line.assign(row_values, 0);
    if (noise) {
      kernels().add_noise(
          {line.data(), row_values, key, static_cast<std::uint32_t>(y * row_values)});
    }
    const Output row = output.from(3 * ((region.top + y) * recipe.size + region.left));
    for (int i = 0; i < row_values; ++i) store(line[i], i % 3, preprocessing, row.from(i));
  }
}

}  // namespace bobbin::core
