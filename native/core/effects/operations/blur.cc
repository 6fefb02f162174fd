// A Gaussian blur by its σ in pixels: 2⌈3σ⌉ + 1 taps, edges mirrored but not repeated
// (torchvision's gaussian_blur).
#include <algorithm>
#include <array>
#include <cmath>

#include "core/effects/operation.h"
#include "core/effects/operations.h"

namespace bobbin::core {
namespace {

// -1 is 1, as in numpy's and torch's padding "reflect"; edges farther than the view mirror again.
int reflected(int i, int size) {
  const int period = std::max(1, 2 * (size - 1));
  const int folded = (i % period + period) % period;
  return std::min(folded, period - folded);
}

// One side of a Gaussian, from its middle on; both sides together sum to 1.
class HalfGaussian {
 public:
  static constexpr int kMaxRadius = 30;

  explicit HalfGaussian(float sigma)
      : radius_(std::min(kMaxRadius, static_cast<int>(std::ceil(3 * sigma)))) {
    float sum = 0;
    for (int i = 0; i <= radius_; ++i) {
      weights_[i] = std::exp(-0.5f * static_cast<float>(i * i) / (sigma * sigma));
      sum += (i == 0 ? 1 : 2) * weights_[i];
    }
    for (float& weight : weights_) weight /= sum;
  }
  int radius() const { return radius_; }
  float operator[](int distance) const { return weights_[distance]; }

 private:
  int radius_;
  std::array<float, kMaxRadius + 1> weights_{};
};

// One pass of a blur: `at(k)` has for each value the one k steps further on.
template <typename At>
void blur_line(const HalfGaussian& gaussian, int count, const At& at, float* target) {
  const float* middle = at(0);
  const float middle_weight = gaussian[0];
  for (int i = 0; i < count; ++i) target[i] = middle_weight * middle[i];
  for (int k = 1; k <= gaussian.radius(); ++k) {
    const float *before = at(-k), *after = at(k);
    const float weight = gaussian[k];
    for (int i = 0; i < count; ++i) target[i] += weight * (before[i] + after[i]);
  }
}

void blur(const Amounts& sigma, const EffectView& view) {
  const HalfGaussian gaussian(sigma[0]);
  const int size = view.size, radius = gaussian.radius(), row = 3 * size;
  float* const values = view.values.data();
  view.scratch.view.resize(view.values.size());
  view.scratch.line.resize(row + 2 * 3 * HalfGaussian::kMaxRadius);
  float* const blurred = view.scratch.view.data();
  float* const middle = view.scratch.line.data() + 3 * radius;
  for (int y = 0; y < size; ++y) {
    std::copy_n(values + y * row, row, middle);
    for (int k = 1; k <= radius; ++k) {
      std::copy_n(values + y * row + 3 * reflected(-k, size), 3, middle - 3 * k);
      std::copy_n(values + y * row + 3 * reflected(size - 1 + k, size), 3,
                  middle + row + 3 * (k - 1));
    }
    blur_line(gaussian, row, [&](int k) { return middle + 3 * k; }, blurred + y * row);
  }
  for (int y = 0; y < size; ++y) {
    const auto line = [&](int k) { return blurred + reflected(y + k, size) * row; };
    blur_line(gaussian, row, line, values + y * row);
  }
}

}  // namespace

const Operation kBlur = {.name = "blur", .apply = blur};

}  // namespace bobbin::core
