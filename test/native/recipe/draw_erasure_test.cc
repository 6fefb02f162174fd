// The draws of erased rectangles: their areas, ratios and positions.
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/recipe/draw_effects.h"
#include "core/recipe/recipe.h"
#include "support/check.h"
#include "support/drawn_recipes.h"

using namespace bobbin::core;
using bobbin::test::check_uniform;
using bobbin::test::draw;
using bobbin::test::kSamples;

TEST(
    "when rectangles are erased, then area and ratio are in their ranges, at any position inside") {
  Augmentation augmentation;
  augmentation.erase = 1;
  constexpr int kCrop = 1000;
  std::vector<double> areas, log_ratios, lefts, tops;
  for (int sample = 0; sample < kSamples; ++sample) {
    const Region region = draw(augmentation, sample, kCrop).erasure.region;
    CHECK(region.left >= 0 && region.left + region.width <= kCrop);
    CHECK(region.top >= 0 && region.top + region.height <= kCrop);
    areas.push_back(region.width * region.height / 1e6);
    log_ratios.push_back(std::log(region.width / double(region.height)));
    // A random fraction of a pixel makes the positions continuous.
    const double fraction = (sample * 7919 % kSamples + 0.5) / kSamples;
    lefts.push_back((region.left + fraction) / (kCrop - region.width + 1));
    tops.push_back((region.top + fraction) / (kCrop - region.height + 1));
  }
  check_uniform(lefts, 0, 1);
  check_uniform(tops, 0, 1);
  // Computed by hand: the widest, √(0.33 · 3.3), does not fit, so large and long ones are rarer.
  const auto [smallest, largest] = std::minmax_element(areas.begin(), areas.end());
  CHECK(*smallest > 0.0199 && *smallest < 0.021 && *largest < 0.3305 && *largest > 0.32);
  const auto [tallest, widest] = std::minmax_element(log_ratios.begin(), log_ratios.end());
  CHECK(*tallest > std::log(0.297) && *tallest < -1.15);
  CHECK(*widest < std::log(3.34) && *widest > 1.15);
}

TEST("when rectangles that always fit are erased, then area and log of the ratio are uniform") {
  Augmentation augmentation;
  augmentation.erase = 1;
  augmentation.erase_area.min = 0.1;
  augmentation.erase_area.max = 0.2;
  augmentation.erase_ratio.min = 0.25;
  augmentation.erase_ratio.max = 4;
  std::vector<double> areas, log_ratios;
  for (int sample = 0; sample < kSamples; ++sample) {
    const Region region = draw(augmentation, sample, 4000).erasure.region;
    areas.push_back(region.width * region.height / 16e6);
    log_ratios.push_back(std::log(region.width / double(region.height)));
  }
  check_uniform(areas, 0.1, 0.2);
  check_uniform(log_ratios, std::log(0.25), std::log(4));
}

TEST("when no rectangle fits, then none is erased") {
  Augmentation augmentation;
  augmentation.erase = 1;
  augmentation.erase_area.min = augmentation.erase_area.max = 1;
  for (int sample = 0; sample < 20; ++sample) {
    CHECK_EQUAL(draw(augmentation, sample).erasure.region.width, 0);
  }
}
