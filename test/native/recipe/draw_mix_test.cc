// Compares the draws of mixup and cutmix with their distributions.
#include "core/recipe/draw_mix.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/base/image.h"
#include "core/base/random.h"
#include "core/recipe/recipe.h"
#include "support/check.h"

using namespace bobbin::core;

namespace {

// I_x(a, a), the distribution function of Beta(a, a): by its power series (DLMF 8.17.7) below ½, by
// symmetry above.
double beta_cdf(double x, double a) {
  if (x > 0.5) return 1 - beta_cdf(1 - x, a);
  double sum = 0, factor = 1;
  for (int n = 0; n < 200; ++n) {
    sum += factor / (a + n);
    factor *= (n + 1 - a) / (n + 1) * x;
  }
  return sum * std::exp(a * std::log(x) + std::lgamma(2 * a) - 2 * std::lgamma(a));
}

Augmentation mixing(double mixup, double cutmix, double probability = 1) {
  Augmentation augmentation;
  augmentation.mixup = mixup;
  augmentation.cutmix = cutmix;
  augmentation.mix_probability = probability;
  return augmentation;
}

}  // namespace

TEST("when beta variates are drawn, then mean, variance and distribution follow the formula") {
  constexpr int kDraws = 1 << 17;
  for (const double alpha : {0.2, 0.5, 1.0, 4.0}) {
    Random random(random_key(3, 1, 4, Stream::kMix));
    std::vector<double> values(kDraws);
    double sum = 0, squares = 0;
    for (double& value : values) {
      value = draw_symmetric_beta(random, alpha);
      sum += value;
      squares += (value - 0.5) * (value - 0.5);
    }
    const double variance = 1 / (4 * (2 * alpha + 1));
    CHECK_NEAR(sum / kDraws, 0.5, 4 * std::sqrt(variance / kDraws));
    CHECK_NEAR(squares / kDraws / variance, 1.0, 0.015);
    std::sort(values.begin(), values.end());
    double distance = 0;
    for (int i = 0; i < kDraws; ++i) {
      const double seen = static_cast<double>(i) / kDraws;
      distance = std::max(distance, std::abs(beta_cdf(values[i], alpha) - seen));
    }
    CHECK(distance < 1.95 / std::sqrt(kDraws));  // Kolmogorov-Smirnov at 0.1%.
  }
}

TEST("when alpha is tiny or huge, then beta variates are still between 0 and 1") {
  Random random(7);
  for (int i = 0; i < 20000; ++i) {
    const double value = draw_symmetric_beta(random, i % 2 == 0 ? 1e-6 : 1e6);
    CHECK(value >= 0 && value <= 1);
    CHECK(i % 2 == 0 || std::abs(value - 0.5) < 0.01);
  }
}

TEST("when cutmix is drawn, then the rectangle is inside and its area is the partner's weight") {
  constexpr int kSide = 37, kDraws = 4000;
  int cut_off = 0, columns[kSide] = {};
  for (int sample = 0; sample < kDraws; ++sample) {
    const Mix mix = draw_mix(mixing(0, 1), {1, 2, static_cast<std::uint64_t>(sample)}, kSide);
    const Region& region = mix.pasted.value();
    CHECK(region.left >= 0 && region.left + region.width <= kSide);
    CHECK(region.top >= 0 && region.top + region.height <= kSide);
    const double area = static_cast<double>(region.width) * region.height;
    CHECK_EQUAL(mix.weight, static_cast<float>(1 - area / (kSide * kSide)));
    cut_off += region.width != region.height;
    for (int x = region.left; x < region.left + region.width; ++x) ++columns[x];
  }
  CHECK(cut_off > kDraws / 4);
  // Left and right are equally likely: four standard errors of a difference of counts.
  CHECK_NEAR(columns[4] - columns[kSide - 5], 0, 4 * std::sqrt(2.0 * kDraws / 4));
}

TEST("when both kinds are on, then each gets half of the mixed rows") {
  constexpr int kDraws = 20000;
  int blended = 0, cut = 0;
  for (int sample = 0; sample < kDraws; ++sample) {
    const Mix mix = draw_mix(mixing(1, 1, 0.4), {5, 0, static_cast<std::uint64_t>(sample)}, 1000);
    if (mix.mixed()) ++(mix.pasted ? cut : blended);
  }
  const double four_errors = 4 * std::sqrt(kDraws * 0.2 * 0.8);
  CHECK_NEAR(blended, 0.2 * kDraws, four_errors);
  CHECK_NEAR(cut, 0.2 * kDraws, four_errors);
}

TEST("when mixing is off, then no row is mixed") {
  for (std::uint64_t sample = 0; sample < 100; ++sample) {
    CHECK(!draw_mix(mixing(0, 0), {1, 1, sample}, 32).mixed());
    CHECK(!draw_mix(mixing(1, 1, 0), {1, 1, sample}, 32).mixed());
  }
}

TEST("when partners are drawn, then all except the sample itself are equally likely") {
  constexpr int kCount = 11, kDraws = 20000;
  std::vector<int> seen(kCount);
  for (int attempt = 0; attempt < kDraws; ++attempt) {
    ++seen[draw_partner({8, 3, 6}, static_cast<std::uint64_t>(attempt), kCount)];
  }
  CHECK_EQUAL(seen[6], 0);
  double chi_square = 0;
  for (int i = 0; i < kCount; ++i) {
    const double expected = static_cast<double>(kDraws) / (kCount - 1);
    if (i != 6) chi_square += (seen[i] - expected) * (seen[i] - expected) / expected;
  }
  CHECK(chi_square < 27.9);  // 99.9% of 9 degrees of freedom.
}
