// Inverts the values from a threshold on, in 0…255 units.
#include "core/effects/operation.h"
#include "core/effects/operations.h"

namespace bobbin::core {
namespace {

void solarize(const Amounts& threshold, const EffectView& view) {
  for (float& value : view.values) value = value >= threshold[0] ? 255 - value : value;
}

double magnitude(double strength, int /*sign*/, int /*size*/) { return 255 * (1 - strength); }

}  // namespace

const Operation kSolarize = {.name = "solarize", .apply = solarize, .magnitude = magnitude};

}  // namespace bobbin::core
