// What may vary from epoch to epoch; src/pipeline/augmentation.ts documents each option and checks
// its values.
#pragma once

#include <array>
#include <vector>

namespace bobbin::core {

enum class Crop { kCenter, kFive, kTen, kRandom, kRandomResized };
inline constexpr std::array kCropNames = {"center", "five", "ten", "random", "random-resized"};

inline constexpr std::array kEraseFillNames = {"mean", "noise"};

struct Range {
  double min = 0, max = 0;
};

// What is made of each fixed window beside the plain view (src/pipeline/variants.ts).
struct Variant {
  double scale = 1;  // Times the preprocessing's `resize`, rounded; the canvas covers the window.
  bool mirror = false;
  double turn = 0;  // Degrees counter-clockwise, after the mirror.
};

// Without changes: the centre crop and nothing else, as `evaluationAugmentation` of TypeScript.
struct Augmentation {
  Crop crop = Crop::kCenter;
  Range area{0.08, 1};
  Range ratio{3.0 / 4, 4.0 / 3};
  double flip = 0;
  double brightness = 0;
  double contrast = 0;
  double saturation = 0;
  double hue = 0;
  double noise = 0;
  double vertical_flip = 0;
  double grayscale = 0;
  int rand_augment = 0;  // At most kMaxOperations.
  int rand_augment_magnitude = 9;
  double rotation = 0;
  double blur = 0;
  Range blur_sigma{0.1, 2};
  double perspective = 0;
  double perspective_scale = 0.5;
  double erase = 0;
  Range erase_area{0.02, 0.33};
  Range erase_ratio{0.3, 3.3};
  bool erase_noise = false;
  double mixup = 0;
  double cutmix = 0;
  double mix_probability = 1;
  std::vector<Variant> variants{Variant{}};  // At least one.

  int windows() const { return crop == Crop::kTen ? 10 : crop == Crop::kFive ? 5 : 1; }
  int views() const { return windows() * static_cast<int>(variants.size()); }
};

// Calls `visit(name, member)` for each option by its name in TypeScript, and
// `visit(name, member, choices)` where it is one of a few words.
template <typename AnyAugmentation, typename Visit>
void for_each_option(AnyAugmentation& of, const Visit& visit) {
  visit("crop", of.crop, kCropNames);
  visit("area", of.area);
  visit("ratio", of.ratio);
  visit("flip", of.flip);
  visit("brightness", of.brightness);
  visit("contrast", of.contrast);
  visit("saturation", of.saturation);
  visit("hue", of.hue);
  visit("noise", of.noise);
  visit("verticalFlip", of.vertical_flip);
  visit("grayscale", of.grayscale);
  visit("randAugment", of.rand_augment);
  visit("randAugmentMagnitude", of.rand_augment_magnitude);
  visit("rotation", of.rotation);
  visit("blur", of.blur);
  visit("blurSigma", of.blur_sigma);
  visit("perspective", of.perspective);
  visit("perspectiveScale", of.perspective_scale);
  visit("erase", of.erase);
  visit("eraseArea", of.erase_area);
  visit("eraseRatio", of.erase_ratio);
  visit("eraseFill", of.erase_noise, kEraseFillNames);
  visit("mixup", of.mixup);
  visit("cutmix", of.cutmix);
  visit("mixProbability", of.mix_probability);
}

}  // namespace bobbin::core
