// The draws of RandAugment against torchvision's magnitudes and the operations' frequencies.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/effects/effects.h"
#include "core/effects/operations.h"
#include "core/recipe/recipe.h"
#include "support/check.h"
#include "support/drawn_recipes.h"

using namespace bobbin::core;
using bobbin::test::check_share;
using bobbin::test::draw;
using bobbin::test::kSamples;

namespace {

template <typename Value>
bool is_one_of(const Value& value, std::initializer_list<Value> values) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

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
