// Multiplies the distance from a blurred view by a factor. The blur is Pillow's SMOOTH: a mean over
// 3 × 3 pixels in which the middle counts five times. The outermost pixels stay.
#include <vector>

#include "core/effects/colors.h"
#include "core/effects/operation.h"
#include "core/effects/operations.h"

namespace bobbin::core {
namespace {

void adjust_sharpness(const Amounts& factor, const EffectView& view) {
  std::vector<float>& copy = view.scratch.view;
  copy.assign(view.values.begin(), view.values.end());
  const int row = 3 * view.size;
  for (int y = 1; y < view.size - 1; ++y) {
    for (int i = y * row + 3; i < (y + 1) * row - 3; ++i) {
      float sum = 4 * copy[i];
      for (const int line : {i - row, i, i + row})
        sum += copy[line - 3] + copy[line] + copy[line + 3];
      view.values[i] = blend(sum / 13, copy[i], factor[0]);
    }
  }
}

}  // namespace

const Operation kSharpness = {
    .name = "sharpness", .apply = adjust_sharpness, .magnitude = enhancement};

}  // namespace bobbin::core
