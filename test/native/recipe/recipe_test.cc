// Properties of recipes: inside the image, within the ranges, and identity if no change is
// requested.
#include "core/recipe/recipe.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/image.h"
#include "support/check.h"

using namespace bobbin::core;

namespace {

std::vector<Recipe> draw(const Augmentation& augmentation, int width, int height, int sample = 0,
                         int resize = 256, int crop = 224) {
  Preprocessing preprocessing;
  preprocessing.resize = resize;
  preprocessing.crop = crop;
  std::vector<Recipe> recipes;
  draw_recipes(augmentation, preprocessing, {5, 1, static_cast<std::uint64_t>(sample)},
               {width, height}, recipes);
  return recipes;
}

void check_inside(const Window& window, int width, int height) {
  CHECK(window.left >= 0 && window.top >= 0);
  CHECK(window.width > 0 && window.height > 0);
  CHECK(window.left + window.width <= width + 1e-9);
  CHECK(window.top + window.height <= height + 1e-9);
}

}  // namespace

TEST("when windows are random-resized, then they lie inside and have valid area and ratio") {
  Augmentation augmentation;
  augmentation.crop = Crop::kRandomResized;
  double smallest = 1, largest = 0;
  for (int sample = 0; sample < 5000; ++sample) {
    const Window window = draw(augmentation, 400, 533, sample)[0].window;
    check_inside(window, 400, 533);
    const double area = window.width * window.height / (400.0 * 533);
    const double ratio = window.width / window.height;
    // Rounding to whole pixels changes both by up to half a pixel a side.
    CHECK(area > 0.078 && area <= 1);
    CHECK(ratio > 0.74 && ratio < 1.35);
    smallest = std::min(smallest, area);
    largest = std::max(largest, area);
  }
  CHECK(smallest < 0.09 && largest > 0.95);
}

TEST("when no random-resized window fits, then the largest central one is taken") {
  Augmentation augmentation;
  augmentation.crop = Crop::kRandomResized;
  augmentation.area.min = augmentation.area.max = 1;
  const Window window = draw(augmentation, 1000, 100)[0].window;
  CHECK_NEAR(window.width, 133, 0);
  CHECK_NEAR(window.height, 100, 0);
  CHECK_NEAR(window.left, 433, 0);
}

TEST("when images have any size, then every kind of window lies inside") {
  for (const Crop crop : {Crop::kCenter, Crop::kTen, Crop::kRandom, Crop::kRandomResized}) {
    Augmentation augmentation;
    augmentation.crop = crop;
    for (const int width : {1, 2, 7, 224, 1999}) {
      for (const int height : {1, 3, 255, 256, 4001}) {
        for (const Recipe& recipe : draw(augmentation, width, height, width + height)) {
          check_inside(recipe.window, width, height);
        }
      }
    }
  }
}

TEST("when the crop is central, then the window equals torchvision's Resize and CenterCrop") {
  // 400×533 resizes to 256×341 (341.12 truncated); (341 − 224) / 2 = 58.5 rounds to even: 58.
  const Window window = draw({}, 400, 533)[0].window;
  CHECK_NEAR(window.left, 16 * 400 / 256.0, 1e-9);
  CHECK_NEAR(window.top, 58 * 533 / 341.0, 1e-9);
  CHECK_NEAR(window.width, 224 * 400 / 256.0, 1e-9);
  CHECK_NEAR(window.height, 224 * 533 / 341.0, 1e-9);
}

TEST("when ten crops are drawn, then the last five mirror the first five") {
  Augmentation augmentation;
  augmentation.crop = Crop::kTen;
  const std::vector<Recipe> recipes = draw(augmentation, 512, 512);
  CHECK_EQUAL(recipes.size(), 10u);
  for (int i = 0; i < 5; ++i) {
    CHECK(!recipes[i].flip && recipes[i + 5].flip);
    CHECK_NEAR(recipes[i].window.left, recipes[i + 5].window.left, 0);
    CHECK_NEAR(recipes[i].window.top, recipes[i + 5].window.top, 0);
  }
  CHECK_NEAR(recipes[3].window.left, 64, 0);
  CHECK_NEAR(recipes[3].window.top, 64, 0);
  CHECK_NEAR(recipes[4].window.left, 32, 0);
}

TEST("when windows have variants, then each is all windows, resized, mirrored and turned") {
  Augmentation augmentation;
  augmentation.crop = Crop::kFive;
  augmentation.variants = {{}, {.scale = 1.5, .mirror = true, .turn = -10}};
  const std::vector<Recipe> recipes = draw(augmentation, 512, 512);
  CHECK_EQUAL(recipes.size(), 10u);
  for (int i = 0; i < 5; ++i) {
    CHECK(!recipes[i].flip && recipes[i].effects.empty());
    CHECK_NEAR(recipes[i].window.width, 224 * 2.0, 1e-9);
    CHECK(recipes[i + 5].flip);
    CHECK_NEAR(recipes[i + 5].window.width, 224 * 512 / 384.0, 1e-9);
    CHECK_NEAR(recipes[i + 5].effects.begin()->amounts[0], -10, 0);
  }
  CHECK_NEAR(recipes[8].window.left, 160 * 512 / 384.0, 1e-9);
}

TEST("when no colour changes, then the matrix is exactly the identity") {
  const Recipe recipe = draw({}, 400, 533)[0];
  for (int i = 0; i < 12; ++i) CHECK_EQUAL(recipe.color[i], i % 5 == 0 ? 1.0f : 0.0f);
  CHECK_EQUAL(recipe.flip, false);
  CHECK_EQUAL(recipe.noise_sigma, 0.0f);
}

TEST("when only the hue changes, then greys and luma stay the same") {
  Augmentation augmentation;
  augmentation.hue = 0.5;
  for (int sample = 0; sample < 50; ++sample) {
    const std::array<float, 12> a = draw(augmentation, 64, 64, sample)[0].color;
    for (int row = 0; row < 3; ++row) {
      CHECK_NEAR(a[4 * row] + a[4 * row + 1] + a[4 * row + 2], 1.0f, 1e-4f);
    }
    const double luma[] = {0.299, 0.587, 0.114};
    for (int column = 0; column < 3; ++column) {
      const double kept = 0.299 * a[column] + 0.587 * a[4 + column] + 0.114 * a[8 + column];
      CHECK_NEAR(kept, luma[column], 1e-4);
    }
  }
}

TEST("when only the hue changes, then the saturation of a colour stays the same") {
  Augmentation augmentation;
  augmentation.hue = 0.5;
  // Distance from grey in YIQ's plane, by the standard's three-digit constants.
  const auto chroma = [](double r, double g, double b) {
    return std::hypot(0.596 * r - 0.274 * g - 0.322 * b, 0.211 * r - 0.523 * g + 0.312 * b);
  };
  double least_red = 1;
  for (int sample = 0; sample < 50; ++sample) {
    const std::array<float, 12> a = draw(augmentation, 64, 64, sample)[0].color;
    CHECK_NEAR(chroma(a[0], a[4], a[8]), chroma(1, 0, 0), 2e-3);
    CHECK_NEAR(chroma(a[2], a[6], a[10]), chroma(0, 0, 1), 2e-3);
    least_red = std::min<double>(least_red, a[0]);
  }
  // Half a turn changes the red of red from 1 to 2 · 0.299 − 1.
  CHECK(least_red < -0.3);
}

TEST("when contrast and brightness change, then only brightness changes the mean grey") {
  Augmentation augmentation;
  augmentation.contrast = 0.4;
  augmentation.brightness = 0.4;
  for (int sample = 0; sample < 50; ++sample) {
    const std::array<float, 12> a = draw(augmentation, 64, 64, sample)[0].color;
    // A grey of the mean's value: A · (m, m, m, m) = brightness · m.
    const float brightness = a[0] + a[1] + a[2] + a[3];
    CHECK(brightness >= 0.6f - 1e-5f && brightness <= 1.4f + 1e-5f);
  }
}

TEST("when views are mirrored with probability ½, then about half are mirrored") {
  Augmentation augmentation;
  augmentation.flip = 0.5;
  int mirrored = 0;
  for (int sample = 0; sample < 4000; ++sample)
    mirrored += draw(augmentation, 64, 64, sample)[0].flip;
  CHECK_NEAR(mirrored, 2000, 127);  // Four standard deviations.
}

TEST("when an image is too long and narrow to resize, then it counts as damaged") {
  for (const int length : {9'000'000, 1 << 23}) {
    const int resize = length == 1 << 23 ? 512 : 256;
    for (const auto& [width, height] : {std::pair{length, 1}, {1, length}}) {
      std::string reason;
      try {
        draw({}, width, height, 0, resize);
      } catch (const ImageError& error) {
        reason = error.what();
      }
      CHECK_EQUAL(reason, "image is too long and narrow");
    }
  }
  const Window window = draw({}, 8'000'000, 1)[0].window;
  check_inside(window, 8'000'000, 1);
}
