// The matrix from stored planes to a recipe's colours.
#pragma once

#include <array>

#include "core/base/image.h"
#include "core/recipe/recipe.h"

namespace bobbin::core {

// 3×4, row-major: from (the planes' channels, 1) to the model's channels in their order. A grey
// plane counts as three equal channels.
std::array<float, 12> color_matrix(ColorSpace space, const Recipe& recipe, bool bgr,
                                   float mean_grey);

}  // namespace bobbin::core
