// What a recipe's effects do to a view: size × size pixels of interleaved RGB floats.
#pragma once

#include <vector>

#include "core/base/output.h"
#include "core/recipe/recipe.h"

namespace bobbin::core {

// One thread's memory for effects, kept from view to view.
struct EffectScratch {
  std::vector<float> view;
  std::vector<float> line;
};

// What an effect is called in TypeScript.
const char* name_of(EffectKind kind);

// Clamps `view` (0…255 units) and applies the recipe's effects to it, in their order. Each is
// torchvision's function of that name, on floats; `amount` is
//   vertical flip     nothing: rows from last to first
//   rotate            degrees counter-clockwise about the centre
//   shear             pixels left (x) or up (y) per pixel from the top left corner
//   translate         pixels right (x) or down (y)
//   blur              σ of a Gaussian in pixels; 2⌈3σ⌉ + 1 taps, edges mirrored but not repeated
//   brightness, color, contrast, sharpness, posterize, solarize, autocontrast, equalize
//                     factor, bits, threshold or nothing: core/tones.h
// Changes of geometry are bilinear; outside of the view lies recipe.fill.
// Must not be called for a recipe without effects: such a view is not even clamped here.
void apply_effects(const Recipe& recipe, float* view, EffectScratch& scratch);

// Blots the recipe's erasure out of a finished view: as stored, with 0 or N(0, 1) where values are
// normalised, with the levels that stand for them (clamped) where they are not.
void erase(const Recipe& recipe, const Preprocessing& preprocessing, const Output& output,
           EffectScratch& scratch);

}  // namespace bobbin::core
