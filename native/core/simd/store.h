// From colours to what a batch stores: noise, clamping, normalisation, rounding.
#pragma once

#include "core/kernels.h"
#include "core/simd/noise.h"

namespace bobbin::core::BOBBIN_ISA {

// What is subtracted and multiplied, for a vector that begins with red, green or blue.
struct Scaling {
  Floats mean[3], scale[3];

  explicit Scaling(const FinishTask& task) {
    for (int phase = 0; phase < 3; ++phase) {
      for (int i = 0; i < kWidth; ++i) {
        mean[phase][i] = task.mean[(phase + i) % 3];
        scale[phase][i] = task.scale[(phase + i) % 3];
      }
    }
  }
};

template <PixelType type>
struct Stored;
template <>
struct Stored<PixelType::kFloat32> {
  using Value = float;
  using Values = Floats;
  BOBBIN_INLINE static Values of(const Floats& level, const Floats& mean, const Floats& scale) {
    return (level - mean) * scale;
  }
};
template <>
struct Stored<PixelType::kBfloat16> {
  using Value = std::uint16_t;
  using Values = std::uint16_t __attribute__((vector_size(2 * kWidth)));
  BOBBIN_INLINE static Values of(const Floats& level, const Floats& mean, const Floats& scale) {
    const Bits bits = (Bits)((level - mean) * scale);
    return __builtin_convertvector((bits + 0x7fff + (bits >> 16 & 1)) >> 16, Values);
  }
};
template <>
struct Stored<PixelType::kFloat16> {
  using Value = std::uint16_t;
  using Values = std::uint16_t __attribute__((vector_size(2 * kWidth)));
  // to_float16 of core/output.h, without its branch.
  BOBBIN_INLINE static Values of(const Floats& level, const Floats& mean, const Floats& scale) {
    const Bits bits = (Bits)((level - mean) * scale);
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
  BOBBIN_INLINE static Values of(const Floats& level, const Floats&, const Floats&) {
    // So large a number has no bits for fractions: adding it rounds, and leaves the level below.
    return __builtin_convertvector((Bits)(level + 0x1.8p23f) & 0xff, Values);
  }
};

// A line of the caches, in values and in vectors.
inline constexpr int kLine = 16, kParts = kLine / kWidth;

// Finishes vectors of pixels and puts them into place. `whole`: the task is made of whole squares,
// `kWidth` values of as many rows, and of whole lines of the caches, so that floats can pass those.
template <PixelType type, bool noisy, bool whole>
class Finisher {
 public:
  explicit Finisher(const FinishTask& task) : scaling_(task), task_(task) {
    for (int i = 0; i < kWidth; ++i) positions_[i] = static_cast<std::uint32_t>(i);
  }

  // The vectors from value `x` on of rows y and y + 1 of the task, which share the pairs of their
  // noise; y is even, and the second one is dropped behind the last row. `phase` is x modulo 3.
  // Vectors of a row are put in order.
  BOBBIN_INLINE void put(Floats upper, Floats lower, int y, int x, int phase) {
    if constexpr (noisy) {
      const std::uint32_t pair = (task_.first_row + static_cast<std::uint32_t>(y)) / 2;
      const std::uint32_t position = pair * static_cast<std::uint32_t>(task_.values) + x;
      Floats first, second;
      normal_pair(positions_ + position, task_.noise_key, task_.sigma, first, second);
      upper += first;
      lower += second;
    }
    put_row(upper, y, x, phase);
    if (whole || y + 1 < task_.count) put_row(lower, y + 1, x, phase);
  }

  // A square from value `x` on, or what of it lies in the task.
  BOBBIN_INLINE void put_square(const Floats (&rows)[kWidth], int x, int phase) {
    for (int y = 0; y < (whole ? kWidth : task_.count); y += 2) {
      put(rows[y], rows[y + 1], y, x, phase);
    }
  }

  // Before another thread may read.
  void end() const {
    if constexpr (kStreams) finish_streams();
  }

 private:
  using As = Stored<type>;
  using Values = typename As::Values;
  static constexpr bool kStreams = whole && type == PixelType::kFloat32;

  BOBBIN_INLINE void put_row(const Floats& color, int y, int x, int phase) {
    const Floats level = smaller(larger(color, Floats{}), Floats{} + 255.0f);
    const Values values = As::of(level, scaling_.mean[phase], scaling_.scale[phase]);
    auto* to = static_cast<typename As::Value*>(task_.output.data) +
               static_cast<std::ptrdiff_t>(y) * task_.values + x;
    const int count = whole ? kWidth : task_.values - x;
    if constexpr (kStreams) {
      put_part(to, values, y % kWidth, x / kWidth % kParts);
    } else if (count >= kWidth) {
      store(to, values);
    } else {
      put_some(to, values, count);
    }
  }

  // Memory takes a line that is written all at once in one go, and pieces of it one by one.
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
    if (count > 0) std::memcpy(to, &values, count * sizeof(typename As::Value));
  }

  Bits positions_{};
  const Scaling scaling_;
  const FinishTask task_;
  Floats lines_[kWidth][kParts];
};

// Whether `Finisher` may take the task as whole.
BOBBIN_INLINE bool is_whole(const FinishTask& task) {
  return task.count % kWidth == 0 && task.values % (3 * kLine) == 0 &&
         (task.output.type != PixelType::kFloat32 ||
          reinterpret_cast<std::uintptr_t>(task.output.data) % (kLine * sizeof(float)) == 0);
}

// Calls run<Finisher>() for the finisher that the task wants. Whoever runs should be a function of
// its own: all of them in one are more than a compiler takes well.
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
