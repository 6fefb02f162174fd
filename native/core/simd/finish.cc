// Noise, clamping, normalisation and storing, in one pass over a row.
#include "core/simd/noise.h"
#include "core/simd/table.h"

namespace bobbin::core::BOBBIN_ISA {
namespace {

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
struct Stored<PixelType::kUint8> {
  using Value = std::uint8_t;
  using Values = std::uint8_t __attribute__((vector_size(kWidth)));
  BOBBIN_INLINE static Values of(const Floats& level, const Floats&, const Floats&) {
    // So large a number has no bits for fractions: adding it rounds, and leaves the level below.
    return __builtin_convertvector((Bits)(level + 0x1.8p23f) & 0xff, Values);
  }
};

template <typename Value, typename Values>
BOBBIN_INLINE void put(Value* to, const Values& values, int count, bool aligned) {
  if (aligned) {
    if constexpr (sizeof(Value) == sizeof(float)) stream(to, values);
  } else if (count >= kWidth) {
    store(to, values);
  } else {
    std::memcpy(to, &values, count * sizeof(Value));
  }
}

// A row and the next, if there is one: they share the pairs of their noise.
template <PixelType type, bool noisy>
BOBBIN_INLINE void finish_rows(const FinishTask& task, const Scaling& scaling, int y,
                               bool aligned) {
  using As = Stored<type>;
  const bool two = y + 1 < task.count;
  const float* from = task.rows + y * task.stride;
  auto* to = static_cast<typename As::Value*>(task.output.data) +
             static_cast<std::ptrdiff_t>(y) * task.values;
  Bits position{};
  for (int i = 0; i < kWidth; ++i) position[i] = static_cast<std::uint32_t>(i);
  position += (task.first_row + static_cast<std::uint32_t>(y)) / 2 *
              static_cast<std::uint32_t>(task.values);
  for (int x = 0, phase = 0; x < task.values; x += kWidth, phase = (phase + kWidth) % 3) {
    Floats upper = load<Floats>(from + x);
    Floats lower = two ? load<Floats>(from + task.stride + x) : upper;
    if constexpr (noisy) {
      Floats first, second;
      normal_pair(position, task.noise_key, task.sigma, first, second);
      upper += first;
      lower += second;
      position += kWidth;
    }
    const Floats& mean = scaling.mean[phase];
    const Floats& scale = scaling.scale[phase];
    put(to + x, As::of(clamp(upper, 0, 255), mean, scale), task.values - x, aligned);
    if (!two) continue;
    put(to + task.values + x, As::of(clamp(lower, 0, 255), mean, scale), task.values - x, aligned);
  }
}

template <PixelType type>
void finish_as(const FinishTask& task) {
  const Scaling scaling(task);
  const bool aligned = type == PixelType::kFloat32 && task.values % kWidth == 0 &&
                       reinterpret_cast<std::uintptr_t>(task.output.data) % sizeof(Floats) == 0;
  for (int y = 0; y < task.count; y += 2) {
    if (task.sigma > 0) {
      finish_rows<type, true>(task, scaling, y, aligned);
    } else {
      finish_rows<type, false>(task, scaling, y, aligned);
    }
  }
  if (aligned) finish_streams();
}

}  // namespace

void finish(const FinishTask& task) {
  switch (task.output.type) {
    case PixelType::kFloat32:
      return finish_as<PixelType::kFloat32>(task);
    case PixelType::kBfloat16:
      return finish_as<PixelType::kBfloat16>(task);
    case PixelType::kUint8:
      return finish_as<PixelType::kUint8>(task);
  }
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
