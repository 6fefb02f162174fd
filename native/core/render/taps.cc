// Positions are computed in double, since an error would show in every pixel. Four outputs are
// computed at a time; those after the last one are overwritten or never read.
#include "core/render/taps.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <vector>

#include "core/base/filter.h"
#include "core/kernels/kernels.h"

namespace bobbin::core {
namespace {

using Four = float __attribute__((vector_size(16)));
using FourInts = std::int32_t __attribute__((vector_size(16)));
using FourDoubles = double __attribute__((vector_size(32)));
constexpr FourDoubles kSteps = {0, 1, 2, 3};

// The filter's height at a distance from its top, in samples of `slope` steps.
template <FilterKind kind>
[[gnu::always_inline]] inline Four height_at(const Four& distance, float slope) {
  const Four x = (distance < 0 ? -distance : distance) * slope;
  if constexpr (kind == FilterKind::kBilinear) {
    const Four height = 1 - x;
    return height > 0 ? height : Four{};
  } else {
    const Four near = (1.5f * x - 2.5f) * x * x + 1, far = ((2.5f - 0.5f * x) * x - 4) * x + 2;
    return x < 1 ? near : x < 2 ? far : Four{};
  }
}

[[gnu::always_inline]] inline FourInts clamp(const FourInts& values, int low, int high) {
  const FourInts least = values > low ? values : FourInts{} + low;
  return least < high ? least : FourInts{} + high;
}

template <typename Vector, typename Value>
[[gnu::always_inline]] inline Vector load(const Value* from) {
  Vector vector;
  std::memcpy(&vector, from, sizeof vector);
  return vector;
}
template <typename Vector, typename Value>
[[gnu::always_inline]] inline void store(Value* to, const Vector& vector) {
  std::memcpy(to, &vector, sizeof vector);
}

}  // namespace

void Taps::resize(int outputs, int count, const Axis& axis) {
  outputs_ = outputs;
  count_ = std::min(count, axis.held() - axis.begin);
  stride_ = (outputs + kMaxWidth + 3) / 4 * 4;
  first_.resize(stride_);
  weights_.resize(static_cast<std::size_t>(stride_) * count_);
}

// Counts samples from the first one that is needed, and rounds weights to words. Outputs are in
// ascending or descending order; those after the last one take the same samples as that one.
void Taps::finish() {
  const int last = first_[outputs_ - 1];
  begin_ = std::min(first_.front(), last);
  end_ = std::max(first_.front(), last) + count_;
  std::fill(first_.begin() + outputs_, first_.end(), last);
  for (int& first : first_) first -= begin_;
  if (count_ > kMostWords) return;
  words_.resize(weights_.size());
  const bool has_signs = kind_ == FilterKind::kBicubic;
  const float unit = has_signs ? 0x1p14f : 0x1p16f, zero = has_signs ? 0x1p15f : 0;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    // In this argument order std::min turns NaN, which outputs after the last one may have, into a
    // valid word.
    const float shifted = std::max(0.0f, std::min(65535.0f, weights_[i] * unit + (zero + 0.5f)));
    const int word = (static_cast<int>(shifted) - static_cast<int>(zero)) & 0xffff;
    words_[i] = static_cast<WordPair>(word << 16 | word);
  }
}

void Taps::set(double start, double length, int outputs, bool reversed, const Axis& axis,
               FilterKind kind) {
  kind_ = kind;
  axis_ = axis;
  const double step = length / outputs;
  const double reach = support_of(kind) * std::max(1.0, step);
  slope_ = static_cast<float>(1 / std::max(1.0, step));
  resize(outputs, static_cast<int>(std::ceil(2 * reach)), axis);
  const double origin = start + (reversed ? outputs - 0.5 : 0.5) * step;
  const double turn = reversed ? -step : step;
  if (kind == FilterKind::kBilinear) {
    set_weights<FilterKind::kBilinear>(origin, turn, reach, axis);
  } else {
    set_weights<FilterKind::kBicubic>(origin, turn, reach, axis);
  }
  finish();
}

// Output i has its top at origin + i · turn, and the filter's height is zero from `reach` on.
template <FilterKind kind>
void Taps::set_weights(double origin, double turn, double reach, const Axis& axis) {
  distances_.resize(stride_);
  scales_.resize(stride_);
  // Copies, since the compiler must assume that a store changes any member.
  const float slope = slope_;
  const int count = count_, stride = stride_, begin = axis.begin, last = axis.held() - count;
  for (int i = 0; i < outputs_; i += 4) {
    const FourDoubles center = origin + (kSteps + i) * turn;
    const FourInts first =
        clamp(__builtin_convertvector(center - (reach - 0.5), FourInts), begin, last);
    const Four distance =
        __builtin_convertvector(__builtin_convertvector(first, FourDoubles) + 0.5 - center, Four);
    float* const weight = weights_.data() + i;
    Four total{}, at = distance;
    for (int k = 0; k < count; ++k, at += 1) {
      const Four height = height_at<kind>(at, slope);
      store(weight + std::ptrdiff_t{k} * stride, height);
      total += height;
    }
    const Four scale = 1 / total;
    for (int k = 0; k < count; ++k) {
      float* const at_k = weight + std::ptrdiff_t{k} * stride;
      store(at_k, load<Four>(at_k) * scale);
    }
    store(first_.data() + i, first);
    store(distances_.data() + i, distance);
    store(scales_.data() + i, scale);
  }
}

void Taps::halve(const Taps& whole, const Axis& axis) {
  kind_ = whole.kind_;
  resize(whole.outputs_, whole.count_ / 2 + 2, axis);
  if (kind_ == FilterKind::kBilinear) {
    halve_weights<FilterKind::kBilinear>(whole, axis);
  } else {
    halve_weights<FilterKind::kBicubic>(whole, axis);
  }
  // Near an edge of either axis the filter's height alone does not say which samples count.
  for (int i = 0; i < outputs_; ++i) {
    const int first = whole.begin_ + whole.first_[i];
    if (first_[i] == 0 || first_[i] + count_ == axis.length || first == whole.axis_.first ||
        first + whole.count_ == whole.axis_.length) {
      halve_at_edge(whole, i, axis);
    }
  }
  finish();
}

template <FilterKind kind>
void Taps::halve_weights(const Taps& whole, const Axis& axis) {
  const float slope = whole.slope_;
  const int count = count_, stride = stride_, begin = axis.begin, last = axis.held() - count;
  for (int i = 0; i < outputs_; i += 4) {
    const FourInts whole_first = load<FourInts>(whole.first_.data() + i) + whole.begin_;
    // An even sample also needs the previous chroma sample.
    const FourInts first = clamp((whole_first + 1) / 2 - 1, begin, last);
    Four at = load<Four>(whole.distances_.data() + i) +
              __builtin_convertvector(2 * first - whole_first, Four);
    const Four scale = load<Four>(whole.scales_.data() + i);
    Four before = height_at<kind>(at - 1, slope), left = height_at<kind>(at, slope);
    float* const weight = weights_.data() + i;
    for (int k = 0; k < count; ++k, at += 2) {
      const Four right = height_at<kind>(at + 1, slope);
      const Four behind = height_at<kind>(at + 2, slope);
      store(weight + std::ptrdiff_t{k} * stride,
            (0.75f * (left + right) + 0.25f * (before + behind)) * scale);
      before = right;
      left = behind;
    }
    store(first_.data() + i, first);
  }
}

// At an edge of the halved axis a neighbour is missing: the edge's own sample replaces it.
void Taps::halve_at_edge(const Taps& whole, int output, const Axis& axis) {
  const auto weight = [&](int sample) -> float& {
    return weights_[std::ptrdiff_t{sample - first_[output]} * stride_ + output];
  };
  for (int k = 0; k < count_; ++k) weight(first_[output] + k) = 0;
  for (int k = 0; k < whole.count_; ++k) {
    const float from = whole.weights_[std::ptrdiff_t{k} * whole.stride_ + output];
    if (from == 0) continue;
    const int sample = whole.begin_ + whole.first_[output] + k, near = sample / 2;
    const int far = std::clamp(sample % 2 == 0 ? near - 1 : near + 1, 0, axis.length - 1);
    weight(near) += 0.75f * from;
    weight(far) += 0.25f * from;
  }
}

void Taps::totals(std::vector<float>& totals) const {
  totals.assign(end_ - begin_, 0.0f);
  // Neighbouring outputs share samples. Adding the k-th samples of all outputs first keeps each
  // sum independent of the one before.
  for (int k = 0; k < count_; ++k) {
    const float* const weights = weights_.data() + std::ptrdiff_t{k} * stride_;
    float* const total = totals.data() + k;
    for (int i = 0; i < outputs_; ++i) total[first_[i]] += weights[i];
  }
}

}  // namespace bobbin::core
