// Draws every number even if an option is off, so that no option changes what the others draw. A
// new option draws last.
#include "core/recipe/draw_effects.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <vector>

#include "core/base/random.h"
#include "core/effects/effects.h"
#include "core/effects/operation.h"
#include "core/effects/operations.h"
#include "core/recipe/augmentation.h"
#include "core/recipe/recipe.h"

namespace bobbin::core {
namespace {

constexpr double kLargestMagnitude = 30;

// RandAugment's operations except for the identity, in the order of the list.
const std::vector<const Operation*>& rand_augment_operations() {
  static const std::vector<const Operation*> kDrawn = [] {
    std::vector<const Operation*> found;
    std::copy_if(kOperations.begin(), kOperations.end(), std::back_inserter(found),
                 [](const Operation* operation) { return operation->magnitude != nullptr; });
    return found;
  }();
  return kDrawn;
}

void add_rand_augment(const Augmentation& augmentation, const SampleKey& key, int size,
                      EffectList& effects) {
  const std::vector<const Operation*>& operations = rand_augment_operations();
  const int identity = static_cast<int>(operations.size());
  Random random(random_key(key.seed, key.epoch, key.sample, Stream::kRandAugment));
  const double strength = augmentation.rand_augment_magnitude / kLargestMagnitude;
  for (int i = 0; i < std::min(augmentation.rand_augment, kMaxOperations); ++i) {
    const int index = random.below(identity + 1);
    const int sign = random.below(2) == 0 ? 1 : -1;
    if (index == identity) continue;
    const Operation& operation = *operations[static_cast<std::size_t>(index)];
    effects.add(operation, {static_cast<float>(operation.magnitude(strength, sign, size))});
  }
}

// Where the corners of a size × size view go: top left, top right, bottom right, bottom left. Each
// coordinate moves inwards by at most `scale` of half the view (torchvision's RandomPerspective).
Amounts draw_corners(double scale, int size, Random& random) {
  const int half = size / 2;
  const int reach = static_cast<int>(scale * half);
  const auto low = [&] { return static_cast<float>(random.below(reach + 1)); };
  const auto high = [&] { return static_cast<float>(size - 1) - low(); };
  return {low(), low(), high(), low(), high(), high(), low(), high()};
}

}  // namespace

EffectList draw_effects(const Augmentation& augmentation, const SampleKey& key, int size,
                        Random& random) {
  const bool flipped = random.uniform() < augmentation.vertical_flip;
  const double angle = random.uniform(-augmentation.rotation, augmentation.rotation);
  const bool blurred = random.uniform() < augmentation.blur;
  const double sigma = random.uniform(augmentation.blur_sigma.min, augmentation.blur_sigma.max);
  const bool projected = random.uniform() < augmentation.perspective;
  const Amounts corners = draw_corners(augmentation.perspective_scale, size, random);
  EffectList effects;
  if (flipped) effects.add(kVerticalFlip);
  add_rand_augment(augmentation, key, size, effects);
  if (augmentation.rotation > 0) effects.add(kRotate, {static_cast<float>(angle)});
  if (projected) effects.add(kPerspective, corners);
  if (blurred) effects.add(kBlur, {static_cast<float>(sigma)});
  return effects;
}

Erasure draw_erasure(const Augmentation& augmentation, const SampleKey& key, int size) {
  Erasure erasure;
  erasure.noise = augmentation.erase_noise;
  erasure.key = random_key(key.seed, key.epoch, key.sample, Stream::kErase);
  Random random(erasure.key);
  if (random.uniform() >= augmentation.erase) return erasure;
  const double area = static_cast<double>(size) * size;
  const double log_min = std::log(augmentation.erase_ratio.min);
  const double log_max = std::log(augmentation.erase_ratio.max);
  for (int attempt = 0; attempt < 10; ++attempt) {
    const double target =
        area * random.uniform(augmentation.erase_area.min, augmentation.erase_area.max);
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
