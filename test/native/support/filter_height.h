// The filters' heights by their definitions, in double.
#pragma once

#include <algorithm>
#include <cmath>

#include "core/base/filter.h"

namespace bobbin::test {

// At a distance from the top, in steps.
inline double height_of(core::FilterKind kind, double steps) {
  const double x = std::abs(steps);
  if (kind == core::FilterKind::kBilinear) return std::max(0.0, 1 - x);
  // Keys 1981, equation 4, for any a.
  constexpr double kA = -0.5;
  if (x < 1) return (kA + 2) * x * x * x - (kA + 3) * x * x + 1;
  return x < 2 ? kA * x * x * x - 5 * kA * x * x + 8 * kA * x - 4 * kA : 0;
}

}  // namespace bobbin::test
