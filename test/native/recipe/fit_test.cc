// How a photo is padded, and what its central view shows.
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/image.h"
#include "core/recipe/augmentation.h"
#include "core/recipe/recipe.h"
#include "support/check.h"

using namespace bobbin::core;

namespace {

std::vector<Recipe> draw(Fit fit, Crop crop, std::pair<int, int> photo, std::pair<int, int> sides,
                         std::uint64_t sample = 0) {
  Augmentation augmentation;
  augmentation.crop = crop;
  Preprocessing preprocessing;
  preprocessing.fit = fit;
  preprocessing.resize = sides.first;
  preprocessing.crop = sides.second;
  std::vector<Recipe> recipes;
  draw_recipes(augmentation, preprocessing, {5, 1, sample}, {photo.first, photo.second}, recipes);
  return recipes;
}

// What timm's ResizeKeepRatio(resize, longest=1) and CenterCropOrPad(crop) make of a photo: its
// resized sides, the part of the view that it fills, and the resized pixel that is first there.
struct Border {
  int width, height, resize, crop, resized_width, resized_height;
  Region photo;
  int left, top;
};
constexpr std::array kBorders = {
    Border{400, 533, 224, 224, 168, 224, {28, 0, 168, 224}, 0, 0},
    Border{533, 400, 256, 224, 256, 192, {0, 16, 224, 192}, 16, 0},
    Border{100, 37, 32, 27, 32, 12, {0, 7, 27, 12}, 2, 0},
    Border{37, 101, 33, 28, 12, 33, {8, 0, 12, 28}, 0, 2},
    Border{50, 50, 20, 17, 20, 20, {0, 0, 17, 17}, 2, 2},
    Border{97, 96, 31, 30, 31, 31, {0, 0, 30, 30}, 0, 0},
    Border{96, 97, 31, 29, 31, 31, {0, 0, 29, 29}, 1, 1},
    Border{60, 59, 90, 89, 90, 88, {0, 0, 89, 88}, 0, 0},
    Border{1000, 60, 64, 40, 64, 4, {0, 18, 40, 4}, 12, 0},
};

void check_inside(const Region& region, int size) {
  CHECK(region.left >= 0 && region.top >= 0 && region.width > 0 && region.height > 0);
  CHECK(region.left + region.width <= size && region.top + region.height <= size);
}

}  // namespace

TEST("when photos are padded, then the central view shows them where timm puts them") {
  for (const Border& border : kBorders) {
    const Recipe recipe = draw(Fit::kPad, Crop::kCenter, {border.width, border.height},
                               {border.resize, border.crop})[0];
    const Region filled = recipe.filled();
    CHECK_EQUAL(filled.left, border.photo.left);
    CHECK_EQUAL(filled.top, border.photo.top);
    CHECK_EQUAL(filled.width, border.photo.width);
    CHECK_EQUAL(filled.height, border.photo.height);
    CHECK_EQUAL(recipe.photo.has_value(),
                filled.width < border.crop || filled.height < border.crop);
    const double x = static_cast<double>(border.width) / border.resized_width;
    const double y = static_cast<double>(border.height) / border.resized_height;
    CHECK_NEAR(recipe.window.left, border.left * x, 1e-9);
    CHECK_NEAR(recipe.window.top, border.top * y, 1e-9);
    CHECK_NEAR(recipe.window.width, filled.width * x, 1e-9);
    CHECK_NEAR(recipe.window.height, filled.height * y, 1e-9);
  }
}

TEST("when photos are squashed, then the windows of the square are stretched over them") {
  const Recipe whole = draw(Fit::kSquash, Crop::kCenter, {400, 300}, {64, 64})[0];
  CHECK_NEAR(whole.window.width, 400, 1e-9);
  CHECK_NEAR(whole.window.height, 300, 1e-9);
  const std::vector<Recipe> five = draw(Fit::kSquash, Crop::kFive, {400, 300}, {80, 64});
  CHECK_NEAR(five[3].window.left, 16 * 5, 1e-9);
  CHECK_NEAR(five[3].window.top, 16 * 3.75, 1e-9);
  for (const Recipe& recipe : five) {
    CHECK(!recipe.photo);
    CHECK_NEAR(recipe.window.width, 64 * 5, 1e-9);
    CHECK_NEAR(recipe.window.height, 64 * 3.75, 1e-9);
  }
}

TEST("when a photo is square, then all fits give equal windows") {
  for (const Crop crop : {Crop::kCenter, Crop::kTen, Crop::kRandom}) {
    const std::vector<Recipe> wanted = draw(Fit::kCrop, crop, {90, 90}, {40, 32});
    for (const Fit fit : {Fit::kPad, Fit::kSquash}) {
      const std::vector<Recipe> recipes = draw(fit, crop, {90, 90}, {40, 32});
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        CHECK(!recipes[i].photo);
        CHECK_NEAR(recipes[i].window.left, wanted[i].window.left, 1e-9);
        CHECK_NEAR(recipes[i].window.top, wanted[i].window.top, 1e-9);
        CHECK_NEAR(recipes[i].window.width, wanted[i].window.width, 1e-9);
        CHECK_NEAR(recipes[i].window.height, wanted[i].window.height, 1e-9);
      }
    }
  }
}

TEST("when windows of a padded or squashed photo are random, then ratios are those of the canvas") {
  for (std::uint64_t sample = 0; sample < 2000; ++sample) {
    const Recipe squashed =
        draw(Fit::kSquash, Crop::kRandomResized, {400, 100}, {64, 48}, sample)[0];
    const double ratio = squashed.window.width / squashed.window.height / 4;
    CHECK(ratio > 0.7 && ratio < 1.42);
    const Recipe padded = draw(Fit::kPad, Crop::kRandomResized, {400, 100}, {64, 48}, sample)[0];
    check_inside(padded.filled(), 48);
    // A resized pixel spans 6.25 of the source; half a pixel of the view may lie outside.
    const double step_x = padded.window.width / padded.filled().width;
    const double step_y = padded.window.height / padded.filled().height;
    CHECK(step_x / step_y > 0.7 && step_x / step_y < 1.42);
    CHECK(padded.window.left > -step_x && padded.window.left + padded.window.width < 400 + step_x);
    CHECK(padded.window.top > -step_y && padded.window.top + padded.window.height < 100 + step_y);
  }
}

TEST("when photos have any size, then every padded view shows a part of them") {
  for (const Crop crop : {Crop::kCenter, Crop::kTen, Crop::kRandom, Crop::kRandomResized}) {
    for (const int width : {1, 2, 7, 224, 1999}) {
      for (const int height : {1, 3, 255, 4001, 1 << 30}) {
        for (const Recipe& recipe : draw(Fit::kPad, crop, {width, height}, {64, 16}, width)) {
          check_inside(recipe.filled(), 16);
          const Window& window = recipe.window;
          CHECK(window.width > 0 && window.height > 0);
          CHECK(window.left + window.width / 2 >= 0 && window.left + window.width / 2 <= width);
          CHECK(window.top + window.height / 2 >= 0 && window.top + window.height / 2 <= height);
        }
      }
    }
  }
}

TEST("when a padded view is mirrored, then its border is, too") {
  const std::vector<Recipe> ten = draw(Fit::kPad, Crop::kTen, {37, 101}, {33, 28});
  for (int i = 0; i < 5; ++i) {
    const Region plain = ten[i].filled(), mirrored = ten[i + 5].filled();
    CHECK_EQUAL(mirrored.left, 28 - plain.left - plain.width);
    CHECK_EQUAL(mirrored.top, plain.top);
  }
}
