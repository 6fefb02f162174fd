// Rows that are complete but for noise and storing, and noise by itself.
#include "core/simd/store.h"
#include "core/simd/table.h"

namespace bobbin::core::BOBBIN_ISA {

namespace {

template <typename Finisher>
[[gnu::noinline]] void finish_by(const PixelRows& rows, const FinishTask& task) {
  Finisher finisher(task);
  for (int y = 0; y < task.count; y += 2) {
    const float* upper = rows.values + y * rows.stride;
    const float* lower = y + 1 < task.count ? upper + rows.stride : upper;
    for (int x = 0; x < task.values; x += kWidth) {
      finisher.put(load<Floats>(upper + x), load<Floats>(lower + x), y, x, x % 3);
    }
  }
  finisher.end();
}

}  // namespace

void finish(const PixelRows& rows, const FinishTask& task) {
  with_finisher(task, [&]<typename Finisher>() { finish_by<Finisher>(rows, task); });
}

void add_noise(const NoiseTask& task) {
  Bits position{};
  for (int i = 0; i < kWidth; ++i) position[i] = task.first + static_cast<std::uint32_t>(i);
  for (int i = 0; i < task.count; i += kWidth, position += kWidth) {
    Floats first, second;
    normal_pair(position, task.key, 1, first, second);
    for (int k = 0; k < kWidth && i + k < task.count; ++k) task.values[i + k] += first[k];
  }
}

}  // namespace bobbin::core::BOBBIN_ISA
