// Multiplies the recipe's matrix by the one that makes RGB of the planes.
#include "core/render/color_matrix.h"

namespace bobbin::core {
namespace {

// JFIF: from (Y, Cb, Cr, 1) to RGB.
constexpr std::array<std::array<double, 4>, 3> kFromYcc = {{
    {1, 0, 1.402, -1.402 * 128},
    {1, -0.344136286, -0.714136286, (0.344136286 + 0.714136286) * 128},
    {1, 1.772, 0, -1.772 * 128},
}};

}  // namespace

std::array<float, 12> color_matrix(ColorSpace space, const Recipe& recipe, bool bgr,
                                   float mean_grey) {
  std::array<float, 12> matrix{};
  for (int c = 0; c < 3; ++c) {
    const float* row = recipe.color.data() + 4 * (bgr ? 2 - c : c);
    for (int k = 0; k < 4; ++k) {
      double sum = k == 3 ? row[3] * mean_grey : 0;
      for (int i = 0; i < 3; ++i) {
        if (space == ColorSpace::kYcc) sum += row[i] * kFromYcc[i][k];
        if (space != ColorSpace::kYcc && i == k) sum += row[i];
      }
      matrix[4 * c + k] = static_cast<float>(sum);
    }
  }
  return matrix;
}

}  // namespace bobbin::core
