// The triangle filter along one axis of a job, one weight at a time; core/render/taps.h computes a
// whole axis at once.
#pragma once

#include <algorithm>
#include <cstdint>

#include "device/base/job.h"
#include "device/base/shared.h"

namespace bobbin::device {

// The samples of an output and their weights. Arrays have two entries, like JobAxis: full
// resolution, and chroma.
struct Triangle {
  std::int32_t begin[2], end[2];
  float distance;  // From the triangle's top to the centre of the first sample of full resolution.
  float slope;
  float scale;  // A weight is height · scale; the weights sum to 1.
};

inline constexpr std::int64_t kOneSample = std::int64_t{1} << 32;  // In the unit of JobAxis.

// One past the last sample in memory and on the axis.
BOBBIN_SHARED inline std::int32_t held_end(const JobAxis& axis, int resolution) {
  return std::min(axis.end[resolution], axis.length[resolution]);
}

// Half the triangle's width: one step, but at least one sample.
BOBBIN_SHARED inline std::int64_t reach_of(const JobAxis& axis) {
  // Not std::max by reference: the constant has no address on a GPU.
  return axis.step > kOneSample ? axis.step : kOneSample;
}

// The sum of |distance + k| for k from 0 to count − 1. `count` is small enough for an exact sum.
BOBBIN_SHARED inline double sum_of_distances(double distance, std::int64_t count) {
  const auto before = std::clamp(static_cast<std::int64_t>(1 - distance), std::int64_t{0}, count);
  const auto steps = [](std::int64_t n) { return static_cast<double>(n * (n - 1)); };
  return static_cast<double>(count - 2 * before) * distance + steps(count) / 2 - steps(before);
}

// The triangle at an output position, which may lie past the axis's end.
BOBBIN_SHARED inline Triangle triangle_at(const JobAxis& axis, int position) {
  constexpr std::int64_t kHalf = kOneSample / 2;
  const std::int64_t center = axis.start + ((2 * std::int64_t{position} + 1) * axis.step >> 1);
  const std::int64_t reach = reach_of(axis);
  const auto first = static_cast<std::int32_t>((center - reach + kHalf) >> 32);
  const auto end = static_cast<std::int32_t>((center + reach + kHalf - 1) >> 32);
  Triangle triangle;
  triangle.begin[0] = std::clamp(first, axis.begin[0], held_end(axis, 0) - 1);
  triangle.end[0] = std::clamp(end, triangle.begin[0] + 1, held_end(axis, 0));
  // An even sample also needs the previous chroma sample, an odd one the next.
  const int lean = axis.halved ? 1 : 0;
  triangle.begin[1] = std::clamp((triangle.begin[0] + lean) / (1 + lean) - lean, axis.begin[1],
                                 held_end(axis, 1) - 1);
  triangle.end[1] =
      std::clamp(triangle.end[0] / (1 + lean) + lean, triangle.begin[1] + 1, held_end(axis, 1));
  const double distance =
      static_cast<double>(triangle.begin[0] * kOneSample + kHalf - center) * 0x1p-32;
  const std::int64_t count = triangle.end[0] - triangle.begin[0];
  triangle.distance = static_cast<float>(distance);
  triangle.slope = 1 / (static_cast<float>(reach) * 0x1p-32f);
  const double heights =
      static_cast<double>(count) - sum_of_distances(distance, count) * double{triangle.slope};
  triangle.scale = 1 / static_cast<float>(heights);
  return triangle;
}

// The triangle of an output; the axis has `outputs` of them.
BOBBIN_SHARED inline Triangle triangle_of(const JobAxis& axis, int outputs, int output) {
  return triangle_at(axis, axis.reversed ? outputs - 1 - output : output);
}

// The triangle's height at `samples` after its first sample.
BOBBIN_SHARED inline float height_at(const Triangle& triangle, float samples) {
  const float distance = triangle.distance + samples;
  const float height = 1 - (distance < 0 ? -distance : distance) * triangle.slope;
  return height > 0 ? height : 0;
}

// A sample's weight. For halved chroma it includes libjpeg's upsampling: ¾ of the nearer and ¼ of
// the other neighbour, or the nearer one alone at the edge.
BOBBIN_SHARED inline float weight_at(const Triangle& triangle, const JobAxis& axis, int resolution,
                                     int sample) {
  if (resolution == 0 || !axis.halved) {
    return height_at(triangle, static_cast<float>(sample - triangle.begin[0])) * triangle.scale;
  }
  const int even = 2 * sample, length = axis.length[0];
  const auto at = static_cast<float>(even - triangle.begin[0]);
  const float left = height_at(triangle, at);
  const float right = even + 1 < length ? height_at(triangle, at + 1) : 0;
  const float before = even > 0 ? height_at(triangle, at - 1) : left;
  const float behind = even + 2 < length ? height_at(triangle, at + 2) : right;
  return (0.75f * (left + right) + 0.25f * (before + behind)) * triangle.scale;
}

// The total weight of a sample of full resolution in all outputs.
BOBBIN_SHARED inline float total_weight_at(const JobAxis& axis, int outputs, int sample) {
  // Positions whose tops are less than the triangle's reach away, in half steps.
  const std::int64_t reach = reach_of(axis);
  const std::int64_t middle = sample * kOneSample + kOneSample / 2 - axis.start;
  const std::int64_t low = 2 * (middle - reach) - axis.step;
  const std::int64_t high = 2 * (middle + reach) - axis.step;
  const std::int64_t first = low < 0 ? 0 : low / (2 * axis.step) + 1;
  const std::int64_t end =
      high < 0 ? 0 : std::min<std::int64_t>(high / (2 * axis.step) + 1, outputs);
  float total = 0;
  for (std::int64_t position = first; position < end; ++position) {
    const Triangle triangle = triangle_at(axis, static_cast<int>(position));
    total += weight_at(triangle, axis, 0, sample);
  }
  return total;
}

}  // namespace bobbin::device
