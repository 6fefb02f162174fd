// The filter along one axis of a job, one weight at a time; core/render/taps.h computes a whole
// axis at once.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/filter.h"
#include "device/base/job.h"
#include "device/base/shared.h"

namespace bobbin::device {

// The samples of an output and their weights. Arrays have two entries, like JobAxis: full
// resolution, and chroma.
struct PlacedFilter {
  std::int32_t begin[2], end[2];
  float distance;  // From the filter's top to the centre of the first sample of full resolution.
  float slope;     // Steps in a sample.
  float scale;     // A weight is height · scale; the weights sum to 1.
};

inline constexpr std::int64_t kOneSample = std::int64_t{1} << 32;  // In the unit of JobAxis.

// One past the last sample in memory and on the axis.
BOBBIN_SHARED inline std::int32_t held_end(const JobAxis& axis, int resolution) {
  return std::min(axis.end[resolution], axis.length[resolution]);
}

// A step, which counts as at least one sample for the filter's width.
BOBBIN_SHARED inline std::int64_t width_of(const JobAxis& axis) {
  // Not std::max by reference: the constant has no address on a GPU.
  return axis.step > kOneSample ? axis.step : kOneSample;
}

// The distance from the filter's top from which on it is zero.
BOBBIN_SHARED inline std::int64_t reach_of(const JobAxis& axis) {
  return (axis.filter == core::FilterKind::kBicubic ? 2 : 1) * width_of(axis);
}

// The sum of |distance + k| for k from 0 to count − 1. `count` is small enough for an exact sum.
BOBBIN_SHARED inline double sum_of_distances(double distance, std::int64_t count) {
  const auto before = std::clamp(static_cast<std::int64_t>(1 - distance), std::int64_t{0}, count);
  const auto steps = [](std::int64_t n) { return static_cast<double>(n * (n - 1)); };
  return static_cast<double>(count - 2 * before) * distance + steps(count) / 2 - steps(before);
}

// The filter's height at `samples` after its first sample.
BOBBIN_SHARED inline float height_at(const PlacedFilter& filter, core::FilterKind kind,
                                     float samples) {
  const float distance = filter.distance + samples;
  const float x = (distance < 0 ? -distance : distance) * filter.slope;
  if (kind == core::FilterKind::kBilinear) {
    const float height = 1 - x;
    return height > 0 ? height : 0;
  }
  if (x < 1) return (1.5f * x - 2.5f) * x * x + 1;
  return x < 2 ? ((2.5f - 0.5f * x) * x - 4) * x + 2 : 0;
}

// The bicubic filter's integral from its top to `steps`.
BOBBIN_SHARED inline double bicubic_integral(double steps) {
  const double x = steps < 0 ? -steps : steps;
  const double near = ((0.375 * x - 5.0 / 6) * x * x + 1) * x;
  const double far = (((5.0 / 6 - 0.125 * x) * x - 2) * x + 2) * x - 1.0 / 6;
  const double integral = x < 1 ? near : x < 2 ? far : 0.5;
  return steps < 0 ? -integral : integral;
}

// The sum of a filter's heights at its `count` samples.
BOBBIN_SHARED inline double total_height(const PlacedFilter& filter, core::FilterKind kind,
                                         double distance, std::int64_t count) {
  const double slope = filter.slope;
  if (kind == core::FilterKind::kBilinear) {
    return static_cast<double>(count) - sum_of_distances(distance, count) * slope;
  }
  // By the midpoint rule, the integral differs from so large a sum by less than 2⁻¹⁶ of it.
  constexpr std::int64_t kMostSummed = 256;
  if (count > kMostSummed) {
    const double begin = (distance - 0.5) * slope;
    const double end = begin + static_cast<double>(count) * slope;
    return (bicubic_integral(end) - bicubic_integral(begin)) / slope;
  }
  float sum = 0;
  for (std::int64_t k = 0; k < count; ++k) sum += height_at(filter, kind, static_cast<float>(k));
  return sum;
}

// The filter at an output position, which may lie past the axis's end.
BOBBIN_SHARED inline PlacedFilter filter_at(const JobAxis& axis, int position) {
  constexpr std::int64_t kHalf = kOneSample / 2;
  const std::int64_t center = axis.start + ((2 * std::int64_t{position} + 1) * axis.step >> 1);
  const std::int64_t reach = reach_of(axis);
  const auto first = static_cast<std::int32_t>((center - reach + kHalf) >> 32);
  const auto end = static_cast<std::int32_t>((center + reach + kHalf - 1) >> 32);
  PlacedFilter filter;
  filter.begin[0] = std::clamp(first, std::max(axis.begin[0], axis.first), held_end(axis, 0) - 1);
  filter.end[0] = std::clamp(end, filter.begin[0] + 1, held_end(axis, 0));
  // An even sample also needs the previous chroma sample, an odd one the next.
  const int lean = axis.halved ? 1 : 0;
  filter.begin[1] = std::clamp((filter.begin[0] + lean) / (1 + lean) - lean, axis.begin[1],
                               held_end(axis, 1) - 1);
  filter.end[1] =
      std::clamp(filter.end[0] / (1 + lean) + lean, filter.begin[1] + 1, held_end(axis, 1));
  const double distance =
      static_cast<double>(filter.begin[0] * kOneSample + kHalf - center) * 0x1p-32;
  const std::int64_t count = filter.end[0] - filter.begin[0];
  filter.distance = static_cast<float>(distance);
  filter.slope = 1 / (static_cast<float>(width_of(axis)) * 0x1p-32f);
  filter.scale = 1 / static_cast<float>(total_height(filter, axis.filter, distance, count));
  return filter;
}

// The filter of an output; the axis has `outputs` of them.
BOBBIN_SHARED inline PlacedFilter filter_of(const JobAxis& axis, int outputs, int output) {
  return filter_at(axis, axis.reversed ? outputs - 1 - output : output);
}

// A sample's weight. For halved chroma it includes libjpeg's upsampling: ¾ of the nearer and ¼ of
// the other neighbour, or the nearer one alone at the edge of the photo.
BOBBIN_SHARED inline float weight_at(const PlacedFilter& filter, const JobAxis& axis,
                                     int resolution, int sample) {
  if (resolution == 0 || !axis.halved) {
    return height_at(filter, axis.filter, static_cast<float>(sample - filter.begin[0])) *
           filter.scale;
  }
  const int even = 2 * sample;
  const auto height = [&](int whole) {
    const bool counts = whole >= axis.first && whole < axis.length[0];
    return counts ? height_at(filter, axis.filter, static_cast<float>(whole - filter.begin[0])) : 0;
  };
  const float left = height(even), right = height(even + 1);
  const float before = sample > 0 ? height(even - 1) : left;
  const float behind = sample + 1 < axis.length[1] ? height(even + 2) : right;
  return (0.75f * (left + right) + 0.25f * (before + behind)) * filter.scale;
}

// The total weight of a sample of full resolution in all outputs.
BOBBIN_SHARED inline float total_weight_at(const JobAxis& axis, int outputs, int sample) {
  // Positions whose tops are less than the filter's reach away, in half steps.
  const std::int64_t reach = reach_of(axis);
  const std::int64_t middle = sample * kOneSample + kOneSample / 2 - axis.start;
  const std::int64_t low = 2 * (middle - reach) - axis.step;
  const std::int64_t high = 2 * (middle + reach) - axis.step;
  const std::int64_t first = low < 0 ? 0 : low / (2 * axis.step) + 1;
  const std::int64_t end =
      high < 0 ? 0 : std::min<std::int64_t>(high / (2 * axis.step) + 1, outputs);
  float total = 0;
  for (std::int64_t position = first; position < end; ++position) {
    const PlacedFilter filter = filter_at(axis, static_cast<int>(position));
    total += weight_at(filter, axis, 0, sample);
  }
  return total;
}

}  // namespace bobbin::device
