// Draws the effects of a sample's views, and the rectangle that is erased.
#pragma once

#include "core/base/random.h"
#include "core/recipe/recipe.h"

namespace bobbin::core {

// Draws the effects of a size × size view, in the order of their application. Changing one option
// does not change what the others draw.
//
// RandAugment (Cubuk et al. 2020) draws each operation from the same fourteen, identity included,
// with the magnitudes of torchvision's v2.RandAugment: 31 steps, the first without effect. Where an
// operation has two directions, both have the same probability.
EffectList draw_effects(const Augmentation& augmentation, const SampleKey& key, int size,
                        Random& random);

// Draws a rectangle of the size × size view (Zhong et al. 2020, "Random Erasing Data Augmentation")
// like torchvision's RandomErasing: area and logarithm of the aspect ratio are uniform. After ten
// rectangles that do not fit, nothing is erased.
Erasure draw_erasure(const Augmentation& augmentation, const SampleKey& key, int size);

}  // namespace bobbin::core
