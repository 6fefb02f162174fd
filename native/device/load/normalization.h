// The normalisation of a model's preprocessing.
#pragma once

#include "core/recipe/recipe.h"
#include "device/base/device.h"

namespace bobbin::device {

inline Normalization normalization_of(const core::Preprocessing& preprocessing) {
  Normalization by;
  for (int c = 0; c < 3; ++c) {
    by.mean[c] = preprocessing.mean[c];
    by.scale[c] = 1 / preprocessing.std[c];
  }
  return by;
}

}  // namespace bobbin::device
