// The kernels of each machine against the portable form: the same results, to the bit.
#include "core/kernels.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "check.h"
#include "core/random.h"
#include "core/taps.h"

using namespace bobbin::core;

namespace {

constexpr int kMaxWidth = 16;

std::vector<std::uint8_t> random_bytes(Random& random, std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.below(256));
  return bytes;
}

// An image of `width` × `height` RGB pixels, all of it resampled to size × size.
std::vector<float> resample(const Kernels& kernels, const std::vector<std::uint8_t>& pixels,
                            int width, int height, int size) {
  Taps columns, rows;
  columns.set(0, width, size, false, {width, 0, width});
  rows.set(0, height, size, false, {height, 0, height});
  std::vector<float> lines(static_cast<std::size_t>(std::max(3 * width, kMaxWidth)) * kMaxWidth);
  RowsTask rows_task{pixels.data(), 3 * width, 3 * width, rows.filter(), 0, lines.data()};
  ColumnsTask columns_task;
  columns_task.step = 3;
  for (int c = 0; c < 3; ++c) columns_task.lines[c] = lines.data() + c * kernels.width;
  columns_task.first = columns_task.others = columns.filter();
  const float matrix[] = {0.9f, 0.1f, -0.2f, 3, 0.3f, 0.8f, 0.1f, -5, 0, 0.25f, 1.1f, 7};
  std::copy_n(matrix, 12, columns_task.matrix);
  columns_task.outputs = size;
  columns_task.stride = std::ptrdiff_t{3} * ((size + kMaxWidth - 1) / kMaxWidth * kMaxWidth);
  std::vector<float> strip(columns_task.stride * kMaxWidth);
  columns_task.rows = strip.data();
  std::vector<float> output;
  for (int y = 0; y < size; y += kernels.width) {
    rows_task.filter = rows.filter(y);
    rows_task.outputs = std::min(kernels.width, size - y);
    kernels.resample_rows(rows_task);
    kernels.resample_columns(columns_task);
    for (int i = 0; i < rows_task.outputs; ++i) {
      const auto row = strip.begin() + i * columns_task.stride;
      output.insert(output.end(), row, row + std::ptrdiff_t{3} * size);
    }
  }
  return output;
}

std::vector<std::uint8_t> finish(const Kernels& kernels, const std::vector<float>& rows, int values,
                                 float sigma, PixelType type) {
  std::vector<std::uint8_t> output(rows.size() * bytes_of(type));
  FinishTask task;
  task.rows = rows.data();
  task.stride = task.values = values;
  task.count = static_cast<int>(rows.size()) / values;
  task.sigma = sigma;
  task.noise_key = 0x123456789abcdef;
  task.first_row = 6;
  for (int c = 0; c < 3; ++c) task.mean[c] = 100.f + c, task.scale[c] = 1 / (50.f + c);
  task.output = {output.data(), type};
  kernels.finish(task);
  return output;
}

template <typename Value>
void check_same(const std::vector<Value>& actual, const std::vector<Value>& wanted,
                const char* name) {
  CHECK_EQUAL(actual.size(), wanted.size());
  const bool same = std::memcmp(actual.data(), wanted.data(), wanted.size() * sizeof(Value)) == 0;
  CHECK_EQUAL(std::string(same ? "same" : name), "same");
}

}  // namespace

TEST("when an image is resampled by any machine's kernels, then values are the portable ones") {
  Random random(11);
  for (const int size : {1, 5, 16, 33, 48}) {
    for (const auto& [width, height] : {std::pair{1, 1}, {2, 30}, {4, 3}, {61, 43}, {130, 7}}) {
      const auto pixels = random_bytes(random, std::size_t{3} * width * height);
      const auto wanted = resample(*all_kernels()[0], pixels, width, height, size);
      for (const Kernels* kernels : all_kernels()) {
        check_same(resample(*kernels, pixels, width, height, size), wanted, kernels->name);
      }
    }
  }
}

TEST("when rows are finished by any machine's kernels, then bytes are the portable ones") {
  Random random(12);
  for (const int values : {3, 48, 51, 192}) {
    for (const int count : {1, 2, 7}) {
      std::vector<float> rows(static_cast<std::size_t>(values) * count + 16);
      for (float& value : rows) value = static_cast<float>(random.uniform(-40, 300));
      rows.resize(static_cast<std::size_t>(values) * count);
      for (const float sigma : {0.0f, 5.0f}) {
        for (const auto type : {PixelType::kFloat32, PixelType::kBfloat16, PixelType::kUint8}) {
          const auto wanted = finish(*all_kernels()[0], rows, values, sigma, type);
          for (const Kernels* kernels : all_kernels()) {
            check_same(finish(*kernels, rows, values, sigma, type), wanted, kernels->name);
          }
        }
      }
    }
  }
}

TEST("when samples are weighed by any machine's kernels, then sums are the portable ones") {
  Random random(13);
  for (const int count : {1, 15, 16, 100, 333}) {
    const auto samples = random_bytes(random, count);
    std::vector<float> weights(count);
    for (float& weight : weights) weight = static_cast<float>(random.uniform());
    const float wanted = all_kernels()[0]->weighted_sum(samples.data(), weights.data(), count);
    for (const Kernels* kernels : all_kernels()) {
      CHECK_EQUAL(kernels->weighted_sum(samples.data(), weights.data(), count), wanted);
    }
  }
}
