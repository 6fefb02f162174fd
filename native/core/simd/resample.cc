// The two passes of a separable filter, with as many output rows side by side as a vector holds:
// the second pass then needs neither gathers nor shuffles but one transpose at its end.
#include <type_traits>

#include "core/simd/store.h"
#include "core/simd/table.h"

namespace bobbin::core::BOBBIN_ISA {
namespace {

// The sum of `count` vectors, each times its weight; 0 stands for a count that only `filter` knows.
template <int count, typename Load>
BOBBIN_INLINE Floats weigh(const Filter& filter, int output, const Load& load_sample) {
  const int samples = count > 0 ? count : filter.count;
  const float* weights = filter.weights + output * samples;
  Floats sum = weights[0] * load_sample(0);
  for (int k = 1; k < samples; ++k) sum += weights[k] * load_sample(k);
  return sum;
}

// Calls `run` with the filter's count as a constant if it is a usual one: loops of known length are
// unrolled.
template <typename Run>
BOBBIN_INLINE void with_count(const Filter& filter, const Run& run) {
  switch (filter.count) {
    case 2:
      return run(std::integral_constant<int, 2>());
    case 3:
      return run(std::integral_constant<int, 3>());
    case 4:
      return run(std::integral_constant<int, 4>());
    case 5:
      return run(std::integral_constant<int, 5>());
    default:
      return run(std::integral_constant<int, 0>());
  }
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

// `channels` channels of a square of pixels, column by column.
template <int count, int channels>
[[gnu::noinline]] void resample_square(const Filter& filter, const float* const* lines, int step,
                                       Floats (*columns)[kWidth]) {
  for (int i = 0; i < kWidth; ++i) {
    const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(filter.first[i]) * step;
    for (int c = 0; c < channels; ++c) {
      columns[c][i] = weigh<count>(filter, i, [&](int k) __attribute__((always_inline)) {
        return load<Floats>(lines[c] + first + k * step);
      });
    }
  }
}

// Value `i` of the pixels of a square, three a pixel.
BOBBIN_INLINE Floats mix(const Floats (&channels)[3][kWidth], const Floats (&matrix)[12], int i) {
  const Floats* m = matrix + 4 * (i % 3);
  return m[0] * channels[0][i / 3] + m[1] * channels[1][i / 3] + m[2] * channels[2][i / 3] + m[3];
}

// A square of samples, weighed row by row, its columns to `lines`.
template <int count>
[[gnu::noinline]] void weigh_square(const RowsTask& task, const std::uint8_t* samples,
                                    float* lines) {
  Floats rows[kWidth];
  for (int i = 0; i < kWidth; ++i) {
    const std::uint8_t* from = samples + task.filter.first[i] * task.stride;
    rows[i] = weigh<count>(task.filter, i, [&](int k) __attribute__((always_inline)) {
      return load_bytes(from + k * task.stride);
    });
  }
  transpose(rows);
  for (int i = 0; i < kWidth; ++i) store(lines + i * kWidth, rows[i]);
}

}  // namespace

void resample_rows(const RowsTask& task) {
  if (task.values < kWidth) {
    resample_narrow_rows(task);
    return;
  }
  with_count(task.filter, [&](auto count) {
    for (int x = 0; x < task.values; x += kWidth) {
      // The last ones may overlap those before, so that nothing behind a row is read.
      const int start = x + kWidth <= task.values ? x : task.values - kWidth;
      weigh_square<count>(task, task.samples + start, task.lines + start * kWidth);
    }
  });
}

// Calls put(rows, value, phase) with squares of the output: `kWidth` rows from that value on.
template <typename Put>
BOBBIN_INLINE void resample_columns_to(const ColumnsTask& task, const Put& put) {
  const int step = task.step * kWidth;
  Floats matrix[12];
  for (int i = 0; i < 12; ++i) matrix[i] = Floats{} + task.matrix[i];
  for (int x = 0; x < task.outputs; x += kWidth) {
    Floats channels[3][kWidth];
    const Filter first = task.first.from(x), others = task.others.from(x);
    with_count(first,
               [&](auto count) { resample_square<count, 1>(first, task.lines, step, channels); });
    with_count(others, [&](auto count) {
      resample_square<count, 2>(others, task.lines + 1, step, channels + 1);
    });
    const auto put_part = [&](auto part) __attribute__((always_inline)) {
      constexpr int kFirst = part * kWidth;
      Floats rows[kWidth];
      for (int i = 0; i < kWidth; ++i) rows[i] = mix(channels, matrix, kFirst + i);
      transpose(rows);
      put(rows, 3 * x + kFirst, kFirst % 3);
    };
    put_part(std::integral_constant<int, 0>());
    put_part(std::integral_constant<int, 1>());
    put_part(std::integral_constant<int, 2>());
  }
}

void resample_columns(const ColumnsTask& task, const PixelRows& to) {
  resample_columns_to(task, [&](const Floats(&rows)[kWidth], int value, int) {
    for (int i = 0; i < kWidth; ++i) store(to.values + i * to.stride + value, rows[i]);
  });
}

namespace {

template <typename Finisher>
[[gnu::noinline]] void render_columns_by(const ColumnsTask& task, const FinishTask& finish) {
  Finisher finisher(finish);
  resample_columns_to(task, [&](const Floats(&rows)[kWidth], int value, int phase) __attribute__((
                                always_inline)) { finisher.put_square(rows, value, phase); });
  finisher.end();
}

}  // namespace

void render_columns(const ColumnsTask& task, const FinishTask& finish) {
  with_finisher(finish, [&]<typename Finisher>() { render_columns_by<Finisher>(task, finish); });
}

namespace {

// Adds `count` vectors of columns to the sum but for the first `done`, one column after the other,
// each from its first row on: so the sum is the same for any width.
template <int count>
BOBBIN_INLINE void add_columns(const SumTask& task, int x, int done, float& sum) {
  Floats columns[count] = {};
  const std::uint8_t* from = task.samples + x;
  for (int y = 0; y < task.rows; ++y, from += task.stride) {
    for (int i = 0; i < count; ++i) {
      columns[i] += task.row_weights[y] * load_bytes(from + i * kWidth);
    }
  }
  for (int i = done; i < count * kWidth; ++i) {
    sum += columns[i / kWidth][i % kWidth] * task.weights[x + i];
  }
}

[[gnu::noinline, gnu::cold]] float sum_narrow_rows(const SumTask& task) {
  float sum = 0;
  for (int x = 0; x < task.values; ++x) {
    float column = 0;
    const std::uint8_t* from = task.samples + x;
    for (int y = 0; y < task.rows; ++y, from += task.stride) {
      column += task.row_weights[y] * static_cast<float>(*from);
    }
    sum += column * task.weights[x];
  }
  return sum;
}

}  // namespace

float weighted_sum(const SumTask& task) {
  if (task.values < kWidth) return sum_narrow_rows(task);
  // Several vectors, so that no product waits for the one before.
  constexpr int kVectors = 4;
  float sum = 0;
  int x = 0;
  for (; x + kVectors * kWidth <= task.values; x += kVectors * kWidth) {
    add_columns<kVectors>(task, x, 0, sum);
  }
  for (; x < task.values; x += kWidth) {
    // The last ones may overlap those before, so that nothing behind a row is read.
    const int start = x + kWidth <= task.values ? x : task.values - kWidth;
    add_columns<1>(task, start, x - start, sum);
  }
  return sum;
}

}  // namespace bobbin::core::BOBBIN_ISA
