// Compares the kernels of each machine with the portable ones: equal within rounding, and to
// the bit if both fuse products and sums.
#include "core/kernels/kernels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "core/base/image.h"
#include "core/base/output.h"
#include "core/base/random.h"
#include "core/recipe/recipe.h"
#include "core/render/render.h"
#include "core/render/taps.h"
#include "support/check.h"

using namespace bobbin::core;

namespace {

std::vector<std::uint8_t> random_bytes(Random& random, std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.below(256));
  return bytes;
}

using Values = std::vector<float>;

// Bytes from the beginning of a cache line.
class Lines {
 public:
  explicit Lines(std::size_t bytes) : memory_(bytes + kLine) {}
  std::uint8_t* data() {
    const auto at = reinterpret_cast<std::uintptr_t>(memory_.data());
    return memory_.data() + (kLine - at % kLine) % kLine;
  }

 private:
  static constexpr std::size_t kLine = 64;
  std::vector<std::uint8_t> memory_;
};

constexpr float kMatrix[] = {0.9f, 0.1f, -0.2f, 3, 0.3f, 0.8f, 0.1f, -5, 0, 0.25f, 1.1f, 7};

// An image of `width` × `height` RGB pixels, all of it resampled to size × size.
Values resample(const Kernels& kernels, const std::vector<std::uint8_t>& pixels, int width,
                int height, int size) {
  Taps columns, rows;
  columns.set(0, width, size, false, {width, 0, width});
  rows.set(0, height, size, false, {height, 0, height});
  std::vector<std::uint16_t> samples(static_cast<std::size_t>(std::max(3 * width, kMaxWidth)) *
                                     kMaxWidth);
  RowsTask rows_task{pixels.data(), 3 * width, 3 * width, rows.filter(), 0, samples.data()};
  ColumnsTask columns_task;
  columns_task.step = 3;
  for (int c = 0; c < 3; ++c) columns_task.columns[c] = samples.data() + c * kernels.width;
  columns_task.first = columns_task.others = columns.filter();
  std::copy_n(kMatrix, 12, columns_task.matrix);
  columns_task.outputs = size;
  const std::ptrdiff_t stride =
      std::ptrdiff_t{3} * ((size + kMaxWidth - 1) / kMaxWidth * kMaxWidth);
  Values strip(stride * kMaxWidth), output;
  for (int y = 0; y < size; y += kernels.width) {
    rows_task.filter = rows.filter(y);
    rows_task.outputs = std::min(kernels.width, size - y);
    kernels.resample_rows(rows_task);
    kernels.resample_columns(columns_task, {strip.data(), stride});
    for (int i = 0; i < rows_task.outputs; ++i) {
      const auto row = strip.begin() + i * stride;
      output.insert(output.end(), row, row + std::ptrdiff_t{3} * size);
    }
  }
  return output;
}

// As floats, from any stored type.
Values finish(const Kernels& kernels, Values rows, int values, float sigma, PixelType type) {
  Lines output(rows.size() * bytes_of(type));
  Values stored(rows.size());
  FinishTask task;
  task.values = values;
  task.count = static_cast<int>(rows.size()) / values;
  task.sigma = sigma;
  task.noise_key = 0x123456789abcdef;
  task.first_row = 6;
  for (int c = 0; c < 3; ++c) task.mean[c] = 100.f + c, task.scale[c] = 1 / (50.f + c);
  task.output = {output.data(), type};
  rows.resize(rows.size() + kMaxWidth);
  kernels.finish({rows.data(), values}, task);
  for (std::size_t i = 0; i < stored.size(); ++i) {
    std::uint16_t half = 0;
    if (type == PixelType::kFloat32) std::memcpy(&stored[i], output.data() + 4 * i, 4);
    if (type == PixelType::kBfloat16) std::memcpy(&half, output.data() + 2 * i, 2);
    if (type == PixelType::kBfloat16) stored[i] = from_bfloat16(half);
    if (type == PixelType::kUint8) stored[i] = output.data()[i];
  }
  return stored;
}

// Runs `run` with all kernels: within `tolerance` of the portable ones, except for one value and
// one in each hundred, which are within `rarely`.
template <typename Run>
void check_alike(const Run& run, float tolerance, float rarely) {
  std::array<Values, 2> seen;  // By whether products are fused.
  const Values wanted = run(*all_kernels()[0]);
  for (const Kernels* kernels : all_kernels()) {
    const Values actual = run(*kernels);
    CHECK_EQUAL(actual.size(), wanted.size());
    std::size_t rare = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (std::abs(actual[i] - wanted[i]) > tolerance) ++rare;
      CHECK_NEAR(actual[i], wanted[i], rarely);
    }
    CHECK(rare <= 1 + wanted.size() / 100);
    Values& same = seen[kernels->fused];
    if (same.empty()) same = actual;
    CHECK_EQUAL(std::string(actual == same ? "same" : kernels->name), "same");
  }
}

template <typename Run>
void check_alike(const Run& run, float tolerance) {
  check_alike(run, tolerance, tolerance);
}

}  // namespace

TEST("when an image is resampled by any machine's kernels, then values equal the portable ones") {
  Random random(11);
  for (const int size : {1, 5, 16, 33, 48}) {
    for (const auto& [width, height] : {std::pair{1, 1}, {2, 30}, {4, 3}, {61, 43}, {130, 7}}) {
      const auto pixels = random_bytes(random, std::size_t{3} * width * height);
      // Sums of more samples are rounded to words after each pass: a sum close to the
      // midpoint of two words may become the other word with fused products.
      const bool rounded = std::max(width, height) * 2 > kMostWords * size;
      check_alike([&, w = width, h = height](
                      const Kernels& kernels) { return resample(kernels, pixels, w, h, size); },
                  rounded ? 1e-3f : 1e-4f, rounded ? 2.0f / 256 : 1e-4f);
    }
  }
}

// The values of size × size pixels, by the filter's weights in double.
std::vector<double> weigh(const Filter& filter, const std::vector<std::uint8_t>& pixels, int side,
                          int size) {
  const int count = filter.count;
  std::vector<double> values;
  for (int i = 0; i < size * size; ++i) {
    const int x = filter.first[i % size], y = filter.first[i / size];
    double rgb[3] = {};
    for (int k = 0; k < count * count; ++k) {
      const double weight = double{filter.weights[k % count * filter.stride + i % size]} *
                            filter.weights[k / count * filter.stride + i / size];
      const std::uint8_t* pixel = pixels.data() + 3 * ((y + k / count) * side + x + k % count);
      for (int c = 0; c < 3; ++c) rgb[c] += weight * pixel[c];
    }
    for (const float* m = kMatrix; m < kMatrix + 12; m += 4) {
      values.push_back(m[0] * rgb[0] + m[1] * rgb[1] + m[2] * rgb[2] + m[3]);
    }
  }
  return values;
}

TEST("when a filter has few samples or many, then values are the weighted sums") {
  Random random(15);
  const int size = 37;
  for (int count = 2; count <= kMostWords + 2; ++count) {
    // The filter reaches half of `count` samples to either side.
    const int side = size * count / 2;
    std::vector<std::vector<std::uint8_t>> images(
        3, random_bytes(random, std::size_t{3} * side * side));
    for (std::uint8_t& byte : images[1]) byte = 255;
    for (std::uint8_t& byte : images[2]) byte = 0;
    Taps taps;
    taps.set(0, side, size, false, {side, 0, side});
    const Filter filter = taps.filter();
    CHECK_EQUAL(filter.count, count);
    // The bound of kMostWords; beyond it both passes only round. The matrix multiplies it by at
    // most 1.35.
    const double bound = 1.35 * (count <= kMostWords ? 2 * count : 1) / 256.0;
    for (const auto& pixels : images) {
      const std::vector<double> wanted = weigh(filter, pixels, side, size);
      for (const Kernels* kernels : all_kernels()) {
        const Values actual = resample(*kernels, pixels, side, side, size);
        for (std::size_t i = 0; i < wanted.size(); ++i) CHECK_NEAR(actual[i], wanted[i], bound);
      }
    }
  }
}

TEST("when rows are finished by any machine's kernels, then values equal the portable ones") {
  Random random(12);
  for (const int values : {3, 48, 51, 192}) {
    for (const int count : {1, 2, 7, 16}) {
      Values rows(static_cast<std::size_t>(values) * count);
      for (float& value : rows) value = static_cast<float>(random.uniform(-40, 300));
      for (const float sigma : {0.0f, 5.0f}) {
        const auto run = [&](PixelType type) {
          return [&, type](const Kernels& kernels) {
            return finish(kernels, rows, values, sigma, type);
          };
        };
        check_alike(run(PixelType::kFloat32), 1e-4f);
        check_alike(run(PixelType::kBfloat16), 0.04f);  // One step at 4.
        check_alike(run(PixelType::kUint8), 1);
      }
    }
  }
}

TEST("when planes are rendered by any machine's kernels, then values equal the portable ones") {
  Random random(14);
  const auto samples = random_bytes(random, std::size_t{90} * 70 * 2);
  ImageView image{ColorSpace::kYcc, {}, 90, 70, 1};
  image.planes[0] = {samples.data(), 90, {0, 0, 90, 70}, 90, 70, false, false};
  for (int c = 1; c < 3; ++c) {
    const std::uint8_t* chroma = samples.data() + 90 * 70 + c * 1500;
    image.planes[c] = {chroma, 45, {0, 0, 45, 35}, 45, 35, true, true};
  }
  Preprocessing preprocessing;
  preprocessing.mean = {100, 110, 120};
  preprocessing.std = {50, 60, 70};
  for (const int size : {5, 16, 33, 48}) {
    Recipe recipe;
    recipe.window = {3, 2, 80, 60};
    recipe.size = size;
    recipe.color = {1.1f, 0.1f, 0, 0.2f, 0.1f, 0.9f, 0, 0.2f, 0, 0.1f, 0.8f, 0.2f};
    for (const float sigma : {0.0f, 5.0f}) {
      recipe.noise_sigma = sigma;
      check_alike(
          [&](const Kernels& kernels) {
            Values values(std::size_t{3} * size * size);
            Lines output(values.size() * sizeof(float));
            Renderer(kernels).render(image, {90, 70, 1}, recipe, preprocessing,
                                     {output.data(), PixelType::kFloat32});
            std::memcpy(values.data(), output.data(), values.size() * sizeof(float));
            return values;
          },
          1e-3f);
    }
  }
}

TEST("when samples are summed by any machine's kernels, then sums equal the portable ones") {
  Random random(13);
  for (const int values : {1, 15, 16, 100, 333}) {
    const auto samples = random_bytes(random, std::size_t{7} * values);
    std::vector<float> weights(values + 7);
    double wanted = 0;
    for (float& weight : weights) weight = static_cast<float>(random.uniform());
    for (int i = 0; i < 7 * values; ++i) {
      wanted += double{weights[values + i / values]} * weights[i % values] * samples[i];
    }
    const SumTask task{samples.data(), values, 7, values, weights.data() + values, weights.data()};
    for (const Kernels* kernels : all_kernels()) {
      CHECK_NEAR(kernels->weighted_sum(task), wanted, wanted * 1e-5);
    }
    check_alike([&](const Kernels& kernels) { return Values{kernels.weighted_sum(task)}; },
                static_cast<float>(wanted * 1e-5));
  }
}
