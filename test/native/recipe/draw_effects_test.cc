// The distributions of drawn effects.
#include "core/recipe/draw_effects.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <vector>

#include "core/effects/effects.h"
#include "core/effects/operations.h"
#include "core/recipe/recipe.h"
#include "support/check.h"
#include "support/drawn_recipes.h"

using namespace bobbin::core;
using bobbin::test::check_share;
using bobbin::test::check_uniform;
using bobbin::test::draw;
using bobbin::test::kSamples;

namespace {

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
        const bool far = i == 2 || i == 4 || i == 5 || i == 7;
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
  draw_recipes({}, preprocessing, {}, {300, 300}, recipes);
  CHECK(recipes[0].fill == (std::array<float, 3>{255, 0, 255}));
}

TEST("when five crops are drawn, then they equal the first five of ten") {
  const Preprocessing preprocessing;
  Augmentation augmentation;
  augmentation.rotation = 30;
  augmentation.erase = 1;
  std::vector<Recipe> ten, five;
  augmentation.crop = Crop::kTen;
  draw_recipes(augmentation, preprocessing, {1, 2, 3}, {400, 533}, ten);
  augmentation.crop = Crop::kFive;
  draw_recipes(augmentation, preprocessing, {1, 2, 3}, {400, 533}, five);
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
