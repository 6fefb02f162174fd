// Turns colours into stored values: noise, clamping, normalisation, rounding.
#pragma once

#include "core/kernels/kernels.h"
#include "core/kernels/simd/noise.h"

namespace bobbin::core::BOBBIN_ISA {

// A stored value is (level − mean) · scale before rounding; bytes are levels.
struct Scaling {
  float mean[3], scale[3];

  explicit Scaling(const FinishTask& task) {
    for (int c = 0; c < 3; ++c) {
      const bool levels = task.output.type == PixelType::kUint8;
      mean[c] = levels ? 0 : task.mean[c];
      scale[c] = levels ? 1 : task.scale[c];
    }
  }
};

// For each value of a vector that begins with red, green or blue.
struct Range {
  Floats noise, low, high;  // A unit of the noise, and the limits of what levels become.

  Range(const Scaling& scaling, float sigma, int phase) {
    for (int i = 0; i < kWidth; ++i) {
      const int c = (phase + i) % 3;
      noise[i] = sigma * kNoiseUnit * scaling.scale[c];
      const float black = (0 - scaling.mean[c]) * scaling.scale[c];
      const float white = (255 - scaling.mean[c]) * scaling.scale[c];
      low[i] = black < white ? black : white;
      high[i] = black < white ? white : black;
    }
  }
};

template <PixelType type>
struct Stored;
template <>
struct Stored<PixelType::kFloat32> {
  using Value = float;
  using Values = Floats;
  BOBBIN_INLINE static Values of(const Floats& value) { return value; }
};
template <>
struct Stored<PixelType::kBfloat16> {
  using Value = std::uint16_t;
  using Values = std::uint16_t __attribute__((vector_size(2 * kWidth)));
  BOBBIN_INLINE static Values of(const Floats& value) {
    const Bits bits = (Bits)value;
    return __builtin_convertvector((bits + 0x7fff + (bits >> 16 & 1)) >> 16, Values);
  }
};
template <>
struct Stored<PixelType::kFloat16> {
  using Value = std::uint16_t;
  using Values = std::uint16_t __attribute__((vector_size(2 * kWidth)));
  // to_float16 of core/base/output.h, without its branch.
  BOBBIN_INLINE static Values of(const Floats& value) {
    const Bits bits = (Bits)value;
    const Bits magnitude = bits & 0x7fffffff;
    const Bits rounded = (magnitude - 0x38000000 + 0xfff + (magnitude >> 13 & 1)) >> 13;
    const Bits units = (Bits)((Floats)magnitude + 0.5f) - 0x3f000000;
    const Bits finite = magnitude < 0x38800000 ? units : rounded;
    const Bits half = finite < 0x7c00 ? finite : Bits{} + 0x7c00;
    return __builtin_convertvector(half | (bits >> 16 & 0x8000), Values);
  }
};
template <>
struct Stored<PixelType::kUint8> {
  using Value = std::uint8_t;
  using Values = std::uint8_t __attribute__((vector_size(kWidth)));
  BOBBIN_INLINE static Values of(const Floats& level) {
    // Numbers of this size have no fraction bits: the sum is rounded, and its low byte is the
    // level.
    return __builtin_convertvector((Bits)(level + 0x1.8p23f) & 0xff, Values);
  }
};

// A cache line, in values and in vectors.
inline constexpr int kLine = 16, kParts = kLine / kWidth;

// Adds noise to vectors of scaled pixels, clamps and stores them. `whole`: the task is
// made of whole squares, `kWidth` values of as many rows, and of whole cache lines, so that floats
// can bypass the caches.
template <PixelType type, bool noisy, bool whole>
class Finisher {
 public:
  explicit Finisher(const FinishTask& task)
      : task_(task),
        noise_(task.noise_key),
        ranges_{{Scaling(task), task.sigma, 0},
                {Scaling(task), task.sigma, 1},
                {Scaling(task), task.sigma, 2}} {
    for (int i = 0; i < kWidth; ++i) positions_[i] = static_cast<std::uint32_t>(i);
    row_ = Bits{} + static_cast<std::uint32_t>(task.values);
  }

  // Stores `count` rows from row `y` of the task, one vector each from value `x`, as far as they
  // lie in the task. Two rows share the pairs of their noise, so `y` and `count` are even. `phase`
  // is x modulo 3. Vectors of a row must come in order.
  template <int count>
  BOBBIN_INLINE void put(const Floats (&rows)[count], int y, int x, int phase) {
    const int left = task_.count - y;
    if (whole && left <= 0) return;
    const std::uint32_t pair = (task_.first_row + static_cast<std::uint32_t>(y)) / 2;
    // NOLINTBEGIN(misc-const-correctness): these are constant only if the noise is compiled out.
    Bits positions = positions_ + (pair * static_cast<std::uint32_t>(task_.values) + x);
    Value* to =
        static_cast<Value*>(task_.output.data) + static_cast<std::ptrdiff_t>(y) * task_.values + x;
    for (int i = 0; i < (whole || left > count ? count : left); i += 2) {
      Floats upper = rows[i], lower = rows[i + 1];
      // NOLINTEND(misc-const-correctness)
      if constexpr (noisy) {
        Floats first, second;
        noise_.sum(positions, first, second);
        upper += first * ranges_[phase].noise;
        lower += second * ranges_[phase].noise;
        positions += row_;
      }
      put_row(upper, to, y + i, x, phase);
      to += task_.values;
      if (whole || i + 1 < left) put_row(lower, to, y + i + 1, x, phase);
      to += task_.values;
    }
  }

  // Call it before another thread reads.
  void end() const {
    if constexpr (kStreams) finish_streams();
  }

 private:
  using As = Stored<type>;
  using Value = typename As::Value;
  using Values = typename As::Values;
  static constexpr bool kStreams = whole && type == PixelType::kFloat32;

  BOBBIN_INLINE void put_row(const Floats& value, Value* to, int y, int x, int phase) {
    const Range& range = ranges_[phase];
    const Values values = As::of(smaller(larger(value, range.low), range.high));
    const int count = whole ? kWidth : task_.values - x;
    if constexpr (kStreams) {
      put_part(to, values, y % kRows, x / kWidth % kParts);
    } else if (count >= kWidth) {
      store(to, values);
    } else {
      put_some(to, values, count);
    }
  }

  // A cache line that is written all at once goes to memory in one transfer, parts of it in
  // several.
  BOBBIN_INLINE void put_part(float* to, const Floats& values, int row, int part) {
    if (part < kParts - 1) {
      lines_[row][part] = values;
      return;
    }
    for (int i = 0; i < kParts - 1; ++i) {
      stream(to + (i - part) * kWidth, lines_[row][i]);
    }
    stream(to, values);
  }

  [[gnu::noinline, gnu::cold]] static void put_some(void* to, Values values, int count) {
    if (count > 0) std::memcpy(to, &values, count * sizeof(Value));
  }

  const FinishTask task_;
  const Noise noise_;
  Bits positions_{}, row_;  // Of the first row's values; from one to the same in the next.
  const Range ranges_[3];
  Floats lines_[kRows][kParts];
};

// Whether `Finisher` may take the task as whole.
BOBBIN_INLINE bool is_whole(const FinishTask& task) {
  return task.count % kWidth == 0 && task.values % (3 * kLine) == 0 &&
         (task.output.type != PixelType::kFloat32 ||
          reinterpret_cast<std::uintptr_t>(task.output.data) % (kLine * sizeof(float)) == 0);
}

// Calls run<Finisher>() with the task's type of finisher. `run` should call a function that is not
// inlined: a function with all finishers is too large for compilers to optimise well.
template <typename Run>
BOBBIN_INLINE void with_finisher(const FinishTask& task, const Run& run) {
  const auto as = [&]<PixelType type, bool noisy>() __attribute__((always_inline)) {
    if (is_whole(task)) {
      run.template operator()<Finisher<type, noisy, true>>();
    } else {
      run.template operator()<Finisher<type, noisy, false>>();
    }
  };
  const auto with = [&]<PixelType type>() __attribute__((always_inline)) {
    if (task.sigma > 0) {
      as.template operator()<type, true>();
    } else {
      as.template operator()<type, false>();
    }
  };
  switch (task.output.type) {
    case PixelType::kFloat32:
      return with.template operator()<PixelType::kFloat32>();
    case PixelType::kBfloat16:
      return with.template operator()<PixelType::kBfloat16>();
    case PixelType::kFloat16:
      return with.template operator()<PixelType::kFloat16>();
    case PixelType::kUint8:
      return with.template operator()<PixelType::kUint8>();
  }
}

}  // namespace bobbin::core::BOBBIN_ISA
