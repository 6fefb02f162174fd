// Multiplies the recipe's matrix by the one that makes RGB of the planes.
#include "core/render/color_matrix.h"

#include <array>

#include "core/base/image.h"
#include "core/recipe/recipe.h"

namespace bobbin::core {
namespace {

using Rows = std::array<std::array<double, 4>, 3>;

// From (R, G, B, 1) to RGB.
constexpr Rows kFromRgb = {{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}};
// JFIF: from (Y, Cb, Cr, 1) to RGB.
constexpr Rows kFromYcc = {{
    {1, 0, 1.402, -1.402 * 128},
    {1, -0.344136286, -0.714136286, (0.344136286 + 0.714136286) * 128},
    {1, 1.772, 0, -1.772 * 128},
}};

}  // namespace

std::array<float, 12> color_matrix(ColorSpace space, const Recipe& recipe, bool bgr,
                                   float mean_grey) {
  const Rows& to_rgb = space == ColorSpace::kYcc ? kFromYcc : kFromRgb;
  std::array<float, 12> matrix{};
  for (int c = 0; c < 3; ++c) {
    const float* row = recipe.color.data() + 4 * (bgr ? 2 - c : c);
    for (int k = 0; k < 4; ++k) {
      double sum = k == 3 ? row[3] * mean_grey : 0;
      for (int i = 0; i < 3; ++i) sum += row[i] * to_rgb[i][k];
      matrix[4 * c + k] = static_cast<float>(sum);
    }
  }
  return matrix;
}

}  // namespace bobbin::core
