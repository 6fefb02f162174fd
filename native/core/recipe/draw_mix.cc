// Draws λ, the rectangle and the partner from a sample's key.
#include "core/recipe/draw_mix.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "core/base/image.h"
#include "core/base/random.h"
#include "core/recipe/augmentation.h"
#include "core/recipe/recipe.h"

namespace bobbin::core {
namespace {

// The part of a square inside the view.
Region draw_square(int square, int side, Random& random) {
  const int left = random.below(side) - square / 2, top = random.below(side) - square / 2;
  const auto inside = [side](int edge) { return std::clamp(edge, 0, side); };
  Region region{inside(left), inside(top), 0, 0};
  region.width = inside(left + square) - region.left;
  region.height = inside(top + square) - region.top;
  return region;
}

}  // namespace

double draw_symmetric_beta(Random& random, double alpha) {
  // t² / (2 · alpha) is squared_radius · cosine², which overflows where alpha is small.
  const double squared_radius = std::expm1(-std::log(1 - random.uniform()) / alpha);
  const double cosine = std::cos(2 * std::acos(-1.0) * random.uniform());
  return (1 + cosine / std::sqrt(1 / squared_radius + cosine * cosine)) / 2;
}

Mix draw_mix(const Augmentation& augmentation, const SampleKey& key, int side) {
  const auto [mixup, cutmix] = std::pair(augmentation.mixup, augmentation.cutmix);
  if (mixup == 0 && cutmix == 0) return {};
  Random random(random_key(key.seed, key.epoch, key.sample, Stream::kMix));
  if (random.uniform() >= augmentation.mix_probability) return {};
  const bool cuts = cutmix > 0 && (mixup == 0 || random.uniform() < 0.5);
  const double weight = draw_symmetric_beta(random, cuts ? cutmix : mixup);
  if (!cuts) return {static_cast<float>(weight), std::nullopt};
  const int square = static_cast<int>(std::lround(side * std::sqrt(1 - weight)));
  const Region pasted = draw_square(square, side, random);
  const double area = static_cast<double>(pasted.width) * pasted.height;
  return {static_cast<float>(1 - area / (static_cast<double>(side) * side)), pasted};
}

std::uint64_t draw_partner(const SampleKey& key, std::uint64_t attempt, std::uint64_t count) {
  const std::uint64_t partner_key = random_key(key.seed, key.epoch, key.sample, Stream::kPartner);
  return (key.sample + 1 + random_at(partner_key, attempt) % (count - 1)) % count;
}

}  // namespace bobbin::core
