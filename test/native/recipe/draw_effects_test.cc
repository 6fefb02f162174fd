// The distributions of drawn effects.
#include "core/recipe/draw_effects.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <fstream>
#include <initializer_list>
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

template <typename Value>
bool is_one_of(const Value& value, std::initializer_list<Value> values) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// What is drawn for an operation over all samples.
std::vector<double> amounts(const Augmentation& augmentation, const Operation& wanted) {
  std::vector<double> found;
  for (int sample = 0; sample < kSamples; ++sample) {
    for (const auto& [operation, amounts] : draw(augmentation, sample).effects) {
      if (operation == &wanted) found.push_back(amounts[0]);
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
  augmentation.perspective = 0.4;
  augmentation.grayscale = 0.2;
  augmentation.erase = 0.7;
  int grey = 0, erased = 0;
  for (int sample = 0; sample < kSamples; ++sample) {
    const Recipe recipe = draw(augmentation, sample);
    grey += recipe.color[0] != 1;
    erased += recipe.erasure.region.width > 0;
  }
  check_share(static_cast<int>(amounts(augmentation, kVerticalFlip).size()), 0.3);
  check_share(static_cast<int>(amounts(augmentation, kBlur).size()), 0.6);
  check_share(static_cast<int>(amounts(augmentation, kPerspective).size()), 0.4);
  check_share(grey, 0.2);
  check_share(erased, 0.7);
}

TEST("when a rotation or blur is drawn, then its amount is uniform in the range") {
  Augmentation augmentation;
  augmentation.rotation = 40;
  augmentation.blur = 1;
  augmentation.blur_sigma.min = 0.5;
  augmentation.blur_sigma.max = 3;
  check_uniform(amounts(augmentation, kRotate), -40, 40);
  check_uniform(amounts(augmentation, kBlur), 0.5, 3);
}

TEST("when a perspective is drawn, then each corner moves inwards by torchvision's range") {
  constexpr int kCrop = 101, kHalf = kCrop / 2;
  for (const double scale : {0.0, 0.5, 0.999, 1.0}) {
    Augmentation augmentation;
    augmentation.perspective = 1;
    augmentation.perspective_scale = scale;
    const int reach = static_cast<int>(scale * kHalf);
    std::array<std::vector<double>, 8> moved;
    for (int sample = 0; sample < kSamples; ++sample) {
      const Amounts corners = draw(augmentation, sample, kCrop).effects.begin()->amounts;
      for (std::size_t i = 0; i < corners.size(); ++i) {
        const bool far = is_one_of<std::size_t>(i, {2, 4, 5, 7});
        const double inwards = far ? kCrop - 1 - corners[i] : corners[i];
        CHECK(inwards >= 0 && inwards <= reach && inwards == std::trunc(inwards));
        // A fraction of a pixel, by chance as well, makes the places continuous.
        const double fraction = (sample * 7919 % kSamples + 0.5) / kSamples;
        moved[i].push_back((inwards + fraction) / (reach + 1));
      }
    }
    for (const std::vector<double>& places : moved) check_uniform(places, 0, 1);
  }
}

TEST("when a perspective's scale is at most a half, then no corner's angle turns inside out") {
  Augmentation augmentation;
  augmentation.perspective = 1;
  for (int sample = 0; sample < kSamples; ++sample) {
    const Amounts at = draw(augmentation, sample).effects.begin()->amounts;
    for (std::size_t i = 0; i < 8; i += 2) {
      const std::size_t next = (i + 2) % 8, before = (i + 6) % 8;
      const float right = at[next] - at[i], down = at[next + 1] - at[i + 1];
      CHECK(right * (at[before + 1] - at[i + 1]) > down * (at[before] - at[i]));
    }
  }
}

TEST("when several effects are drawn, then they come in the documented order") {
  Augmentation augmentation;
  augmentation.vertical_flip = augmentation.blur = augmentation.perspective = 1;
  augmentation.rotation = 10;
  std::vector<const Operation*> operations;
  for (const Effect& effect : draw(augmentation, 0).effects) operations.push_back(effect.operation);
  CHECK((operations == std::vector{&kVerticalFlip, &kRotate, &kPerspective, &kBlur}));
}

TEST("when RandAugment draws operations, then the fourteen are equally likely") {
  Augmentation augmentation;
  augmentation.rand_augment = 1;
  std::map<const Operation*, int> counts;
  for (int sample = 0; sample < kSamples; ++sample) {
    for (const Effect& effect : draw(augmentation, sample).effects) ++counts[effect.operation];
  }
  CHECK_EQUAL(counts.size(), 13u);
  int changed = 0;
  for (const auto& [operation, count] : counts) {
    check_share(count, 1.0 / 14);
    changed += count;
  }
  check_share(kSamples - changed, 1.0 / 14);
}

TEST("when RandAugment and a grayscale are drawn, then they are independent") {
  Augmentation augmentation;
  augmentation.rand_augment = 1;
  augmentation.grayscale = 0.5;
  std::map<const Operation*, std::pair<int, int>> counts;
  for (int sample = 0; sample < kSamples; ++sample) {
    const Recipe recipe = draw(augmentation, sample);
    if (recipe.effects.empty()) continue;
    auto& [all, grey] = counts[recipe.effects.begin()->operation];
    ++all;
    grey += recipe.color[0] != 1;
  }
  for (const auto& [operation, count] : counts) {
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
  std::map<const Operation*, int> first, second;
  for (int sample = 0; sample < kSamples; ++sample) {
    const EffectList effects = draw(augmentation, sample).effects;
    const std::vector<Effect> list(effects.begin(), effects.end());
    CHECK(list.front().operation == &kVerticalFlip);
    CHECK(list[list.size() - 2].operation == &kRotate);
    CHECK(list.back().operation == &kBlur);
    ++lengths[list.size()];
    if (list.size() == 8) ++first[list[1].operation], ++second[list[2].operation];
  }
  check_share(lengths[8], std::pow(13.0 / 14, 5));
  CHECK_EQUAL(lengths.rbegin()->first, 8u);
  CHECK_EQUAL(first.size(), 13u);
  CHECK_EQUAL(second.size(), 13u);
}

TEST(
    "when RandAugment has a magnitude, then amounts are torchvision's, with both signs equally "
    "likely") {
  // By torchvision's name of the operation, which starts with a capital.
  std::map<std::pair<std::string, int>, double> wanted;
  std::ifstream file(BOBBIN_FIXTURES "/effects/rand_augment.txt");
  std::string name;
  int magnitude = 0;
  double amount = 0;
  while (file >> name >> magnitude >> amount) {
    name[0] = static_cast<char>(std::tolower(name[0]));
    wanted[{name, magnitude}] = amount;
  }
  CHECK_EQUAL(wanted.size(), 11u * 31);
  for (magnitude = 0; magnitude <= 30; ++magnitude) {
    Augmentation augmentation;
    augmentation.rand_augment = 5;
    augmentation.rand_augment_magnitude = magnitude;
    int positive = 0, negative = 0;
    for (int sample = 0; sample < 300; ++sample) {
      for (const auto& [operation, amounts] : draw(augmentation, sample, 224).effects) {
        const auto found = wanted.find({operation->name, magnitude});
        if (found == wanted.end()) continue;
        const double drawn = amounts[0];
        const bool factor = is_one_of<const Operation*>(
            operation, {&kBrightness, &kColor, &kContrast, &kSharpness});
        const bool one_way = is_one_of<const Operation*>(operation, {&kPosterize, &kSolarize});
        const double neutral = factor ? 1 : 0;
        const bool below = drawn < neutral;
        const double size = found->second - neutral;
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

TEST("when effects are added, then all other draws stay the same") {
  Augmentation plain;
  plain.crop = Crop::kRandomResized;
  plain.flip = plain.brightness = plain.saturation = 0.5;
  Augmentation more = plain;
  more.vertical_flip = more.blur = more.erase = more.perspective = 0.5;
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
  blurred.blur = blurred.vertical_flip = blurred.perspective = 0.5;
  const std::vector<double> angles = amounts(augmentation, kRotate);
  CHECK(angles == amounts(blurred, kRotate));
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
  const Preprocessing preprocessing;
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
    CHECK_EQUAL(five[i].effects.begin()->amounts[0], five[0].effects.begin()->amounts[0]);
    CHECK_EQUAL(five[i].erasure.region.left, five[0].erasure.region.left);
    CHECK(i == 0 || five[i].erasure.key != five[0].erasure.key);
  }
}
