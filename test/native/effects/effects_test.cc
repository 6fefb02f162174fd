// Effects against torchvision's.
#include "core/effects/effects.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "core/recipe/recipe.h"
#include "support/check.h"

using namespace bobbin::core;

namespace {

constexpr int kSize = 24;

// A file of test/fixtures/effects in 0…255 units.
std::vector<float> read_fixture(const std::string& name) {
  std::ifstream file(std::string(BOBBIN_FIXTURES "/effects/") + name + ".ppm", std::ios::binary);
  std::string magic;
  int width = 0, height = 0, largest = 0;
  file >> magic >> width >> height >> largest;
  file.get();
  CHECK_EQUAL(magic, "P6");
  CHECK_EQUAL(width, kSize);
  std::vector<float> values;
  for (int i = 0; i < 3 * width * height; ++i) {
    const int high = file.get();
    values.push_back(static_cast<float>(high * 256 + file.get()) / 257.0f);
  }
  CHECK(file.good());
  return values;
}

std::vector<float> apply(const std::vector<Effect>& effects, std::vector<float> view,
                         const std::array<float, 3>& fill = {}) {
  EffectList list;
  for (const auto& [operation, amounts] : effects) list.add(*operation, amounts);
  EffectScratch scratch;
  const int size = static_cast<int>(std::lround(std::sqrt(view.size() / 3)));
  apply_effects(list, {view, size, fill, scratch});
  return view;
}

void check_near(const std::vector<float>& actual, const std::vector<float>& wanted,
                float tolerance) {
  CHECK_EQUAL(actual.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) CHECK_NEAR(actual[i], wanted[i], tolerance);
}

// Names the fixture that differs.
void check_fixture(const std::string& name, const std::vector<Effect>& effects, float tolerance) {
  const std::vector<float> actual = apply(effects, read_fixture("picture"));
  const std::vector<float> wanted = read_fixture(name);
  float largest = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    largest = std::max(largest, std::abs(actual[i] - wanted[i]));
  }
  if (!(largest <= tolerance)) {
    bobbin::test::fail(__FILE__, __LINE__, name, " differs by ", largest);
  }
}

}  // namespace

TEST("when a view is rotated or blurred, then it equals torchvision's result") {
  check_fixture("rotate_25", {{&kRotate, {25}}}, 0.02f);
  check_fixture("rotate_minus_140", {{&kRotate, {-140}}}, 0.02f);
  check_fixture("blur_0.3", {{&kBlur, {0.3f}}}, 0.01f);
  check_fixture("blur_1.7", {{&kBlur, {1.7f}}}, 0.01f);
  check_fixture("rotate_10_blur_0.8", {{&kRotate, {10}}, {&kBlur, {0.8f}}}, 0.02f);
}

TEST("when a view's corners move, then its perspective is as torchvision changes it") {
  check_fixture("perspective", {{&kPerspective, {3, 1, 21, 4, 18, 22, 1, 17}}}, 0.01f);
  check_fixture("perspective_strong", {{&kPerspective, {0, 2, 13, 9, 15, 14, 2, 23}}}, 0.01f);
  check_fixture("perspective_horizon", {{&kPerspective, {10, 6, 13, 6, 23, 23, 0, 23}}}, 0.01f);
}

TEST("when a view's corners stay, then its perspective stays") {
  const float last = kSize - 1;
  const std::vector<float> picture = read_fixture("picture");
  const Effect none{&kPerspective, {0, 0, last, 0, last, last, 0, last}};
  check_near(apply({none}, picture), picture, 1e-2f);
}

TEST("when corners meet or lie in one line, then the view is the fill or stays within 0…255") {
  const std::vector<float> white(3 * kSize * kSize, 255);
  const float last = kSize - 1;
  const std::vector<Amounts> degenerate = {
      {5, 5, 5, 5, 5, 5, 5, 5},
      {0, 0, 10, 10, last, last, 0, last},
      {12, 12, 11, 12, 11, 11, 12, 11},
  };
  for (const Amounts& corners : degenerate) {
    for (const float value : apply({{&kPerspective, corners}}, white, {9, 9, 9})) {
      CHECK(value >= 9 && value <= 255);
    }
  }
}

TEST("when an operation of RandAugment is applied, then it equals torchvision's result") {
  check_fixture("shear_x", {{&kShearX, {0.2f}}}, 0.02f);
  check_fixture("shear_y", {{&kShearY, {-0.25f}}}, 0.02f);
  check_fixture("translate_x", {{&kTranslateX, {5}}}, 0.02f);
  check_fixture("translate_y", {{&kTranslateY, {-7}}}, 0.02f);
  check_fixture("brightness", {{&kBrightness, {1.6f}}}, 0.01f);
  check_fixture("sharpness", {{&kSharpness, {1.9f}}}, 0.01f);
  check_fixture("softness", {{&kSharpness, {0.1f}}}, 0.01f);
  check_fixture("posterize", {{&kPosterize, {3}}}, 0.01f);
  check_fixture("solarize", {{&kSolarize, {130}}}, 0.01f);
  check_fixture("autocontrast", {{&kAutocontrast, {0}}}, 0.01f);
  check_fixture("equalize", {{&kEqualize, {0}}}, 0.01f);
  // torchvision writes luma's first weight as 0.2989.
  check_fixture("color", {{&kColor, {0.3f}}}, 0.04f);
  check_fixture("contrast", {{&kContrast, {1.7f}}}, 0.04f);
}

TEST("when a view has only one colour, then tones that need two do not change it") {
  const std::vector<float> flat(3 * kSize * kSize, 80);
  check_near(apply({{&kAutocontrast}}, flat), flat, 0);
  check_near(apply({{&kEqualize}}, flat), flat, 0);
  const std::vector<float> dot = {10, 20, 30};
  check_near(apply({{&kSharpness, {2}}, {&kEqualize}}, dot), dot, 0);
}

TEST("when a view is rotated, then pixels from outside have the fill's colours") {
  const std::vector<float> picture = read_fixture("picture");
  const std::array<float, 3> fill = {100, 150, 200};
  // Bilinear sampling is linear: filled = sampled + fill · (1 − sampled share of the view).
  const std::vector<float> sampled = apply({{&kRotate, {25}}}, picture);
  const std::vector<float> share = apply({{&kRotate, {25}}}, std::vector<float>(picture.size(), 1));
  std::vector<float> wanted(picture.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    wanted[i] = sampled[i] + fill[i % 3] * (1 - share[i]);
  }
  check_near(apply({{&kRotate, {25}}}, picture, fill), wanted, 1e-3f);
  CHECK_NEAR(wanted[1], fill[1], 1e-3f);
}

TEST("when a view is turned upside down, then its rows are reversed") {
  const std::vector<float> picture = read_fixture("picture");
  const std::vector<float> flipped = apply({{&kVerticalFlip}}, picture);
  for (int y = 0; y < kSize; ++y) {
    for (int i = 0; i < 3 * kSize; ++i) {
      CHECK_EQUAL(flipped[y * 3 * kSize + i], picture[(kSize - 1 - y) * 3 * kSize + i]);
    }
  }
}

TEST("when colours are outside 0…255, then effects clamp them") {
  std::vector<float> picture(3 * kSize * kSize, 300);
  for (std::size_t i = 0; i < picture.size() / 2; ++i) picture[i] = -50;
  std::vector<float> clamped(picture.size(), 255);
  for (std::size_t i = 0; i < picture.size() / 2; ++i) clamped[i] = 0;
  check_near(apply({{&kBlur, {2}}}, picture), apply({{&kBlur, {2}}}, clamped), 0);
}

TEST(
    "when a blur reaches past a small view, then a flat colour stays and no other memory is read") {
  for (const int size : {1, 2, 3, 7}) {
    const std::vector<float> flat(3 * size * size, 80);
    check_near(apply({{&kBlur, {10}}, {&kRotate, {0}}}, flat), flat, 1e-3f);
  }
}

TEST("when an image becomes grey, then its matrix gives torchvision's grey") {
  Augmentation augmentation;
  augmentation.grayscale = 1;
  std::vector<Recipe> recipes;
  draw_recipes(augmentation, {}, {1, 2, 3}, {400, 300}, recipes);
  const std::array<float, 12>& a = recipes[0].color;
  std::vector<float> grey = read_fixture("picture");
  for (std::size_t i = 0; i < grey.size(); i += 3) {
    const float red = grey[i], green = grey[i + 1], blue = grey[i + 2];
    for (int c = 0; c < 3; ++c) {
      grey[i + c] = a[4 * c] * red + a[4 * c + 1] * green + a[4 * c + 2] * blue;
    }
  }
  // torchvision writes luma's first weight as 0.2989.
  check_near(grey, read_fixture("grayscale"), 0.04f);
}
