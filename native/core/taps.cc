// Weights are computed in double: they are few, and errors would be in every pixel.
#include "core/taps.h"

#include <algorithm>
#include <cmath>

namespace bobbin::core {

void Taps::place(const Axis& axis) {
  count_ = 0;
  for (const Span& span : spans_) count_ = std::max(count_, span.end - span.begin);
  first_.resize(spans_.size());
  begin_ = axis.end, end_ = axis.begin;
  for (std::size_t i = 0; i < spans_.size(); ++i) {
    // Samples of weight zero lie behind the others, or before them at the end of what is held.
    first_[i] = std::min(spans_[i].begin, axis.end - count_);
    begin_ = std::min(begin_, first_[i]);
    end_ = std::max(end_, first_[i] + count_);
  }
  weights_.assign(spans_.size() * count_, 0.0f);
}

void Taps::count_from_begin() {
  for (int& first : first_) first -= begin_;
}

void Taps::set(double start, double length, int outputs, bool reversed, const Axis& axis) {
  const double step = length / outputs;
  const double reach = std::max(1.0, step), slope = 1 / reach;
  const auto center = [&](int i) {
    return start + ((reversed ? outputs - 1 - i : i) + 0.5) * step;
  };
  spans_.resize(outputs);
  for (int i = 0; i < outputs; ++i) {
    const int begin = std::clamp(static_cast<int>(center(i) - reach + 0.5), 0, axis.length - 1);
    spans_[i] = {begin,
                 std::clamp(static_cast<int>(center(i) + reach + 0.5), begin + 1, axis.length)};
  }
  place(axis);
  for (int i = 0; i < outputs; ++i) {
    const int count = spans_[i].end - spans_[i].begin;
    const double first = spans_[i].begin + 0.5 - center(i);
    float* weight = weights(i, spans_[i].begin);
    double sum = 0;
    for (int k = 0; k < count; ++k) {
      const double height = std::max(0.0, 1 - std::abs(first + k) * slope);
      weight[k] = static_cast<float>(height);
      sum += height;
    }
    const float scale = static_cast<float>(1 / sum);
    for (int k = 0; k < count; ++k) weight[k] *= scale;
  }
  count_from_begin();
}

void Taps::halve(const Taps& whole, const Axis& axis) {
  spans_.resize(whole.spans_.size());
  for (std::size_t i = 0; i < spans_.size(); ++i) {
    // Odd samples lean to the next, even ones to the one before.
    spans_[i] = {std::max((whole.spans_[i].begin + 1) / 2 - 1, 0),
                 std::min(whole.spans_[i].end / 2, axis.length - 1) + 1};
  }
  place(axis);
  for (int i = 0; i < static_cast<int>(spans_.size()); ++i) {
    const Span& span = whole.spans_[i];
    const float* from = whole.weights_.data() + static_cast<std::ptrdiff_t>(i) * whole.count_ +
                        span.begin - whole.begin_ - whole.first_[i];
    for (int sample = span.begin; sample < span.end; ++sample, ++from) {
      const int near = sample / 2;
      const int far = std::clamp(sample % 2 == 0 ? near - 1 : near + 1, 0, axis.length - 1);
      *weights(i, near) += 0.75f * *from;
      *weights(i, far) += 0.25f * *from;
    }
  }
  count_from_begin();
}

void Taps::totals(std::vector<float>& totals) const {
  totals.assign(end_ - begin_, 0.0f);
  const float* weight = weights_.data();
  for (const int first : first_) {
    for (int k = 0; k < count_; ++k) totals[first + k] += *weight++;
  }
}

}  // namespace bobbin::core
