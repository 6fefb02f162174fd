// What is erased of a finished view.
#include "core/render/erase.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "support/check.h"

using namespace bobbin::core;

namespace {

constexpr int kSize = 24;

}  // namespace

TEST("when a rectangle is erased, then it is zero or unit noise and the rest does not change") {
  Recipe recipe;
  recipe.size = kSize;
  recipe.erasure.region = {3, 5, 17, 11};
  recipe.erasure.key = 9;
  std::vector<float> line;
  for (const bool noise : {false, true}) {
    recipe.erasure.noise = noise;
    std::vector<float> view(3 * kSize * kSize, 7);
    erase(recipe, {}, {view.data()}, line);
    double sum = 0, squares = 0;
    for (int y = 0; y < kSize; ++y) {
      for (int i = 0; i < 3 * kSize; ++i) {
        const float value = view[y * 3 * kSize + i];
        const bool inside = y >= 5 && y < 16 && i >= 9 && i < 60;
        if (!inside) CHECK_EQUAL(value, 7.0f);
        if (inside && !noise) CHECK_EQUAL(value, 0.0f);
        if (inside) sum += value, squares += value * value;
      }
    }
    const int count = 3 * 17 * 11;
    // Four standard errors.
    CHECK_NEAR(sum / count, 0, 4 / std::sqrt(count));
    CHECK_NEAR(squares / count, noise ? 1 : 0, noise ? 4 * std::sqrt(2.0 / count) : 0);
  }
}

TEST("when other types are erased, then they store the same values") {
  Recipe recipe;
  recipe.size = kSize;
  recipe.erasure = {{0, 0, kSize, kSize}, true, 9};
  Preprocessing preprocessing;
  preprocessing.mean = {100, 110, 250};
  preprocessing.std = {10, 20, 30};
  constexpr int kValues = 3 * kSize * kSize;
  std::vector<float> floats(kValues);
  std::vector<std::uint16_t> halves(kValues), fine_halves(kValues);
  std::vector<std::uint8_t> levels(kValues);
  std::vector<float> line;
  erase(recipe, preprocessing, {floats.data(), PixelType::kFloat32}, line);
  erase(recipe, preprocessing, {halves.data(), PixelType::kBfloat16}, line);
  erase(recipe, preprocessing, {fine_halves.data(), PixelType::kFloat16}, line);
  erase(recipe, preprocessing, {levels.data(), PixelType::kUint8}, line);
  for (int i = 0; i < kValues; ++i) {
    CHECK_NEAR(from_bfloat16(halves[i]), floats[i], std::abs(floats[i]) / 256);
    CHECK_NEAR(from_float16(fine_halves[i]), floats[i], std::abs(floats[i]) / 2048 + 0x1p-25f);
    const float level = preprocessing.mean[i % 3] + preprocessing.std[i % 3] * floats[i];
    CHECK_NEAR(static_cast<float>(levels[i]), std::min(level, 255.0f), 0.501f);
  }
}
