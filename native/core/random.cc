// Normal deviates by table: a 12-bit slice of a random word picks a quantile.
#include "core/random.h"

#include <array>
#include <cmath>

namespace bobbin::core {
namespace {

constexpr int kQuantiles = 4096;
constexpr int kBitsPerNormal = 16;

// The x at which the standard normal distribution function is p, for p ≤ ½. Newton's method from
// x = 0 descends monotonically because the function is convex left of zero.
double lower_normal_quantile(double p) {
  double x = 0;
  for (int step = 0; step < 60; ++step) {
    const double cdf = 0.5 * std::erfc(-x / std::sqrt(2.0));
    const double density = std::exp(-0.5 * x * x) / std::sqrt(2 * std::acos(-1.0));
    x -= (cdf - p) / density;
  }
  return x;
}

std::array<float, kQuantiles> make_quantiles() {
  std::array<double, kQuantiles> exact{};
  double squares = 0;
  for (int i = 0; i < kQuantiles / 2; ++i) {
    exact[i] = lower_normal_quantile((i + 0.5) / kQuantiles);
    exact[kQuantiles - 1 - i] = -exact[i];
    squares += 2 * exact[i] * exact[i];
  }
  const double to_unit_variance = 1 / std::sqrt(squares / kQuantiles);
  std::array<float, kQuantiles> quantiles{};
  for (int i = 0; i < kQuantiles; ++i) {
    quantiles[i] = static_cast<float>(exact[i] * to_unit_variance);
  }
  return quantiles;
}

// Built while the addon loads, so that the noise loop needs no guard.
const std::array<float, kQuantiles> kNormalQuantiles = make_quantiles();

}  // namespace

void add_normal_noise(float* values, int count, float sigma, std::uint64_t key,
                      std::uint64_t first_word) {
  for (int i = 0; i < count; i += kNormalsPerWord) {
    std::uint64_t word = random_at(key, first_word + i / kNormalsPerWord);
    const int end = i + kNormalsPerWord < count ? i + kNormalsPerWord : count;
    for (int j = i; j < end; ++j) {
      values[j] += sigma * kNormalQuantiles[word % kQuantiles];
      word >>= kBitsPerNormal;
    }
  }
}

}  // namespace bobbin::core
