// Compares float16 by bit arithmetic with the compiler's type, at every value and between values.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/base/output.h"
#include "core/kernels/kernels.h"
#include "support/check.h"

using namespace bobbin::core;

namespace {

std::uint16_t nearest(float value) {
  return std::bit_cast<std::uint16_t>(static_cast<_Float16>(value));
}

// Each float16 of one power of two, the midpoint to the next, and the floats on either side of it.
std::vector<float> values_of(int exponent) {
  std::vector<float> values;
  for (int i = 0; i < 2048; ++i) {
    const float value = std::ldexp(1 + static_cast<float>(i) / 2048, exponent);
    values.insert(values.end(), {std::nextafter(value, 0.0f), value, std::nextafter(value, 1e30f)});
  }
  return values;
}

}  // namespace

TEST("when any float16 is read, then it equals the compiler's result") {
  for (int bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const auto wanted = static_cast<float>(std::bit_cast<_Float16>(half));
    if (std::isnan(wanted)) continue;
    CHECK_EQUAL(from_float16(half), wanted);
    CHECK_EQUAL(std::signbit(from_float16(half)), std::signbit(wanted));
    CHECK_EQUAL(to_float16(wanted), half);
  }
}

TEST("when a float lies at or between float16 numbers, then the nearest is stored, ties to even") {
  for (int exponent = -30; exponent <= 20; ++exponent) {
    for (const float value : values_of(exponent)) {
      CHECK_EQUAL(to_float16(value), nearest(value));
      CHECK_EQUAL(to_float16(-value), nearest(-value));
    }
  }
  CHECK_EQUAL(to_float16(std::numeric_limits<float>::infinity()), 0x7c00);
  CHECK_EQUAL(to_float16(std::numeric_limits<float>::max()), 0x7c00);
}

TEST("when rows are stored as float16 by any machine's kernels, then each value is the nearest") {
  const std::vector<float> levels = values_of(0);
  std::vector<float> rows = levels;
  rows.resize(levels.size() + 16);
  for (int exponent = -30; exponent <= 20; ++exponent) {
    for (const float sign : {1.0f, -1.0f}) {
      FinishTask task;
      task.count = 1;
      task.values = static_cast<int>(levels.size());
      const float scale = std::ldexp(sign, exponent);
      std::fill_n(task.scale, 3, scale);
      for (const Kernels* kernels : all_kernels()) {
        std::vector<std::uint16_t> stored(levels.size());
        task.output = {stored.data(), PixelType::kFloat16};
        kernels->finish({rows.data(), task.values}, task);
        for (std::size_t i = 0; i < levels.size(); ++i) {
          CHECK_EQUAL(stored[i], nearest(levels[i] * scale));
        }
      }
    }
  }
}
