// The two passes of a separable filter, with as many output rows side by side as a vector holds:
// the second pass then needs neither gathers nor shuffles but one transpose at its end.
#include "core/simd/table.h"
#include "core/simd/vectors.h"

namespace bobbin::core::BOBBIN_ISA {
namespace {

// One output row's values from `samples` on; `from` is the first row that the filter takes.
BOBBIN_INLINE Floats weigh_rows(const std::uint8_t* from, std::ptrdiff_t stride,
                                const float* weights, int count) {
  Floats sum = weights[0] * load_bytes(from);
  for (int k = 1; k < count; ++k) {
    from += stride;
    sum += weights[k] * load_bytes(from);
  }
  return sum;
}

// A row narrower than a vector.
[[gnu::noinline, gnu::cold]] void resample_narrow_rows(const RowsTask& task) {
  const Filter& filter = task.filter;
  for (int i = 0; i < task.outputs; ++i) {
    for (int x = 0; x < task.values; ++x) {
      const std::uint8_t* from = task.samples + filter.first[i] * task.stride + x;
      const float* weights = filter.weights + i * filter.count;
      float sum = weights[0] * static_cast<float>(*from);
      for (int k = 1; k < filter.count; ++k) {
        from += task.stride;
        sum += weights[k] * static_cast<float>(*from);
      }
      task.lines[x * kWidth + i] = sum;
    }
  }
}

// One channel of `kWidth` rows at once.
BOBBIN_INLINE Floats weigh_lines(const float* from, int step, const float* weights, int count) {
  Floats sum = weights[0] * load<Floats>(from);
  for (int k = 1; k < count; ++k) {
    from += step;
    sum += weights[k] * load<Floats>(from);
  }
  return sum;
}

}  // namespace

void resample_rows(const RowsTask& task) {
  if (task.values < kWidth) {
    resample_narrow_rows(task);
    return;
  }
  const Filter& filter = task.filter;
  for (int x = 0; x < task.values; x += kWidth) {
    // The last ones may overlap those before, so that nothing behind a row is read.
    const int start = x + kWidth <= task.values ? x : task.values - kWidth;
    Floats rows[kWidth];
    for (int i = 0; i < kWidth; ++i) {
      const int output = i < task.outputs ? i : task.outputs - 1;
      rows[i] = weigh_rows(task.samples + filter.first[output] * task.stride + start, task.stride,
                           filter.weights + output * filter.count, filter.count);
    }
    transpose(rows);
    for (int i = 0; i < kWidth; ++i) store(task.lines + (start + i) * kWidth, rows[i]);
  }
}

void resample_columns(const ColumnsTask& task) {
  const int step = task.step * kWidth;
  const float* m = task.matrix;
  for (int x = 0; x < task.outputs; x += kWidth) {
    Floats pixels[3 * kWidth];
    for (int i = 0; i < kWidth; ++i) {
      const int column = x + i < task.outputs ? x + i : task.outputs - 1;
      const float* weights = task.first.weights + column * task.first.count;
      const Floats a = weigh_lines(task.lines[0] + task.first.first[column] * step, step, weights,
                                   task.first.count);
      weights = task.others.weights + column * task.others.count;
      const std::ptrdiff_t from = static_cast<std::ptrdiff_t>(task.others.first[column]) * step;
      const Floats b = weigh_lines(task.lines[1] + from, step, weights, task.others.count);
      const Floats c = weigh_lines(task.lines[2] + from, step, weights, task.others.count);
      for (int j = 0; j < 3; ++j) {
        pixels[3 * i + j] = m[4 * j] * a + m[4 * j + 1] * b + m[4 * j + 2] * c + m[4 * j + 3];
      }
    }
    for (int part = 0; part < 3; ++part) {
      Floats rows[kWidth];
      for (int i = 0; i < kWidth; ++i) rows[i] = pixels[part * kWidth + i];
      transpose(rows);
      float* to = task.rows + 3 * x + part * kWidth;
      for (int i = 0; i < kWidth; ++i) store(to + i * task.stride, rows[i]);
    }
  }
}

float weighted_sum(const std::uint8_t* samples, const float* weights, int count) {
  // Sixteen sums on each machine, so that they round alike.
  constexpr int kSums = 16 / kWidth;
  Floats sums[kSums] = {};
  int x = 0;
  for (; x + 16 <= count; x += 16) {
    for (int i = 0; i < kSums; ++i) {
      const int at = x + i * kWidth;
      sums[i] += load<Floats>(weights + at) * load_bytes(samples + at);
    }
  }
  float parts[16];
  for (int i = 0; i < kSums; ++i) store(parts + i * kWidth, sums[i]);
  float sum = 0;
  for (const float part : parts) sum += part;
  for (; x < count; ++x) sum += weights[x] * static_cast<float>(samples[x]);
  return sum;
}

}  // namespace bobbin::core::BOBBIN_ISA
