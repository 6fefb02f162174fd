// Mixes two rendered views by what was drawn: mixup blends them, cutmix pastes a piece of one.
#pragma once

#include "core/base/output.h"
#include "core/recipe/draw_mix.h"

namespace bobbin::core {

// Mixes `partner` into `view`, both side × side × 3 values of one type. Mixup blends values as they
// are stored, so those of all types but float32 are rounded to nearest a second time.
void mix_views(const Mix& mix, int side, Output partner, Output view);

}  // namespace bobbin::core
