// Compares rendering with a slow reference written from the definition.
#include "core/render/render.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/filter.h"
#include "core/base/image.h"
#include "core/base/output.h"
#include "core/base/random.h"
#include "core/recipe/recipe.h"
#include "support/check.h"
#include "support/filter_height.h"
#include "support/images.h"

using namespace bobbin::core;
using bobbin::test::draw_picture;
using bobbin::test::height_of;
using bobbin::test::Picture;

namespace {

ImageView view_of(const Picture& picture) {
  ImageView view{ColorSpace::kRgb, {}, picture.width, picture.height, 1};
  view.planes[0] = {picture.rgb.data(),
                    picture.width * 3u,
                    {0, 0, picture.width, picture.height},
                    picture.width,
                    picture.height,
                    false,
                    false};
  return view;
}

Recipe recipe_of(Window window, int size) {
  Recipe recipe;
  recipe.window = window;
  recipe.size = size;
  return recipe;
}

std::vector<float> render(const Picture& picture, const Recipe& recipe, int orientation = 1,
                          const Preprocessing& preprocessing = {}) {
  std::vector<float> output(recipe.size * recipe.size * 3);
  Renderer().render(view_of(picture), {picture.width, picture.height, orientation}, recipe,
                    preprocessing, {output.data(), PixelType::kFloat32});
  return output;
}

// The largest errors of filters of up to seven and eight samples, in levels: see kMostWords.
constexpr double kWords = 2 * 7 / 256.0, kSignedWords = 8 / 12.0;

// A recipe's filter by its definition: every source pixel, both axes at once. The pixel is one of
// those that the window fills.
double filtered(const Picture& picture, const Recipe& recipe, int x, int y, int c) {
  const Window& window = recipe.window;
  const Region filled = recipe.filled();
  const double step_x = window.width / filled.width, step_y = window.height / filled.height;
  const double center_x = window.left + (x + 0.5) * step_x;
  const double center_y = window.top + (y + 0.5) * step_y;
  double sum = 0, weights = 0;
  for (int j = 0; j < picture.height; ++j) {
    for (int i = 0; i < picture.width; ++i) {
      const double wx = height_of(recipe.filter, (i + 0.5 - center_x) / std::max(1.0, step_x));
      const double wy = height_of(recipe.filter, (j + 0.5 - center_y) / std::max(1.0, step_y));
      sum += wx * wy * picture.rgb[(j * picture.width + i) * 3 + c];
      weights += wx * wy;
    }
  }
  return std::clamp(sum / weights, 0.0, 255.0);
}

// The stored picture, turned upright by EXIF's definition: the side of row 0 and of column 0.
Picture upright(const Picture& stored, int orientation) {
  const bool transposed = orientation >= 5;
  Picture picture{
      transposed ? stored.height : stored.width, transposed ? stored.width : stored.height, {}};
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      const int mirrored_x = picture.width - 1 - x, mirrored_y = picture.height - 1 - y;
      int i = x, j = y;
      switch (orientation) {
        default:
          break;
        case 2:
          i = mirrored_x;
          break;
        case 3:
          i = mirrored_x, j = mirrored_y;
          break;
        case 4:
          j = mirrored_y;
          break;
        case 5:
          i = y, j = x;
          break;
        case 6:
          i = y, j = mirrored_x;
          break;
        case 7:
          i = mirrored_y, j = mirrored_x;
          break;
        case 8:
          i = mirrored_y, j = x;
          break;
      }
      const std::uint8_t* pixel = stored.rgb.data() + (j * stored.width + i) * 3;
      picture.rgb.insert(picture.rgb.end(), pixel, pixel + 3);
    }
  }
  return picture;
}

}  // namespace

TEST(
    "when windows shrink, grow or lie between pixels, then each pixel equals the filter's result") {
  const Picture picture = draw_picture(61, 43);
  for (const Window window :
       {Window{0, 0, 61, 43}, Window{3, 5, 40, 30}, Window{10.25, 7.5, 5.5, 8},
        Window{60, 42, 1, 1}, Window{0, 10, 9, 12}}) {
    for (const FilterKind filter : {FilterKind::kBilinear, FilterKind::kBicubic}) {
      Recipe recipe = recipe_of(window, 12);
      recipe.filter = filter;
      const double tolerance = filter == FilterKind::kBicubic ? kSignedWords : kWords;
      const std::vector<float> output = render(picture, recipe);
      for (int i = 0; i < 12 * 12 * 3; ++i) {
        const int x = i / 3 % 12, y = i / 36;
        CHECK_NEAR(output[i], filtered(picture, recipe, x, y, i % 3), tolerance);
      }
    }
  }
}

TEST("when a picture has one colour, then bicubic views have it, too, with black and white edges") {
  for (const int level : {0, 1, 128, 255}) {
    const Picture even{40, 30, std::vector<std::uint8_t>(40 * 30 * 3, level)};
    for (const Window window : {Window{0, 0, 40, 30}, Window{3, 4, 7.5, 9}, Window{1, 0, 36, 30}}) {
      for (const int size : {2, 12, 33}) {
        Recipe recipe = recipe_of(window, size);
        recipe.filter = FilterKind::kBicubic;
        for (const float value : render(even, recipe)) CHECK_NEAR(value, level, 0.2);
      }
    }
  }
}

TEST("when an edge is enlarged by the bicubic filter, then colours overshoot until the end") {
  // Black and white halves; a colour matrix brings the overshoot back into the range of levels.
  Picture picture{8, 8, std::vector<std::uint8_t>(8 * 8 * 3)};
  for (int i = 0; i < 8 * 8 * 3; ++i) picture.rgb[i] = i % 24 < 12 ? 0 : 255;
  Recipe recipe = recipe_of({0, 0, 8, 8}, 32);
  recipe.filter = FilterKind::kBicubic;
  for (int c = 0; c < 3; ++c) recipe.color[5 * c] = 0.5f;
  const std::vector<float> output = render(picture, recipe);
  // The filter's largest overshoot, at the steps of a quarter that occur here, is 0.0732.
  CHECK_NEAR(*std::max_element(output.begin(), output.end()), 127.5 * 1.0732, 0.1);
  CHECK_NEAR(*std::min_element(output.begin(), output.end()), 0, 0);
}

TEST("when a photo has a border, then it is the mean, and only effects and noise change it") {
  const Picture picture = draw_picture(30, 20);
  Preprocessing preprocessing;
  preprocessing.mean = {120, 110, 100};
  preprocessing.std = {64, 60, 50};
  preprocessing.bgr = true;
  Recipe recipe = recipe_of({2, 1, 24, 18}, 16);
  recipe.photo = Region{1, 4, 12, 9};
  recipe.fill = {100, 110, 120};
  recipe.color[0] = 0.9f, recipe.color[3] = recipe.color[7] = recipe.color[11] = 0.1f;
  const std::vector<float> output = render(picture, recipe, 1, preprocessing);
  double grey = 0;
  for (int i = 0; i < 12 * 9; ++i) {
    for (int c = 0; c < 3; ++c)
      grey += kGrey[c] * filtered(picture, recipe, i % 12, i / 12, c) / 108;
  }
  for (int i = 0; i < 16 * 16 * 3; ++i) {
    const int x = i / 3 % 16 - 1, y = i / 48 - 4, c = i % 3, from = 2 - c;
    if (x < 0 || x >= 12 || y < 0 || y >= 9) {
      CHECK_EQUAL(output[i], 0.0f);
      continue;
    }
    const double color =
        recipe.color[5 * from] * filtered(picture, recipe, x, y, from) + 0.1 * grey;
    const double wanted = std::clamp(color, 0.0, 255.0);
    CHECK_NEAR(output[i] * preprocessing.std[c] + preprocessing.mean[c], wanted, 2 * kWords);
  }
  recipe.noise_sigma = 8;
  CHECK(render(picture, recipe, 1, preprocessing)[0] != 0);
}

TEST("when the image is stored in any orientation, then the upright one is rendered") {
  const Picture stored = draw_picture(40, 28);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Picture turned = upright(stored, orientation);
    for (const bool flip : {false, true}) {
      Recipe recipe = recipe_of({2, 3, 20, 22}, 10);
      recipe.flip = flip;
      const std::vector<float> actual = render(stored, recipe, orientation);
      const std::vector<float> wanted = render(turned, recipe);
      for (std::size_t i = 0; i < wanted.size(); ++i) CHECK_NEAR(actual[i], wanted[i], 1e-3);
    }
  }
}

TEST("when a view is mirrored, then its rows are reversed") {
  const Picture picture = draw_picture(30, 30);
  Recipe recipe = recipe_of({0, 0, 30, 30}, 10);
  const std::vector<float> plain = render(picture, recipe);
  recipe.flip = true;
  const std::vector<float> mirrored = render(picture, recipe);
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 30; ++x) {
      CHECK_EQUAL(mirrored[y * 30 + x], plain[y * 30 + (9 - x / 3) * 3 + x % 3]);
    }
  }
}

TEST("when a recipe has colour, noise and scaling, then they apply in this order and clamp once") {
  const Picture picture = draw_picture(16, 16);
  Recipe recipe = recipe_of({0, 0, 16, 16}, 16);
  recipe.color = {1.3f, 0.1f, -0.2f, 0.2f, 0, 0.9f, 0.1f, 0.2f, 0.3f, 0.3f, 0.3f, 0.2f};
  recipe.noise_sigma = 8;
  recipe.noise_key = 77;
  Preprocessing preprocessing;
  preprocessing.mean = {10, 20, 30};
  preprocessing.std = {2, 4, 8};
  preprocessing.bgr = true;
  const std::vector<float> output = render(picture, recipe, 1, preprocessing);
  // The same noise on a level that is never clamped.
  Recipe level = recipe;
  level.color = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  for (int c = 0; c < 3; ++c) level.color[4 * c] = 1;
  const Picture even{16, 16, std::vector<std::uint8_t>(16 * 16 * 3, 128)};
  const std::vector<float> noise = render(even, level);
  double grey = 0;
  for (int i = 0; i < 256; ++i) {
    const std::uint8_t* rgb = picture.rgb.data() + 3 * i;
    grey += (0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]) / 256;
  }
  for (int i = 0; i < 256; ++i) {
    const std::uint8_t* rgb = picture.rgb.data() + 3 * i;
    for (int c = 0; c < 3; ++c) {
      const int from = 2 - c;
      const float* a = recipe.color.data() + 4 * from;
      const double color = a[0] * rgb[0] + a[1] * rgb[1] + a[2] * rgb[2] + a[3] * grey;
      const double wanted = std::clamp(color + noise[3 * i + c] - 128, 0.0, 255.0);
      CHECK_NEAR(output[3 * i + c], (wanted - preprocessing.mean[c]) / preprocessing.std[c], 1e-2);
    }
  }
}

namespace {

// The nearer of the two bfloat16 around `value`; of two equally near ones the even one.
std::uint16_t nearest_bfloat16(float value) {
  const auto wide = [](std::uint32_t half) { return std::bit_cast<float>(half << 16); };
  const std::uint32_t toward_zero = std::bit_cast<std::uint32_t>(value) >> 16;
  const double below = std::abs(double{value} - wide(toward_zero));
  const double above = std::abs(double{wide(toward_zero + 1)} - value);
  const bool up = above < below || (above == below && toward_zero % 2 == 1);
  return static_cast<std::uint16_t>(toward_zero + (up ? 1 : 0));
}

}  // namespace

TEST("when values are stored as bfloat16, then each is the nearest to its float") {
  Recipe recipe = recipe_of({1, 2, 25, 19}, 16);
  recipe.color[0] = 1.5f;
  Preprocessing preprocessing;
  preprocessing.mean = {120, 110, 100};
  preprocessing.std = {64, 60, 50};
  const std::vector<float> wanted = render(draw_picture(30, 30), recipe, 1, preprocessing);
  std::vector<std::uint16_t> actual(wanted.size());
  Renderer().render(view_of(draw_picture(30, 30)), {30, 30, 1}, recipe, preprocessing,
                    {actual.data(), PixelType::kBfloat16});
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    CHECK_EQUAL(actual[i], nearest_bfloat16(wanted[i]));
  }
}

TEST("when values are stored as bytes, then each is its rounded level, for any mean and std") {
  Recipe recipe = recipe_of({1, 2, 25, 19}, 16);
  recipe.color[0] = 2;
  Preprocessing preprocessing;
  preprocessing.bgr = true;
  const std::vector<float> wanted = render(draw_picture(30, 30), recipe, 1, preprocessing);
  preprocessing.mean = {120, 110, 100};
  preprocessing.std = {64, 60, 50};
  std::vector<std::uint8_t> actual(wanted.size());
  Renderer().render(view_of(draw_picture(30, 30)), {30, 30, 1}, recipe, preprocessing,
                    {actual.data(), PixelType::kUint8});
  for (std::size_t i = 0; i < wanted.size(); ++i) CHECK_NEAR(actual[i], wanted[i], 0.5f);
  CHECK_EQUAL(static_cast<int>(*std::max_element(actual.begin(), actual.end())), 255);
}

TEST("when only a part is decoded and scaled down, then the planned part suffices") {
  Random random(3);
  for (int i = 0; i < 2000; ++i) {
    const ImageSize size{1 + random.below(3000), 1 + random.below(3000), 1 + random.below(8)};
    Window window;
    window.width = random.uniform(0.5, 1) * size.upright_width();
    window.height = random.uniform(0.01, 1) * size.upright_height();
    window.left = random.uniform(0, size.upright_width() - window.width);
    window.top = random.uniform(0, size.upright_height() - window.height);
    const std::vector<Recipe> recipes = {recipe_of(window, 32)};
    const DecodePlan plan = plan_decode(recipes, size);
    CHECK(plan.region.left >= 0 && plan.region.top >= 0);
    CHECK(plan.region.width > 0 && plan.region.left + plan.region.width <= size.width);
    CHECK(plan.region.height > 0 && plan.region.top + plan.region.height <= size.height);
    const double reduction = std::min(window.width, window.height) / 32;
    CHECK(plan.scale == 1 || reduction / plan.scale >= 4);
    CHECK(plan.scale == 8 || reduction / plan.scale < 8);
  }
}
