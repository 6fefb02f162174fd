// Places are computed in double: errors would be in every pixel. Weights are computed four at a
// time; those behind an output's last are overwritten by the next output's.
#include "core/taps.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace bobbin::core {
namespace {

using Four = float __attribute__((vector_size(16)));
constexpr Four kSteps = {0, 1, 2, 3};

// The triangle's height so far from its top.
Four triangle(Four distance, float slope) {
  const Four height = 1 - (distance < 0 ? -distance : distance) * slope;
  return height > 0 ? height : Four{};
}

float sum(const Four& four) { return (four[0] + four[2]) + (four[1] + four[3]); }

Four load(const float* from) {
  Four four;
  std::memcpy(&four, from, sizeof four);
  return four;
}
void store(float* to, const Four& four) { std::memcpy(to, &four, sizeof four); }

}  // namespace

void Taps::resize(std::size_t outputs, int count, const Axis& axis) {
  count_ = std::min(count, axis.held() - axis.begin);
  outputs_ = outputs;
  first_.resize(outputs + kMaxWidth - 1);
  weights_.resize(first_.size() * count_ + 3);
}

// Outputs are in order, one way or the other; those behind the last are where that one is.
void Taps::count_from_begin() {
  const int last = first_[outputs_ - 1];
  begin_ = std::min(first_.front(), last);
  end_ = std::max(first_.front(), last) + count_;
  std::fill(first_.begin() + static_cast<std::ptrdiff_t>(outputs_), first_.end(), last);
  for (int& first : first_) first -= begin_;
}

void Taps::set(double start, double length, int outputs, bool reversed, const Axis& axis) {
  const double step = length / outputs;
  const double reach = std::max(1.0, step);
  slope_ = static_cast<float>(1 / reach);
  resize(outputs, static_cast<int>(std::ceil(2 * reach)), axis);
  tops_.resize(outputs);
  const int origin = reversed ? outputs - 1 : 0, turn = reversed ? -1 : 1;
  // Stores may change any member, for all that a compiler knows.
  const float slope = slope_;
  const int count = count_, last = axis.held() - count;
  float* weight = weights_.data();
  for (int i = 0; i < outputs; ++i, weight += count) {
    const double center = start + (origin + turn * i + 0.5) * step;
    const int first = std::clamp(static_cast<int>(center - reach + 0.5), axis.begin, last);
    const auto distance = static_cast<float>(first + 0.5 - center);
    Four total{}, at = kSteps + distance, left = static_cast<float>(count) - kSteps;
    for (int k = 0; k < count; k += 4, at += 4, left -= 4) {
      const Four heights = left > 0 ? triangle(at, slope) : Four{};
      store(weight + k, heights);
      total += heights;
    }
    const float scale = 1 / sum(total);
    for (int k = 0; k < count; k += 4) store(weight + k, load(weight + k) * scale);
    first_[i] = first;
    tops_[i] = {distance, scale};
  }
  count_from_begin();
}

void Taps::halve(const Taps& whole, const Axis& axis) {
  resize(whole.outputs_, whole.count_ / 2 + 2, axis);
  const float slope = whole.slope_;
  const int count = count_, last = axis.held() - count;
  float* weight = weights_.data();
  for (std::size_t i = 0; i < outputs_; ++i, weight += count) {
    const int whole_first = whole.begin_ + whole.first_[i];
    // An even sample leans to the one before.
    const int first = std::clamp((whole_first + 1) / 2 - 1, axis.begin, last);
    first_[i] = first;
    if (first == 0 || first + count == axis.length) {
      halve_at_edge(whole, i, axis, weight);
      continue;
    }
    const Top top = whole.tops_[i];
    Four at = 2 * kSteps + (top.distance + static_cast<float>(2 * first - whole_first));
    Four left = static_cast<float>(count) - kSteps;
    for (int k = 0; k < count; k += 4, at += 8, left -= 4) {
      const Four near = triangle(at, slope) + triangle(at + 1, slope);
      const Four far = triangle(at - 1, slope) + triangle(at + 2, slope);
      const Four both = (0.75f * near + 0.25f * far) * top.scale;
      store(weight + k, left > 0 ? both : Four{});
    }
  }
  count_from_begin();
}

// Where a neighbour may be missing: the edge itself takes its place.
void Taps::halve_at_edge(const Taps& whole, std::size_t output, const Axis& axis, float* weight) {
  std::fill_n(weight, count_, 0.0f);
  weight -= first_[output];
  const float* from = whole.weights_.data() + output * whole.count_;
  int sample = whole.begin_ + whole.first_[output];
  for (const int end = sample + whole.count_; sample < end; ++sample, ++from) {
    if (*from == 0) continue;
    const int near = sample / 2;
    const int far = std::clamp(sample % 2 == 0 ? near - 1 : near + 1, 0, axis.length - 1);
    weight[near] += 0.75f * *from;
    weight[far] += 0.25f * *from;
  }
}

void Taps::totals(std::vector<float>& totals) const {
  totals.assign(end_ - begin_, 0.0f);
  // Neighbouring outputs share samples: all of one place first, so that no sum waits for another.
  for (int k = 0; k < count_; ++k) {
    const float* weight = weights_.data() + k;
    float* total = totals.data() + k;
    for (std::size_t i = 0; i < outputs_; ++i) {
      total[first_[i]] += *weight;
      weight += count_;
    }
  }
}

}  // namespace bobbin::core
