// The list of operations. A new one is a file in operations/ and a line here.
#pragma once

#include <array>

#include "core/effects/operation.h"

// RandAugment draws a place among those with a magnitude: their order must stay, or the seeds of
// earlier runs would give other pixels.
#define BOBBIN_OPERATIONS(OPERATION) \
  OPERATION(kVerticalFlip)           \
  OPERATION(kShearX)                 \
  OPERATION(kShearY)                 \
  OPERATION(kTranslateX)             \
  OPERATION(kTranslateY)             \
  OPERATION(kRotate)                 \
  OPERATION(kBrightness)             \
  OPERATION(kColor)                  \
  OPERATION(kContrast)               \
  OPERATION(kSharpness)              \
  OPERATION(kPosterize)              \
  OPERATION(kSolarize)               \
  OPERATION(kAutocontrast)           \
  OPERATION(kEqualize)               \
  OPERATION(kBlur)                   \
  OPERATION(kPerspective)

namespace bobbin::core {

#define BOBBIN_DECLARE(operation) extern const Operation operation;
BOBBIN_OPERATIONS(BOBBIN_DECLARE)
#undef BOBBIN_DECLARE

#define BOBBIN_ADDRESS(operation) &(operation),
inline constexpr std::array kOperations = {BOBBIN_OPERATIONS(BOBBIN_ADDRESS)};
#undef BOBBIN_ADDRESS

}  // namespace bobbin::core
