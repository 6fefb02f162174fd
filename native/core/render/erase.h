// Erases a rectangle of a finished view.
#pragma once

#include <vector>

#include "core/base/output.h"
#include "core/recipe/recipe.h"

namespace bobbin::core {

// Writes the recipe's erasure over a view as it is stored: 0 or N(0, 1) where values are
// normalised, the levels that stand for them (clamped) where they are not. `line` is scratch
// memory.
void erase(const Recipe& recipe, const Preprocessing& preprocessing, const Output& output,
           std::vector<float>& line);

}  // namespace bobbin::core
