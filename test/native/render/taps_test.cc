// Compares filters with their definition: every sample of the axis, in double.
#include "core/render/taps.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/base/filter.h"
#include "core/base/random.h"
#include "core/kernels/kernels.h"
#include "support/check.h"
#include "support/filter_height.h"

using namespace bobbin::core;
using bobbin::test::height_of;

namespace {

// A window on an axis, and the part of it in memory. The axis may be a part of one with `whole`
// samples, as that of a box is.
struct Window {
  double start = 0, length = 0;
  int outputs = 0;
  bool reversed = false;
  int whole = 0;
  Axis axis;
  FilterKind kind = FilterKind::kBilinear;
};

Window draw_window(Random& random, FilterKind kind) {
  Window window;
  window.kind = kind;
  window.whole = window.axis.length = 1 + random.below(300);
  if (random.below(2) == 0) {
    window.axis.first = random.below(window.whole);
    window.axis.length = window.axis.first + 1 + random.below(window.whole - window.axis.first);
  }
  const int counted = window.axis.length - window.axis.first;
  const bool whole = random.below(3) == 0;
  window.length = whole ? counted : random.uniform(0.01, counted);
  window.start = random.uniform(window.axis.first, window.axis.length - window.length);
  window.outputs = 1 + random.below(40);
  window.reversed = random.below(2) == 0;
  const double reach = support_of(kind) * std::max(1.0, window.length / window.outputs);
  const double begin = window.start - reach, end = window.start + window.length + reach;
  window.axis.begin =
      std::max(window.axis.first, static_cast<int>(std::floor(begin)) - random.below(9));
  // Like a decoder's blocks, the part in memory may reach past the axis.
  const int edge = window.axis.length + (random.below(2) == 0 ? 15 : 0);
  window.axis.end = std::min(edge, static_cast<int>(std::ceil(end)) + random.below(9));
  return window;
}

// The weight of every sample in one output.
std::vector<double> weights_of(const Window& window, int output) {
  const double step = window.length / window.outputs, width = std::max(1.0, step);
  const int position = window.reversed ? window.outputs - 1 - output : output;
  const double center = window.start + (position + 0.5) * step;
  std::vector<double> weights(window.whole);
  double sum = 0;
  for (int i = window.axis.first; i < window.axis.length; ++i) {
    sum += weights[i] = height_of(window.kind, (i + 0.5 - center) / width);
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

// From the weights of upsampled samples: libjpeg's triangle filter uses ¾ and ¼ of the neighbours.
std::vector<double> halved(const std::vector<double>& whole) {
  const int last = static_cast<int>(whole.size() + 1) / 2 - 1;
  std::vector<double> half(last + 1);
  for (int i = 0; i < static_cast<int>(whole.size()); ++i) {
    half[i / 2] += 0.75 * whole[i];
    half[std::clamp(i % 2 == 0 ? i / 2 - 1 : i / 2 + 1, 0, last)] += 0.25 * whole[i];
  }
  return half;
}

void compare(const Taps& taps, int output, std::vector<double> wanted, const Axis& axis) {
  const Filter filter = taps.filter(output);
  const int first = taps.begin() + filter.first[0];
  CHECK(first >= axis.begin && first + filter.count <= axis.end);
  CHECK(first >= taps.begin() && first + filter.count <= taps.end());
  for (int k = 0; k < filter.count; ++k) {
    const float weight = filter.weights[k * filter.stride];
    if (first + k < axis.length) {
      wanted[first + k] -= weight;
    } else {
      CHECK_EQUAL(weight, 0);
    }
    if (filter.count > kMostWords) continue;
    const WordPair pair = filter.words[k * filter.stride];
    const auto word = static_cast<std::uint16_t>(pair);
    CHECK_EQUAL(pair >> 16, WordPair{word});
    if (filter.kind == FilterKind::kBilinear) {
      CHECK_NEAR(word * 0x1p-16, weight, 0x1p-16);
    } else {
      CHECK_NEAR(static_cast<std::int16_t>(word) * 0x1p-14, weight, 0x1p-14);
    }
  }
  for (const double difference : wanted) CHECK_NEAR(difference, 0, 2e-6);
}

}  // namespace

TEST(
    "when windows are random, then each output has its filter's weights, also for halved "
    "samples") {
  Random random(8);
  Taps taps, half;
  for (int n = 0; n < 4000; ++n) {
    const Window window =
        draw_window(random, n % 2 == 0 ? FilterKind::kBilinear : FilterKind::kBicubic);
    const Axis& axis = window.axis;
    taps.set(window.start, window.length, window.outputs, window.reversed, axis, window.kind);
    const Axis half_axis{(window.whole + 1) / 2, std::max(0, axis.begin / 2 - 1), axis.end / 2 + 1};
    half.halve(taps, half_axis);
    for (int output = 0; output < window.outputs; ++output) {
      const std::vector<double> wanted = weights_of(window, output);
      compare(taps, output, wanted, axis);
      compare(half, output, halved(wanted), half_axis);
    }
  }
}
