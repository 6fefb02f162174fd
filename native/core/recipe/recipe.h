// A recipe describes the rendering of one sample as plain numbers, drawn once; rendering adds no
// randomness.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/base/image.h"

namespace bobbin::core {

// From pixels to a model's input (src/pipeline/preprocessing.ts); mean and std in 0…255 units and
// in the order of the channels.
struct Preprocessing {
  int resize = 256;
  int crop = 224;
  std::array<float, 3> mean{};
  std::array<float, 3> std{1, 1, 1};
  bool bgr = false;
};

enum class Crop { kCenter, kFive, kTen, kRandom, kRandomResized };

// ITU-R BT.601 luma, as Pillow's grey has it.
inline constexpr std::array<double, 3> kGrey = {0.299, 0.587, 0.114};

// How many operations RandAugment may draw for an image.
inline constexpr int kMaxOperations = 5;

// What may vary from epoch to epoch (src/pipeline/augmentation.ts documents each field).
struct Augmentation {
  Crop crop = Crop::kCenter;
  double area_min = 0.08, area_max = 1;
  double ratio_min = 3.0 / 4, ratio_max = 4.0 / 3;
  double flip = 0;
  double brightness = 0, contrast = 0, saturation = 0;
  double hue = 0;
  double noise = 0;
  double vertical_flip = 0;
  double grayscale = 0;
  double rotation = 0;
  double blur = 0, blur_sigma_min = 0.1, blur_sigma_max = 2;
  double erase = 0;
  double erase_area_min = 0.02, erase_area_max = 0.33;
  double erase_ratio_min = 0.3, erase_ratio_max = 3.3;
  bool erase_noise = false;
  int rand_augment = 0;  // At most kMaxOperations.
  int rand_augment_magnitude = 9;
  double mixup = 0, cutmix = 0;
  double mix_probability = 1;

  int views() const { return crop == Crop::kTen ? 10 : crop == Crop::kFive ? 5 : 1; }
};

// A rectangle in pixels of the upright image; edges may lie between pixels.
struct Window {
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;
};

// Where an upright window begins on the upright axes, in the direction of the stored pixels:
// backwards if `reversed_x` or `reversed_y`.
struct TurnedWindow {
  double left = 0, top = 0;
  bool reversed_x = false, reversed_y = false;
};
TurnedWindow turn(const Window& window, const ImageSize& size);

// What a view goes through as a whole, once it has its colours (core/effects.h says how).
enum class EffectKind {
  kVerticalFlip,
  kRotate,
  kBlur,
  kShearX,
  kShearY,
  kTranslateX,
  kTranslateY,
  kBrightness,
  kColor,
  kContrast,
  kSharpness,
  kPosterize,
  kSolarize,
  kAutocontrast,
  kEqualize,
};

struct Effect {
  EffectKind kind = EffectKind::kVerticalFlip;
  float amount = 0;  // In the kind's own unit; 0 where it has none.
};

// A few effects in the order they are applied, held in place.
class EffectList {
 public:
  void add(EffectKind kind, float amount = 0) { effects_.at(count_++) = {kind, amount}; }
  bool empty() const { return count_ == 0; }
  const Effect* begin() const { return effects_.data(); }
  const Effect* end() const { return effects_.data() + count_; }

 private:
  static constexpr int kCapacity = kMaxOperations + 3;  // And a flip, a rotation and a blur.
  std::array<Effect, kCapacity> effects_{};
  int count_ = 0;
};

// A rectangle of the finished view that is blotted out.
struct Erasure {
  Region region;       // Without width nothing is erased.
  bool noise = false;  // With N(0, 1) in normalised units, else with 0.
  std::uint64_t key = 0;
};

// One rendered view of one sample: resample `window` to size × size, mirror, colour, apply effects,
// add noise, normalise, erase.
struct Recipe {
  Window window;
  int size = 0;  // Side of the square output in pixels.
  bool flip = false;
  // 3×4, row-major: colour' = A · (red, green, blue, mean grey of the view)ᵀ.
  std::array<float, 12> color{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
  std::uint64_t noise_key = 0;
  float noise_sigma = 0;  // In 0…255 units.
  EffectList effects;
  std::array<float, 3> fill{};  // RGB in 0…255 units: what effects move in from outside the view.
  Erasure erasure;
};

// The key of a sample's random numbers.
struct SampleKey {
  std::uint64_t seed = 0;
  std::uint64_t epoch = 0;
  std::uint64_t sample = 0;
};

// Draws the recipes of all views of a sample whose upright image is width × height. Five-crop gives
// top left, top right, bottom left, bottom right, centre; ten-crop adds the same five mirrored.
// Throws ImageError if a side of the resized image would exceed 2³¹ − 1.
void draw_recipes(const Augmentation& augmentation, const Preprocessing& preprocessing,
                  const SampleKey& key, int width, int height, std::vector<Recipe>& recipes);

}  // namespace bobbin::core
