// A view's mean grey, computed before its pixels: a weighted sum of samples, in parts.
#pragma once

#include <algorithm>
#include <cstdint>

#include "device/base/device.h"
#include "device/base/shared.h"
#include "device/render/filter.h"

namespace bobbin::device {

// A view's mean grey is the sum of this many parts, each by its own block.
inline constexpr int kMeanParts = 8;
inline constexpr int kMeanRows = 64;    // Rows whose weights are in memory at a time.
inline constexpr int kMeanLanes = 256;  // Parallel sums; a power of two.

// A block's shared memory.
struct MeanMemory {
  float row_weights[kMeanRows];
  float sums[kMeanLanes];
};

// Samples from `begin` to before `end`.
struct Span {
  int begin, end;
};

// The samples that the outputs of an axis need.
BOBBIN_SHARED inline Span needed(const JobAxis& axis, int outputs) {
  return {filter_at(axis, 0).begin[0], filter_at(axis, outputs - 1).end[0]};
}

BOBBIN_SHARED inline float grey_at(const Job& job, std::int64_t x, std::int64_t y) {
  const auto sample = [&](const JobPlane& plane) {
    return static_cast<float>(plane.samples[(x - job.columns.begin[0]) * plane.step_x +
                                            (y - job.rows.begin[0]) * plane.step_y]);
  };
  if (job.space != core::ColorSpace::kRgb) return sample(job.planes[0]);
  constexpr float kRed = static_cast<float>(core::kGrey[0]);
  constexpr float kGreen = static_cast<float>(core::kGrey[1]);
  constexpr float kBlue = static_cast<float>(core::kGrey[2]);
  return kRed * sample(job.planes[0]) + kGreen * sample(job.planes[1]) +
         kBlue * sample(job.planes[2]);
}

// Each lane adds its columns of `rows` to its sum.
template <typename Threads>
BOBBIN_SHARED void add_rows(const Threads& threads, const Job& job, const Span& rows, int outputs,
                            MeanMemory& memory) {
  threads.each(rows.end - rows.begin, [&](int i) {
    memory.row_weights[i] = total_weight_at(job.rows, outputs, rows.begin + i);
  });
  const Span columns = needed(job.columns, outputs);
  threads.each(kMeanLanes, [&](int lane) {
    for (int x = columns.begin + lane; x < columns.end; x += kMeanLanes) {
      float column = 0;
      for (int y = rows.begin; y < rows.end; ++y) {
        column += memory.row_weights[y - rows.begin] * grey_at(job, x, y);
      }
      memory.sums[lane] += column * total_weight_at(job.columns, outputs, x);
    }
  });
}

// Writes one part of the sum over a view's pixels to `sums`, which has kMeanParts elements for each
// job. The result is the same for any number of threads. Does nothing if the job needs no mean.
template <typename Threads>
BOBBIN_SHARED void sum_greys(const Threads& threads, const RenderTask& task, int job_index,
                             int part, MeanMemory& memory, float* sums) {
  const Job& job = task.jobs[job_index];
  if (job.kind != JobKind::kRender || !job.needs_mean()) return;
  const int outputs = task.output.size;
  const Span all = needed(job.rows, outputs);
  const std::int64_t rows = all.end - all.begin;
  const int begin = all.begin + static_cast<int>(rows * part / kMeanParts);
  const int end = all.begin + static_cast<int>(rows * (part + 1) / kMeanParts);
  threads.each(kMeanLanes, [&](int lane) { memory.sums[lane] = 0; });
  for (int y = begin; y < end; y += kMeanRows) {
    add_rows(threads, job, {y, std::min(y + kMeanRows, end)}, outputs, memory);
  }
  for (int half = kMeanLanes / 2; half > 0; half /= 2) {
    threads.each(half, [&](int lane) { memory.sums[lane] += memory.sums[lane + half]; });
  }
  threads.each(1, [&](int) { sums[job_index * kMeanParts + part] = memory.sums[0]; });
}

// The parts' sum as a mean.
BOBBIN_SHARED inline float mean_grey(const float* sums, int job_index, int outputs) {
  float sum = 0;
  for (int part = 0; part < kMeanParts; ++part) sum += sums[job_index * kMeanParts + part];
  return sum / static_cast<float>(outputs) / static_cast<float>(outputs);
}

}  // namespace bobbin::device
