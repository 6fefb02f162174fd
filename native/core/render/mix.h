// Mixes two rendered views: mixup blends them, cutmix pastes a part of one.
#pragma once

#include "core/base/output.h"
#include "core/recipe/draw_mix.h"

namespace bobbin::core {

// Mixes `partner` into `view`, both side × side × 3 values of one type. Mixup blends stored values,
// so all types except float32 are rounded to nearest a second time.
void mix_views(const Mix& mix, int side, Output partner, Output view);

}  // namespace bobbin::core
