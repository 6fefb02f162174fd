// Every number is drawn whether it is used or not, so that options do not move each other.
#include "core/recipe/draw_effects.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace bobbin::core {
namespace {

constexpr double kLargestMagnitude = 30;

// RandAugment's operations but for the identity.
constexpr std::array kOperations = {
    EffectKind::kShearX,     EffectKind::kShearY,   EffectKind::kTranslateX,
    EffectKind::kTranslateY, EffectKind::kRotate,   EffectKind::kBrightness,
    EffectKind::kColor,      EffectKind::kContrast, EffectKind::kSharpness,
    EffectKind::kPosterize,  EffectKind::kSolarize, EffectKind::kAutocontrast,
    EffectKind::kEqualize,
};

// An operation's amount at a strength of 0…1, towards `sign`.
double amount_of(EffectKind kind, double strength, int sign, int size) {
  switch (kind) {
    case EffectKind::kShearX:
    case EffectKind::kShearY:
      return sign * 0.3 * strength;
    case EffectKind::kTranslateX:
    case EffectKind::kTranslateY:
      return sign * std::trunc(150.0 / 331 * size * strength);
    case EffectKind::kRotate:
      return sign * 30 * strength;
    case EffectKind::kBrightness:
    case EffectKind::kColor:
    case EffectKind::kContrast:
    case EffectKind::kSharpness:
      return 1 + sign * 0.9 * strength;
    case EffectKind::kPosterize:
      return std::nearbyint(8 - 4 * strength);
    case EffectKind::kSolarize:
      return 255 * (1 - strength);
    default:
      return 0;
  }
}

void add_rand_augment(const Augmentation& augmentation, const SampleKey& key, int size,
                      EffectList& effects) {
  Random random(random_key(key.seed, key.epoch, key.sample, Stream::kRandAugment));
  const double strength = augmentation.rand_augment_magnitude / kLargestMagnitude;
  for (int i = 0; i < std::min(augmentation.rand_augment, kMaxOperations); ++i) {
    const auto index = static_cast<std::size_t>(random.below(kOperations.size() + 1));
    const int sign = random.below(2) == 0 ? 1 : -1;
    if (index == kOperations.size()) continue;
    const EffectKind kind = kOperations[index];
    effects.add(kind, static_cast<float>(amount_of(kind, strength, sign, size)));
  }
}

}  // namespace

EffectList draw_effects(const Augmentation& augmentation, const SampleKey& key, int size,
                        Random& random) {
  const bool flipped = random.uniform() < augmentation.vertical_flip;
  const double angle = random.uniform(-augmentation.rotation, augmentation.rotation);
  const bool blurred = random.uniform() < augmentation.blur;
  const double sigma = random.uniform(augmentation.blur_sigma_min, augmentation.blur_sigma_max);
  EffectList effects;
  if (flipped) effects.add(EffectKind::kVerticalFlip);
  add_rand_augment(augmentation, key, size, effects);
  if (augmentation.rotation > 0) effects.add(EffectKind::kRotate, static_cast<float>(angle));
  if (blurred) effects.add(EffectKind::kBlur, static_cast<float>(sigma));
  return effects;
}

Erasure draw_erasure(const Augmentation& augmentation, const SampleKey& key, int size) {
  Erasure erasure;
  erasure.noise = augmentation.erase_noise;
  erasure.key = random_key(key.seed, key.epoch, key.sample, Stream::kErase);
  Random random(erasure.key);
  if (random.uniform() >= augmentation.erase) return erasure;
  const double area = static_cast<double>(size) * size;
  const double log_min = std::log(augmentation.erase_ratio_min);
  const double log_max = std::log(augmentation.erase_ratio_max);
  for (int attempt = 0; attempt < 10; ++attempt) {
    const double target =
        area * random.uniform(augmentation.erase_area_min, augmentation.erase_area_max);
    const double ratio = std::exp(random.uniform(log_min, log_max));
    const int width = static_cast<int>(std::lround(std::sqrt(target * ratio)));
    const int height = static_cast<int>(std::lround(std::sqrt(target / ratio)));
    if (width < 1 || height < 1 || width >= size || height >= size) continue;
    const int left = random.below(size - width + 1);
    erasure.region = {left, random.below(size - height + 1), width, height};
    break;
  }
  return erasure;
}

}  // namespace bobbin::core
