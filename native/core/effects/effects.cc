// Effects one after the other, each over the whole view.
#include "core/effects/effects.h"

#include "core/effects/colors.h"
#include "core/effects/operation.h"

namespace bobbin::core {

void apply_effects(const EffectList& effects, const EffectView& view) {
  for (float& value : view.values) value = clamped(value);
  for (const auto& [operation, amounts] : effects) operation->apply(amounts, view);
}

}  // namespace bobbin::core
