// Rows that are complete but for noise and storing, and noise by itself.
#include <cstdint>

#include "core/kernels/kernels.h"
#include "core/kernels/noise.h"
#include "core/kernels/simd/noise.h"
#include "core/kernels/simd/store.h"
#include "core/kernels/simd/table.h"
#include "core/kernels/simd/vectors.h"

namespace bobbin::core::BOBBIN_ISA {

namespace {

template <typename Finisher>
[[gnu::noinline]] void finish_by(const PixelRows& rows, const FinishTask& task) {
  const Scaling scaling(task);
  Floats mean[3], scale[3];
  for (int phase = 0; phase < 3; ++phase) {
    for (int i = 0; i < kWidth; ++i) {
      mean[phase][i] = scaling.mean[(phase + i) % 3];
      scale[phase][i] = scaling.scale[(phase + i) % 3];
    }
  }
  Finisher finisher(task);
  for (int y = 0; y < task.count; y += 2) {
    const float* upper = rows.values + y * rows.stride;
    const float* lower = y + 1 < task.count ? upper + rows.stride : upper;
    for (int x = 0; x < task.values; x += kWidth) {
      const int phase = x % 3;
      const Floats both[2] = {(load<Floats>(upper + x) - mean[phase]) * scale[phase],
                              (load<Floats>(lower + x) - mean[phase]) * scale[phase]};
      finisher.put(both, y, x, phase);
    }
  }
  finisher.end();
}

}  // namespace

void finish(const PixelRows& rows, const FinishTask& task) {
  with_finisher(task, [&]<typename Finisher>() { finish_by<Finisher>(rows, task); });
}

void add_noise(const NoiseTask& task) {
  const Noise noise(task.key);
  Bits position{};
  for (int i = 0; i < kWidth; ++i) position[i] = task.first + static_cast<std::uint32_t>(i);
  for (int i = 0; i < task.count; i += kWidth, position += kWidth) {
    Floats first, second;
    noise.sum(position, first, second);
    for (int k = 0; k < kWidth && i + k < task.count; ++k) {
      task.values[i + k] += first[k] * kNoiseUnit;
    }
  }
}

}  // namespace bobbin::core::BOBBIN_ISA
