// Recipes of many samples, and the statistics of what is drawn for them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/recipe/augmentation.h"
#include "core/recipe/recipe.h"
#include "support/check.h"

namespace bobbin::test {

using core::Augmentation;
using core::Preprocessing;
using core::Recipe;

inline constexpr int kSamples = 4000;

inline Recipe draw(const Augmentation& augmentation, int sample, int crop = 100) {
  Preprocessing preprocessing;
  preprocessing.resize = crop;
  preprocessing.crop = crop;
  preprocessing.mean = {10, 20, 30};
  preprocessing.bgr = true;
  std::vector<Recipe> recipes;
  draw_recipes(augmentation, preprocessing, {5, 1, static_cast<std::uint64_t>(sample)}, {120, 100},
               recipes);
  return recipes[0];
}

// Kolmogorov and Smirnov's distance to the uniform distribution; 1 in 10,000 exceeds the bound.
inline void check_uniform(std::vector<double> values, double low, double high) {
  std::sort(values.begin(), values.end());
  const double count = static_cast<double>(values.size());
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double cdf = (values[i] - low) / (high - low);
    distance = std::max({distance, std::abs(cdf - i / count), std::abs(cdf - (i + 1) / count)});
  }
  CHECK(distance < 2.23 / std::sqrt(count));
}

// Four standard deviations of the count of an event with `probability`.
inline void check_share(int happened, double probability) {
  CHECK_NEAR(happened / double(kSamples), probability,
             4 * std::sqrt(probability * (1 - probability) / kSamples));
}

}  // namespace bobbin::test
