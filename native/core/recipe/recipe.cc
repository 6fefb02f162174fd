// Draws crop windows and colour matrices from a sample's key.
#include "core/recipe/recipe.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/image.h"
#include "core/base/random.h"
#include "core/effects/effects.h"
#include "core/effects/operations.h"
#include "core/recipe/augmentation.h"
#include "core/recipe/canvas.h"
#include "core/recipe/draw_effects.h"

namespace bobbin::core {
namespace {

// Inception's crop (Szegedy et al. 2015) in the form of torchvision's RandomResizedCrop: area and
// logarithm of the aspect ratio are uniform. After ten windows that do not fit, or show nothing of
// the photo, it is the largest central window within the range of the ratio.
Window random_resized_window(const Augmentation& options, const Canvas& canvas, Random& random) {
  const int width = canvas.x.length, height = canvas.y.length;
  const auto shows = [](const CanvasSide& side, int start, int length) {
    return start < side.begin + side.photo && start + length > side.begin;
  };
  const double area = static_cast<double>(width) * height;
  for (int attempt = 0; attempt < 10; ++attempt) {
    const double target = area * random.uniform(options.area.min, options.area.max);
    const double ratio =
        std::exp(random.uniform(std::log(options.ratio.min), std::log(options.ratio.max)));
    const int w = static_cast<int>(std::lround(std::sqrt(target * ratio)));
    const int h = static_cast<int>(std::lround(std::sqrt(target / ratio)));
    if (w < 1 || h < 1 || w > width || h > height) continue;
    const int left = random.below(width - w + 1);
    const int top = random.below(height - h + 1);
    if (!shows(canvas.x, left, w) || !shows(canvas.y, top, h)) continue;
    return {double(left), double(top), double(w), double(h)};
  }
  const double ratio =
      std::clamp(static_cast<double>(width) / height, options.ratio.min, options.ratio.max);
  const int w = std::clamp(static_cast<int>(std::lround(height * ratio)), 1, width);
  const int h = std::clamp(static_cast<int>(std::lround(width / ratio)), 1, height);
  const int left = (width - w) / 2, top = (height - h) / 2;
  return {double(left), double(top), double(w), double(h)};
}

using Matrix = std::array<double, 9>;

Matrix multiply(const Matrix& a, const Matrix& b) {
  Matrix product{};
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      for (int k = 0; k < 3; ++k) product[row * 3 + column] += a[row * 3 + k] * b[k * 3 + column];
    }
  }
  return product;
}

Matrix saturation_matrix(double saturation) {
  Matrix matrix{};
  for (int i = 0; i < 9; ++i) {
    matrix[i] = (1 - saturation) * kGrey[i % 3] + (i % 4 == 0 ? saturation : 0);
  }
  return matrix;
}

// Rotates the colour plane of NTSC's YIQ; greys do not change.
Matrix hue_matrix(double turns) {
  const double angle = 2 * std::acos(-1.0) * turns;
  const double cosine = std::cos(angle), sine = std::sin(angle);
  constexpr Matrix kToYiq = {0.299,     0.587,    0.114,     0.595716, -0.274453,
                             -0.321263, 0.211456, -0.522591, 0.311135};
  constexpr Matrix kFromYiq = {1,         0.956296, 0.621024,  1,       -0.272122,
                               -0.647381, 1,        -1.106989, 1.704615};
  const Matrix rotation = {1, 0, 0, 0, cosine, -sine, 0, sine, cosine};
  return multiply(kFromYiq, multiply(rotation, kToYiq));
}

// Brightness, contrast (about the view's mean grey), saturation and hue, in this order. All map
// greys to greys, so the column of the mean grey is equal for the three channels.
std::array<float, 12> draw_color(const Augmentation& options, Random& random) {
  const auto factor = [&](double strength) {
    return random.uniform(std::max(0.0, 1 - strength), 1 + strength);
  };
  const double brightness = factor(options.brightness);
  const double contrast = factor(options.contrast);
  const double saturation = factor(options.saturation);
  const double hue = random.uniform(-options.hue, options.hue);
  Matrix matrix = saturation_matrix(saturation);
  // YIQ's inverse is rounded; without a rotation the colours must not change at all.
  if (hue != 0) matrix = multiply(hue_matrix(hue), matrix);
  std::array<float, 12> color{};
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      color[row * 4 + column] =
          static_cast<float>(brightness * contrast * matrix[row * 3 + column]);
    }
    color[row * 4 + 3] = static_cast<float>(brightness * (1 - contrast));
  }
  return color;
}

// Converts the result of `color` to grey, in all three channels.
std::array<float, 12> to_grey(const std::array<float, 12>& color) {
  std::array<float, 12> grey{};
  for (int i = 0; i < 12; ++i) {
    for (int row = 0; row < 3; ++row) {
      grey[i] += static_cast<float>(kGrey[row] * color[row * 4 + i % 4]);
    }
  }
  return grey;
}

// The window of view `view`, of `size` × `size` pixels of the canvas.
Window whole_window(Crop crop, const Canvas& canvas, int size, std::size_t view, Random& random) {
  const int right = canvas.x.length - size, bottom = canvas.y.length - size;
  const auto at = [size](int left, int top) {
    return Window{double(left), double(top), double(size), double(size)};
  };
  if (crop == Crop::kRandom) {
    const int left = random.below(right + 1);
    return at(left, random.below(bottom + 1));
  }
  const int lefts[] = {0, right, 0, right, centered(right)};
  const int tops[] = {0, 0, bottom, bottom, centered(bottom)};
  const std::size_t place = crop == Crop::kCenter ? 4 : view % 5;
  return at(lefts[place], tops[place]);
}

Canvas variant_canvas(const Augmentation& augmentation, Preprocessing preprocessing,
                      const Variant& variant, int width, int height) {
  preprocessing.resize = static_cast<int>(std::lround(preprocessing.resize * variant.scale));
  const Canvas canvas = canvas_of(preprocessing, width, height);
  // Shares of a photo that is cropped are whole pixels of the source.
  const bool shares = augmentation.crop == Crop::kRandomResized && preprocessing.fit == Fit::kCrop;
  return shares ? whole_canvas(width, height) : canvas;
}

// The window of each view, whether it is mirrored, and what it shows of the photo.
void draw_windows(const Augmentation& augmentation, const Preprocessing& preprocessing,
                  const Photo& photo, Random& random, std::vector<Recipe>& recipes) {
  const int size = preprocessing.crop;
  const bool resizes = augmentation.crop == Crop::kRandomResized;
  const Region part = part_of(photo, preprocessing.box_margin);
  const std::size_t windows = augmentation.windows();
  const auto variant_of = [&](std::size_t view) -> const Variant& {
    return augmentation.variants[view / windows];
  };
  const auto canvas_of_view = [&](std::size_t view) {
    return variant_canvas(augmentation, preprocessing, variant_of(view), part.width, part.height);
  };
  for (std::size_t view = 0; view < recipes.size(); ++view) {
    const Canvas canvas = canvas_of_view(view);
    recipes[view].window = resizes ? random_resized_window(augmentation, canvas, random)
                                   : whole_window(augmentation.crop, canvas, size, view, random);
  }
  const bool mirrored = random.uniform() < augmentation.flip;
  for (std::size_t view = 0; view < recipes.size(); ++view) {
    Recipe& recipe = recipes[view];
    recipe.size = size;
    recipe.flip = (mirrored != (view % windows >= 5)) != variant_of(view).mirror;
    show(recipe.window, canvas_of_view(view), recipe);
    recipe.window.left += part.left;
    recipe.window.top += part.top;
    if (photo.box) recipe.part = part;
  }
}

// The mean as a colour for effects.
std::array<float, 3> fill_of(const Preprocessing& preprocessing) {
  std::array<float, 3> fill{};
  for (int c = 0; c < 3; ++c) {
    fill[c] = std::clamp(preprocessing.mean[preprocessing.bgr ? 2 - c : c], 0.0f, 255.0f);
  }
  return fill;
}

}  // namespace

void draw_recipes(const Augmentation& augmentation, const Preprocessing& preprocessing,
                  const SampleKey& key, const Photo& photo, std::vector<Recipe>& recipes) {
  Random random(random_key(key.seed, key.epoch, key.sample, Stream::kAugment));
  recipes.clear();
  recipes.resize(augmentation.views());
  draw_windows(augmentation, preprocessing, photo, random, recipes);
  std::array<float, 12> color = draw_color(augmentation, random);
  Random more(random_key(key.seed, key.epoch, key.sample, Stream::kEffects));
  if (more.uniform() < augmentation.grayscale) color = to_grey(color);
  const EffectList effects = draw_effects(augmentation, key, preprocessing.crop, more);
  const Erasure erasure = draw_erasure(augmentation, key, preprocessing.crop);
  const std::uint64_t noise_key = random_key(key.seed, key.epoch, key.sample, Stream::kNoise);
  const std::size_t windows = augmentation.windows();
  for (std::size_t view = 0; view < recipes.size(); ++view) {
    Recipe& recipe = recipes[view];
    recipe.filter = preprocessing.filter;
    recipe.color = color;
    recipe.noise_key = mix64(noise_key + view);
    recipe.noise_sigma = static_cast<float>(augmentation.noise);
    recipe.effects = effects;
    const double turn = augmentation.variants[view / windows].turn;
    if (turn != 0) recipe.effects.add(kRotate, {static_cast<float>(turn)});
    recipe.fill = fill_of(preprocessing);
    recipe.erasure = erasure;
    recipe.erasure.key = mix64(erasure.key + view);
  }
}

TurnedPart Recipe::turned_part(const ImageSize& stored, int scale) const {
  const Region whole{0, 0, stored.upright_width(), stored.upright_height()};
  const Region from = part.value_or(whole);
  const TurnedWindow turned = turn(window_of(from), stored);
  const auto side = [scale](double start, int length) {
    const int first = static_cast<int>(start);
    return TurnedPart::Side{first / scale, (first + length + scale - 1) / scale};
  };
  return {side(turned.left, from.width), side(turned.top, from.height)};
}

TurnedWindow turn(const Window& window, const ImageSize& size) {
  const bool transposed = size.transposed();
  TurnedWindow turned{window.left, window.top, transposed ? size.reversed_y() : size.reversed_x(),
                      transposed ? size.reversed_x() : size.reversed_y()};
  if (turned.reversed_x) turned.left = size.upright_width() - window.left - window.width;
  if (turned.reversed_y) turned.top = size.upright_height() - window.top - window.height;
  return turned;
}

}  // namespace bobbin::core
