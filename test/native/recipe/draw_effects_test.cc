// The distributions of drawn effects.
#include "core/recipe/draw_effects.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "support/check.h"

using namespace bobbin::core;

namespace {

constexpr int kSamples = 4000;

Recipe draw(const Augmentation& augmentation, int sample, int crop = 100) {
  Preprocessing preprocessing;
  preprocessing.resize = crop;
  preprocessing.crop = crop;
  preprocessing.mean = {10, 20, 30};
  preprocessing.bgr = true;
  std::vector<Recipe> recipes;
  draw_recipes(augmentation, preprocessing, {5, 1, static_cast<std::uint64_t>(sample)}, 120, 100,
               recipes);
  return recipes[0];
}

std::vector<double> amounts(const Augmentation& augmentation, EffectKind wanted) {
  std::vector<double> found;
  for (int sample = 0; sample < kSamples; ++sample) {
    for (const auto& [kind, amount] : draw(augmentation, sample).effects) {
      if (kind == wanted) found.push_back(amount);
    }
  }
  return found;
}

// Kolmogorov and Smirnov's distance to the uniform distribution; 1 in 10,000 exceeds the bound.
void check_uniform(std::vector<double> values, double low, double high) {
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
void check_share(int happened, double probability) {
  CHECK_NEAR(happened / double(kSamples), probability,
             4 * std::sqrt(probability * (1 - probability) / kSamples));
}

}  // namespace

TEST("when no effect is requested, then none is drawn") {
  const Recipe recipe = draw({}, 3);
  CHECK(recipe.effects.empty());
  CHECK_EQUAL(recipe.erasure.region.width, 0);
}

TEST("when effects have a probability, then their frequency matches it") {
  Augmentation augmentation;
  augmentation.vertical_flip = 0.3;
  augmentation.blur = 0.6;
  augmentation.grayscale = 0.2;
  augmentation.erase = 0.7;
  int grey = 0, erased = 0;
  for (int sample = 0; sample < kSamples; ++sample) {
    const Recipe recipe = draw(augmentation, sample);
    grey += recipe.color[0] != 1;
    erased += recipe.erasure.region.width > 0;
  }
  check_share(static_cast<int>(amounts(augmentation, EffectKind::kVerticalFlip).size()), 0.3);
  check_share(static_cast<int>(amounts(augmentation, EffectKind::kBlur).size()), 0.6);
  check_share(grey, 0.2);
  check_share(erased, 0.7);
}

TEST("when a rotation or blur is drawn, then its amount is uniform in the range") {
  Augmentation augmentation;
  augmentation.rotation = 40;
  augmentation.blur = 1;
  augmentation.blur_sigma_min = 0.5;
  augmentation.blur_sigma_max = 3;
  check_uniform(amounts(augmentation, EffectKind::kRotate), -40, 40);
  check_uniform(amounts(augmentation, EffectKind::kBlur), 0.5, 3);
}

TEST("when several effects are drawn, then they come in the documented order") {
  Augmentation augmentation;
  augmentation.vertical_flip = augmentation.blur = 1;
  augmentation.rotation = 10;
  std::vector<EffectKind> kinds;
  for (const auto& [kind, amount] : draw(augmentation, 0).effects) kinds.push_back(kind);
  CHECK((kinds == std::vector{EffectKind::kVerticalFlip, EffectKind::kRotate, EffectKind::kBlur}));
}

TEST("when RandAugment draws operations, then the fourteen are equally likely") {
  Augmentation augmentation;
  augmentation.rand_augment = 1;
  std::map<EffectKind, int> counts;
  for (int sample = 0; sample < kSamples; ++sample) {
    for (const auto& [kind, amount] : draw(augmentation, sample).effects) ++counts[kind];
  }
  CHECK_EQUAL(counts.size(), 13u);
  int changed = 0;
  for (const auto& [kind, count] : counts) {
    check_share(count, 1.0 / 14);
    changed += count;
  }
  check_share(kSamples - changed, 1.0 / 14);
}

TEST("when RandAugment and a grayscale are drawn, then they are independent") {
  Augmentation augmentation;
  augmentation.rand_augment = 1;
  augmentation.grayscale = 0.5;
  std::map<EffectKind, std::pair<int, int>> counts;
  for (int sample = 0; sample < kSamples; ++sample) {
    const Recipe recipe = draw(augmentation, sample);
    if (recipe.effects.empty()) continue;
    auto& [all, grey] = counts[recipe.effects.begin()->kind];
    ++all;
    grey += recipe.color[0] != 1;
  }
  for (const auto& [kind, count] : counts) {
    CHECK_NEAR(count.second, count.first / 2.0, 2 * std::sqrt(count.first));
  }
}

TEST(
    "when RandAugment draws several operations, then they are independent and come before the "
    "rotation") {
  Augmentation augmentation;
  augmentation.rand_augment = 5;
  augmentation.vertical_flip = 1;
  augmentation.rotation = 10;
  augmentation.blur = 1;
  std::map<std::size_t, int> lengths;
  std::map<EffectKind, int> first, second;
  for (int sample = 0; sample < kSamples; ++sample) {
    const EffectList effects = draw(augmentation, sample).effects;
    const std::vector<Effect> list(effects.begin(), effects.end());
    CHECK(list.front().kind == EffectKind::kVerticalFlip);
    CHECK(list[list.size() - 2].kind == EffectKind::kRotate);
    CHECK(list.back().kind == EffectKind::kBlur);
    ++lengths[list.size()];
    if (list.size() == 8) ++first[list[1].kind], ++second[list[2].kind];
  }
  check_share(lengths[8], std::pow(13.0 / 14, 5));
  CHECK_EQUAL(lengths.rbegin()->first, 8u);
  CHECK_EQUAL(first.size(), 13u);
  CHECK_EQUAL(second.size(), 13u);
}

TEST("when RandAugment has a magnitude, then amounts are torchvision's, both ways as likely") {
  const std::map<std::string, EffectKind> kinds = {
      {"ShearX", EffectKind::kShearX},         {"ShearY", EffectKind::kShearY},
      {"TranslateX", EffectKind::kTranslateX}, {"TranslateY", EffectKind::kTranslateY},
      {"Rotate", EffectKind::kRotate},         {"Brightness", EffectKind::kBrightness},
      {"Color", EffectKind::kColor},           {"Contrast", EffectKind::kContrast},
      {"Sharpness", EffectKind::kSharpness},   {"Posterize", EffectKind::kPosterize},
      {"Solarize", EffectKind::kSolarize}};
  std::map<std::pair<EffectKind, int>, double> wanted;
  std::ifstream file(BOBBIN_FIXTURES "/effects/rand_augment.txt");
  std::string name;
  int magnitude = 0;
  double amount = 0;
  while (file >> name >> magnitude >> amount) wanted[{kinds.at(name), magnitude}] = amount;
  CHECK_EQUAL(wanted.size(), 11u * 31);
  for (magnitude = 0; magnitude <= 30; ++magnitude) {
    Augmentation augmentation;
    augmentation.rand_augment = 5;
    augmentation.rand_augment_magnitude = magnitude;
    int positive = 0, negative = 0;
    for (int sample = 0; sample < 300; ++sample) {
      for (const auto& [kind, drawn] : draw(augmentation, sample, 224).effects) {
        if (!wanted.contains({kind, magnitude})) continue;
        const bool factor = kind >= EffectKind::kBrightness && kind <= EffectKind::kSharpness;
        const bool one_way = kind == EffectKind::kPosterize || kind == EffectKind::kSolarize;
        const double neutral = factor ? 1 : 0;
        const bool below = drawn < neutral;
        const double size = wanted[{kind, magnitude}] - neutral;
        CHECK_NEAR(drawn, neutral + (below ? -size : size), 1e-3);
        if (!one_way && size > 0) ++(below ? negative : positive);
      }
    }
    CHECK_NEAR(positive, negative, 4 * std::sqrt(positive + negative));
  }
}

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
  augmentation.erase_area_min = 0.1;
  augmentation.erase_area_max = 0.2;
  augmentation.erase_ratio_min = 0.25;
  augmentation.erase_ratio_max = 4;
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
  augmentation.erase_area_min = augmentation.erase_area_max = 1;
  for (int sample = 0; sample < 20; ++sample) {
    CHECK_EQUAL(draw(augmentation, sample).erasure.region.width, 0);
  }
}

TEST("when effects are added, then all other draws stay the same") {
  Augmentation plain;
  plain.crop = Crop::kRandomResized;
  plain.flip = plain.brightness = plain.saturation = 0.5;
  Augmentation more = plain;
  more.vertical_flip = more.blur = more.erase = 0.5;
  more.rotation = 20;
  for (int sample = 0; sample < 100; ++sample) {
    const Recipe a = draw(plain, sample), b = draw(more, sample);
    CHECK_EQUAL(a.window.left, b.window.left);
    CHECK_EQUAL(a.window.width, b.window.width);
    CHECK_EQUAL(a.flip, b.flip);
    CHECK(a.color == b.color);
    CHECK_EQUAL(a.noise_key, b.noise_key);
  }
}

TEST("when one effect changes, then the draws of the others stay the same") {
  Augmentation augmentation;
  augmentation.rotation = 20;
  augmentation.erase = 1;
  Augmentation blurred = augmentation;
  blurred.blur = blurred.vertical_flip = 0.5;
  const std::vector<double> angles = amounts(augmentation, EffectKind::kRotate);
  CHECK(angles == amounts(blurred, EffectKind::kRotate));
  CHECK_EQUAL(draw(augmentation, 2).erasure.region.left, draw(blurred, 2).erasure.region.left);
}

TEST("when the mean is in BGR order, then the fill is the same colour in RGB order") {
  CHECK((draw({}, 0).fill == std::array<float, 3>{30, 20, 10}));
}

TEST("when the mean is out of range, then the fill is the nearest colour") {
  Preprocessing preprocessing;
  preprocessing.mean = {300, 0, 1e6f};
  std::vector<Recipe> recipes;
  draw_recipes({}, preprocessing, {}, 300, 300, recipes);
  CHECK(recipes[0].fill == (std::array<float, 3>{255, 0, 255}));
}

TEST("when five crops are drawn, then they equal the first five of ten") {
  Preprocessing preprocessing;
  Augmentation augmentation;
  augmentation.rotation = 30;
  augmentation.erase = 1;
  std::vector<Recipe> ten, five;
  augmentation.crop = Crop::kTen;
  draw_recipes(augmentation, preprocessing, {1, 2, 3}, 400, 533, ten);
  augmentation.crop = Crop::kFive;
  draw_recipes(augmentation, preprocessing, {1, 2, 3}, 400, 533, five);
  CHECK_EQUAL(five.size(), 5u);
  for (int i = 0; i < 5; ++i) {
    CHECK_EQUAL(five[i].window.left, ten[i].window.left);
    CHECK_EQUAL(five[i].window.top, ten[i].window.top);
    CHECK_EQUAL(five[i].flip, false);
    CHECK_EQUAL(five[i].effects.begin()->amount, five[0].effects.begin()->amount);
    CHECK_EQUAL(five[i].erasure.region.left, five[0].erasure.region.left);
    CHECK(i == 0 || five[i].erasure.key != five[0].erasure.key);
  }
}
