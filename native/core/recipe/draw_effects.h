// Draws which effects a sample's views go through, and what is erased of them.
#pragma once

#include "core/base/random.h"
#include "core/recipe/recipe.h"

namespace bobbin::core {

// The effects of a size × size view, in the order of their application. Changing one option leaves
// what the others draw.
//
// RandAugment (Cubuk et al. 2020) draws each of its operations from the same fourteen, identity
// among them, with the magnitudes of torchvision's v2.RandAugment: 31 steps from nothing to the
// most, either way as likely where an operation has two.
EffectList draw_effects(const Augmentation& augmentation, const SampleKey& key, int size,
                        Random& random);

// A rectangle of the size × size view, after Zhong et al., "Random Erasing Data Augmentation"
// (2020), in the form of torchvision's RandomErasing: area and logarithm of the aspect ratio are
// uniform; after ten rectangles that do not fit, nothing is erased.
Erasure draw_erasure(const Augmentation& augmentation, const SampleKey& key, int size);

}  // namespace bobbin::core
