// Keeps the upper bits of each value's eight; the amount says how many.
#include <cmath>

#include "core/effects/colors.h"
#include "core/effects/operation.h"
#include "core/effects/operations.h"

namespace bobbin::core {
namespace {

void posterize(const Amounts& bits, const EffectView& view) {
  const int dropped = 8 - static_cast<int>(bits[0]);
  for (float& value : view.values) {
    value = static_cast<float>(level_of(value) >> dropped << dropped);
  }
}

double magnitude(double strength, int /*sign*/, int /*size*/) {
  return std::nearbyint(8 - 4 * strength);
}

}  // namespace

const Operation kPosterize = {.name = "posterize", .apply = posterize, .magnitude = magnitude};

}  // namespace bobbin::core
