// Every number is drawn whether it is used or not, so that options do not move each other.
#include "core/draw_effects.h"

#include <cmath>

namespace bobbin::core {

EffectList draw_effects(const Augmentation& augmentation, Random& random) {
  const bool flipped = random.uniform() < augmentation.vertical_flip;
  const double angle = random.uniform(-augmentation.rotation, augmentation.rotation);
  const bool blurred = random.uniform() < augmentation.blur;
  const double sigma = random.uniform(augmentation.blur_sigma_min, augmentation.blur_sigma_max);
  EffectList effects;
  if (flipped) effects.add(EffectKind::kVerticalFlip);
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
