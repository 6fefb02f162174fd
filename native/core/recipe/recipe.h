// A recipe describes the rendering of one sample as plain numbers, drawn once; rendering adds no
// randomness.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/filter.h"
#include "core/base/image.h"
#include "core/effects/effects.h"
#include "core/recipe/augmentation.h"

namespace bobbin::core {

// How photos become square.
enum class Fit : std::uint8_t { kCrop, kPad, kSquash };
inline constexpr std::array kFitNames = {"crop", "pad", "squash"};

// From pixels to a model's input (src/pipeline/preprocessing.ts); mean and std in 0…255 units and
// in the order of the channels.
struct Preprocessing {
  int resize = 256;
  int crop = 224;
  std::array<float, 3> mean{};
  std::array<float, 3> std{1, 1, 1};
  bool bgr = false;
  FilterKind filter = FilterKind::kBilinear;
  Fit fit = Fit::kCrop;
  double box_margin = 0;  // On each side of a box, as a share of the box's own side.
};

// An upright photo: its sides, and the box that says where to look, which may reach past them.
struct Photo {
  int width = 0;
  int height = 0;
  std::optional<Region> box = std::nullopt;
};

// A rectangle in pixels of the upright image; edges may lie between pixels.
struct Window {
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;
};
inline Window window_of(const Region& region) {
  return {double(region.left), double(region.top), double(region.width), double(region.height)};
}

// Where an upright window begins on the upright axes, in the direction of the stored pixels:
// backwards if `reversed_x` or `reversed_y`.
struct TurnedWindow {
  double left = 0, top = 0;
  bool reversed_x = false, reversed_y = false;
};
TurnedWindow turn(const Window& window, const ImageSize& size);

// The columns and rows that count, on the same axes, each from `first` to before `end`.
struct TurnedPart {
  struct Side {
    int first = 0, end = 0;
  };
  Side x, y;
};

// A rectangle of the finished view that is blotted out.
struct Erasure {
  Region region;       // Without width nothing is erased.
  bool noise = false;  // With N(0, 1) in normalised units, else with 0.
  std::uint64_t key = 0;
};

// One rendered view of one sample: resample `window`, mirror, colour, put the photo on a border if
// it has one, apply effects, add noise, normalise, erase.
struct Recipe {
  Window window;
  int size = 0;                 // Side of the square output in pixels.
  std::optional<Region> photo;  // The part of the view that the window fills, if that is not all.
  // The part of the upright photo that counts, if it has a box: the filter reads nothing else.
  std::optional<Region> part;
  FilterKind filter = FilterKind::kBilinear;
  bool flip = false;
  // 3×4, row-major: colour' = A · (red, green, blue, mean grey of the view)ᵀ.
  std::array<float, 12> color{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
  std::uint64_t noise_key = 0;
  float noise_sigma = 0;  // In 0…255 units.
  EffectList effects;
  // The border, and what lies outside of the view, to effects: RGB in 0…255 units.
  std::array<float, 3> fill{};
  Erasure erasure;

  // `part` on the axes of a TurnedWindow, in pixels of an image that is reduced by `scale`.
  TurnedPart turned_part(const ImageSize& stored, int scale) const;

  // The part of the view that the window fills.
  Region filled() const { return photo.value_or(Region{0, 0, size, size}); }
};

// The key of a sample's random numbers.
struct SampleKey {
  std::uint64_t seed = 0;
  std::uint64_t epoch = 0;
  std::uint64_t sample = 0;
};

// Draws the recipes of all views of a photo: of the part that its box and the margin show, as if it
// had been cut to that before. Five-crop gives top left, top right, bottom left, bottom right,
// centre; ten-crop adds the same five mirrored. Throws ImageError if a side of the resized image
// would exceed 2³¹ − 1, and if the box shows nothing of the photo.
void draw_recipes(const Augmentation& augmentation, const Preprocessing& preprocessing,
                  const SampleKey& key, const Photo& photo, std::vector<Recipe>& recipes);

}  // namespace bobbin::core
