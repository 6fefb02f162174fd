// The two passes of a separable filter, with as many output rows side by side as a vector holds:
// the second pass then needs neither gathers nor shuffles. Between the passes, samples are words:
// twice as many as floats go into a vector, and sums of them are the same on all machines.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "core/base/filter.h"
#include "core/kernels/kernels.h"
#include "core/kernels/simd/convert.h"
#include "core/kernels/simd/store.h"
#include "core/kernels/simd/table.h"
#include "core/kernels/simd/vectors.h"

namespace bobbin::core::BOBBIN_ISA {
namespace {

// The word of a column at which four output rows begin: `widen` takes the first half of the rows
// from one half of each lane.
constexpr int word_of(int four) { return four % kLanes * 8 + four / kLanes * 4; }

// Stand for a filter's count: any that is weighed in words, and any at all.
constexpr int kSome = 0, kAny = -1;

// Words of filters whose weights are all positive: in units of 1/256 of a level, before and after.
struct Positive {
  BOBBIN_INLINE static Words load_samples(const std::uint8_t* from) { return load_levels(from); }
  BOBBIN_INLINE static Words load_column(const std::uint16_t* from) { return load<Words>(from); }
  BOBBIN_INLINE static Words multiply(const Words& words, WordPair weight) {
    return multiply_high(words, spread(weight));
  }
  template <int half>
  BOBBIN_INLINE static Floats widened(const Words& words) {
    return widen<half>(words);
  }
  BOBBIN_INLINE static Words narrowed(const Floats& lower, const Floats& upper) {
    return narrow(lower, upper);
  }
  static constexpr float kLevels = 0x1p-8f;  // In a unit, after both passes.
};

// Words of filters with negative weights. A product is a quarter, so each pass begins with finer
// units than it ends with: 1/128 → 1/32 of a level, then 1/64 → 1/16.
struct Signed {
  BOBBIN_INLINE static Words load_samples(const std::uint8_t* from) {
    return load_levels(from) >> 1;
  }
  BOBBIN_INLINE static Words load_column(const std::uint16_t* from) {
    return load<Words>(from) << 1;
  }
  BOBBIN_INLINE static Words multiply(const Words& words, WordPair weight) {
    return multiply_high_signed(words, spread(weight));
  }
  template <int half>
  BOBBIN_INLINE static Floats widened(const Words& words) {
    return widen_signed<half>(words);
  }
  BOBBIN_INLINE static Words narrowed(const Floats& lower, const Floats& upper) {
    return narrow_signed(lower * 0.25f, upper * 0.25f);
  }
  static constexpr float kLevels = 0x1p-4f;
};

// The sum of `count` vectors of words, each times its weight.
template <typename As, int count, typename Load>
BOBBIN_INLINE Words weigh(const Filter& filter, int output, const Load& load_words) {
  const int samples = count > 0 ? count : filter.count;
  if constexpr (count == kAny) {
    const float* weight = filter.weights + output;
    Floats lower{}, upper{};
    for (int k = 0; k < samples; ++k, weight += filter.stride) {
      const Words words = load_words(k);
      lower += *weight * As::template widened<0>(words);
      upper += *weight * As::template widened<1>(words);
    }
    return As::narrowed(lower, upper);
  }
  const WordPair* weight = filter.words + output;
  // A product's lower half is dropped, on average half a unit: this compensates for it.
  Words sum = Words{} + static_cast<std::uint16_t>(samples / 2);
  for (int k = 0; k < samples; ++k, weight += filter.stride) {
    sum += As::multiply(load_words(k), *weight);
  }
  return sum;
}

// Calls run<As, count>() with the filter's words, and with common counts as constants, so that
// loops are unrolled.
template <typename Run>
BOBBIN_INLINE void with_words(const Filter& filter, const Run& run) {
  if (filter.kind == FilterKind::kBicubic) {
    if (filter.count == 4) return run.template operator()<Signed, 4>();
    if (filter.count <= kMostWords) return run.template operator()<Signed, kSome>();
    return run.template operator()<Signed, kAny>();
  }
  switch (filter.count) {
    case 2:
      return run.template operator()<Positive, 2>();
    case 3:
      return run.template operator()<Positive, 3>();
    case 4:
      return run.template operator()<Positive, 4>();
    case 5:
      return run.template operator()<Positive, 5>();
    default:
      if (filter.count <= kMostWords) return run.template operator()<Positive, kSome>();
      return run.template operator()<Positive, kAny>();
  }
}

// `squares` squares of samples side by side, weighed row by row; stores their columns.
template <typename As, int count, int squares, typename Load>
BOBBIN_INLINE void weigh_squares_by(const RowsTask& task, int x, const Load& load_samples) {
  Words rows[squares][kRows];
  for (int four = 0; four < kRows / 4; ++four) {
    for (int i = 0; i < 4; ++i) {
      const int row = 4 * four + i;
      const std::uint8_t* from = task.samples + x + task.filter.first[row] * task.stride;
      for (int square = 0; square < squares; ++square) {
        rows[square][word_of(four) + i] =
            weigh<As, count>(task.filter, row, [&](int k) __attribute__((always_inline)) {
              return load_samples(from + k * task.stride + square * kRows);
            });
      }
    }
  }
  std::uint16_t* to = task.columns + static_cast<std::ptrdiff_t>(x) * kRows;
  for (auto& square : rows) {
    transpose(square);
    for (const Words& column : square) {
      store(to, column);
      to += kRows;
    }
  }
}

template <typename As, int count, int squares>
[[gnu::noinline]] void weigh_squares(const RowsTask& task, int x) {
  weigh_squares_by<As, count, squares>(task, x,
                                       [](const std::uint8_t* from) __attribute__((always_inline)) {
                                         return As::load_samples(from);
                                       });
}

// Rows narrower than a vector: nothing after them is read.
template <typename As, int count>
[[gnu::noinline, gnu::cold]] void weigh_narrow_rows(const RowsTask& task) {
  weigh_squares_by<As, count, 1>(task, 0, [&](const std::uint8_t* from) {
    std::uint8_t samples[kRows] = {};
    std::memcpy(samples, from, task.values);
    return As::load_samples(samples);
  });
}

// `channels` channels of some columns of pixels, the lower and the upper half of their rows.
template <typename As, int count, int channels>
[[gnu::noinline]] void resample_square(const Filter& filter, const std::uint16_t* const* columns,
                                       int step, Floats (*lower)[kWidth], Floats (*upper)[kWidth]) {
  for (int i = 0; i < kWidth; ++i) {
    const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(filter.first[i]) * step;
    for (int c = 0; c < channels; ++c) {
      const Words column = weigh<As, count>(filter, i, [&](int k) __attribute__((always_inline)) {
        return As::load_column(columns[c] + first + k * step);
      });
      lower[c][i] = As::template widened<0>(column);
      upper[c][i] = As::template widened<1>(column);
    }
  }
}

// Value `i` of the pixels of a square, three a pixel.
BOBBIN_INLINE Floats mix(const Floats (&channels)[3][kWidth], const Floats (&matrix)[12], int i) {
  const Floats* m = matrix + 4 * (i % 3);
  return m[3] + m[0] * channels[0][i / 3] + m[1] * channels[1][i / 3] + m[2] * channels[2][i / 3];
}

}  // namespace

void resample_rows(const RowsTask& task) {
  with_words(task.filter, [&]<typename As, int count>() {
    if (task.values < kRows) return weigh_narrow_rows<As, count>(task);
    int x = 0;
    for (; x + 2 * kRows <= task.values; x += 2 * kRows) weigh_squares<As, count, 2>(task, x);
    for (; x < task.values; x += kRows) {
      // The last vector may overlap the one before, so that nothing after a row is read.
      weigh_squares<As, count, 1>(task, x + kRows <= task.values ? x : task.values - kRows);
    }
  });
}

// Calls put(rows, y, value, phase) with scaled squares of the output: `kWidth` rows from row y, and
// as many values from `value`.
template <typename Put>
BOBBIN_INLINE void resample_columns_to(const ColumnsTask& task, const float* mean,
                                       const float* scale, const Put& put) {
  const int step = task.step * kRows;
  const bool has_signs = task.first.kind == FilterKind::kBicubic;
  const float levels = has_signs ? Signed::kLevels : Positive::kLevels;
  Floats matrix[12];
  for (int i = 0; i < 12; ++i) {
    const float factor = i % 4 < 3 ? task.matrix[i] * levels : task.matrix[i] - mean[i / 4];
    matrix[i] = Floats{} + factor * scale[i / 4];
  }
  for (int x = 0; x < task.outputs; x += kWidth) {
    Floats halves[2][3][kWidth];
    const Filter first = task.first.from(x), others = task.others.from(x);
    with_words(first, [&]<typename As, int count>() {
      resample_square<As, count, 1>(first, task.columns, step, halves[0], halves[1]);
    });
    with_words(others, [&]<typename As, int count>() {
      resample_square<As, count, 2>(others, task.columns + 1, step, halves[0] + 1, halves[1] + 1);
    });
    for (int half = 0; half < 2; ++half) {
      const auto put_part = [&](auto part) __attribute__((always_inline)) {
        constexpr int kFirst = part * kWidth;
        Floats rows[kWidth];
        for (int i = 0; i < kWidth; ++i) rows[i] = mix(halves[half], matrix, kFirst + i);
        transpose(rows);
        put(rows, half * kWidth, 3 * x + kFirst, kFirst % 3);
      };
      put_part(std::integral_constant<int, 0>());
      put_part(std::integral_constant<int, 1>());
      put_part(std::integral_constant<int, 2>());
    }
  }
}

void resample_columns(const ColumnsTask& task, const PixelRows& to) {
  constexpr float kMean[3] = {}, kScale[3] = {1, 1, 1};
  resample_columns_to(task, kMean, kScale, [&](const Floats(&rows)[kWidth], int y, int value, int) {
    for (int i = 0; i < kWidth; ++i) {
      store(to.values + (y + i) * to.stride + value, rows[i]);
    }
  });
}

namespace {

template <typename Finisher>
[[gnu::noinline]] void render_columns_by(const ColumnsTask& task, const FinishTask& finish) {
  const Scaling scaling(finish);
  Finisher finisher(finish);
  resample_columns_to(task, scaling.mean, scaling.scale,
                      [&](const Floats(&rows)[kWidth], int y, int value, int phase)
                          __attribute__((always_inline)) { finisher.put(rows, y, value, phase); });
  finisher.end();
}

}  // namespace

void render_columns(const ColumnsTask& task, const FinishTask& finish) {
  with_finisher(finish, [&]<typename Finisher>() { render_columns_by<Finisher>(task, finish); });
}

namespace {

// Adds `count` vectors of columns to the sum, without the first `done` columns. Columns are added
// one after the other, each from its first row on, so that the sum is the same for any width.
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
  // Several vectors at a time, so that no product waits for the one before.
  constexpr int kVectors = 4;
  float sum = 0;
  int x = 0;
  for (; x + kVectors * kWidth <= task.values; x += kVectors * kWidth) {
    add_columns<kVectors>(task, x, 0, sum);
  }
  for (; x < task.values; x += kWidth) {
    // The last vector may overlap the one before, so that nothing after a row is read.
    const int start = x + kWidth <= task.values ? x : task.values - kWidth;
    add_columns<1>(task, start, x - start, sum);
  }
  return sum;
}

}  // namespace bobbin::core::BOBBIN_ISA
