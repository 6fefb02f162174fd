// Multiplies the distance from the view's mean grey by a factor.
#include <cstddef>

#include "core/effects/colors.h"
#include "core/effects/operation.h"
#include "core/effects/operations.h"

namespace bobbin::core {
namespace {

void adjust_contrast(const Amounts& factor, const EffectView& view) {
  double sum = 0;
  for (std::size_t i = 0; i < view.values.size(); i += 3) sum += grey_of(&view.values[i]);
  const auto mean = static_cast<float>(3 * sum / static_cast<double>(view.values.size()));
  for (float& value : view.values) value = blend(mean, value, factor[0]);
}

}  // namespace

const Operation kContrast = {
    .name = "contrast", .apply = adjust_contrast, .magnitude = enhancement};

}  // namespace bobbin::core
