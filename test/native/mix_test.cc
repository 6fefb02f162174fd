// The draws of mixup and cutmix against their distributions, and the mixing against its formula.
#include "core/mix.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "check.h"

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

TEST(
    "when beta variates are drawn, then mean, variance and distribution are those of the formula") {
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

TEST("when alpha is tiny or huge, then beta variates are numbers from 0 to 1") {
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
  // Left and right alike: four standard errors of a difference of counts.
  CHECK_NEAR(columns[4] - columns[kSide - 5], 0, 4 * std::sqrt(2.0 * kDraws / 4));
}

TEST("when both kinds are on, then each takes half of the share that is mixed") {
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

TEST("when mixing is off, then nothing is mixed") {
  for (std::uint64_t sample = 0; sample < 100; ++sample) {
    CHECK(!draw_mix(mixing(0, 0), {1, 1, sample}, 32).mixed());
    CHECK(!draw_mix(mixing(1, 1, 0), {1, 1, sample}, 32).mixed());
  }
}

TEST("when partners are drawn, then each but the sample itself is as likely") {
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

TEST("when views are mixed, then mixup blends everywhere and cutmix pastes the rectangle") {
  constexpr int kSide = 5, kValues = kSide * kSide * 3;
  std::vector<float> own(kValues), partner(kValues);
  for (int i = 0; i < kValues; ++i) own[i] = static_cast<float>(i), partner[i] = 1000.0f - i;
  std::vector<float> blended = own, pasted = own;
  mix_views({0.25f, std::nullopt}, kSide, {partner.data()}, {blended.data()});
  mix_views({0.76f, Region{1, 2, 3, 2}}, kSide, {partner.data()}, {pasted.data()});
  for (int i = 0; i < kValues; ++i) {
    CHECK_EQUAL(blended[i], 0.25f * static_cast<float>(i) + 0.75f * (1000.0f - i));
    const int x = i / 3 % kSide, y = i / 3 / kSide;
    const bool inside = x >= 1 && x < 4 && y >= 2 && y < 4;
    CHECK_EQUAL(pasted[i], inside ? partner[i] : own[i]);
  }
}

TEST("when views are stored as other types than float32, then mixing rounds to the nearest") {
  constexpr int kSide = 9, kValues = kSide * kSide * 3;
  std::vector<std::uint8_t> own(kValues), partner(kValues);
  std::vector<std::uint16_t> own_half(kValues), partner_half(kValues);
  std::vector<std::uint16_t> own_fine(kValues), partner_fine(kValues);
  for (int i = 0; i < kValues; ++i) {
    own[i] = static_cast<std::uint8_t>(i), partner[i] = static_cast<std::uint8_t>(255 - 7 * i);
    own_half[i] = to_bfloat16(own[i] / 100.0f), partner_half[i] = to_bfloat16(-partner[i] / 9.0f);
    own_fine[i] = to_float16(own[i] / 100.0f), partner_fine[i] = to_float16(-partner[i] / 9.0f);
  }
  std::vector<std::uint8_t> blended = own;
  std::vector<std::uint16_t> blended_half = own_half, pasted_half = own_half;
  std::vector<std::uint16_t> blended_fine = own_fine;
  const Mix blend{0.3f, std::nullopt};
  mix_views(blend, kSide, {partner.data(), PixelType::kUint8}, {blended.data(), PixelType::kUint8});
  mix_views(blend, kSide, {partner_half.data(), PixelType::kBfloat16},
            {blended_half.data(), PixelType::kBfloat16});
  mix_views(blend, kSide, {partner_fine.data(), PixelType::kFloat16},
            {blended_fine.data(), PixelType::kFloat16});
  mix_views({0.5f, Region{0, 0, 4, kSide}}, kSide, {partner_half.data(), PixelType::kBfloat16},
            {pasted_half.data(), PixelType::kBfloat16});
  for (int i = 0; i < kValues; ++i) {
    CHECK_NEAR(blended[i], 0.3 * own[i] + 0.7 * partner[i], 0.5001);
    const double wanted = 0.3 * from_bfloat16(own_half[i]) + 0.7 * from_bfloat16(partner_half[i]);
    CHECK_NEAR(from_bfloat16(blended_half[i]), wanted, std::abs(wanted) / 255 + 1e-6);
    const double fine = 0.3 * from_float16(own_fine[i]) + 0.7 * from_float16(partner_fine[i]);
    CHECK_NEAR(from_float16(blended_fine[i]), fine, std::abs(fine) / 2047 + 1e-6);
    CHECK_EQUAL(pasted_half[i], i / 3 % kSide < 4 ? partner_half[i] : own_half[i]);
  }
}
