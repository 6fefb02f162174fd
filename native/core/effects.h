// What a recipe's effects do to a view: size × size pixels of interleaved RGB floats.
#pragma once

#include <vector>

#include "core/output.h"
#include "core/recipe.h"

namespace bobbin::core {

// One thread's memory for effects, kept from view to view.
struct EffectScratch {
  std::vector<float> view;
  std::vector<float> line;
};

// What an effect is called in every layer.
const char* name_of(EffectKind kind);

// Clamps `view` (0…255 units) and applies the recipe's effects to it, in their order:
//   vertical flip   rows from last to first
//   rotate          by degrees counter-clockwise about the centre, bilinear; outside lies
//   recipe.fill
//                   (torchvision's rotate)
//   blur            by a Gaussian of 2⌈3σ⌉ + 1 taps, mirrored at the edges without repeating them
//                   (torchvision's gaussian_blur with that kernel size)
// Must not be called for a recipe without effects: such a view is not even clamped here.
void apply_effects(const Recipe& recipe, float* view, EffectScratch& scratch);

// Blots the recipe's erasure out of a finished view: as stored, with 0 or N(0, 1) where values are
// normalised, with the levels that stand for them (clamped) where they are not.
void erase(const Recipe& recipe, const Preprocessing& preprocessing, const Output& output,
           EffectScratch& scratch);

}  // namespace bobbin::core
