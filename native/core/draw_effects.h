// Draws which effects a sample's views go through, and what is erased of them.
#pragma once

#include "core/random.h"
#include "core/recipe.h"

namespace bobbin::core {

// In the order of their application. Changing one option leaves what the others draw.
EffectList draw_effects(const Augmentation& augmentation, Random& random);

// A rectangle of the size × size view, after Zhong et al., "Random Erasing Data Augmentation"
// (2020), in the form of torchvision's RandomErasing: area and logarithm of the aspect ratio are
// uniform; after ten rectangles that do not fit, nothing is erased.
Erasure draw_erasure(const Augmentation& augmentation, const SampleKey& key, int size);

}  // namespace bobbin::core
