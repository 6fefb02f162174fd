// Compares distributions with theory: chi-square, moments and Kolmogorov-Smirnov.
#include "core/base/random.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "core/base/output.h"
#include "core/kernels/kernels.h"
#include "core/kernels/noise.h"
#include "support/check.h"

using namespace bobbin::core;

namespace {

// Two rows of noise from the kernels, far from clamped levels.
std::vector<float> normals(int count, std::uint64_t key) {
  constexpr float kLevel = 128, kSigma = 16;
  std::vector<float> levels(count + 16, kLevel);  // Rows are read in whole vectors.
  std::vector<float> values(count);
  FinishTask task;
  task.values = count / 2;
  task.count = 2;
  task.sigma = kSigma;
  task.noise_key = key;
  for (int c = 0; c < 3; ++c) task.mean[c] = kLevel, task.scale[c] = 1 / kSigma;
  task.output = {values.data(), PixelType::kFloat32};
  kernels().finish({levels.data(), count / 2}, task);
  return values;
}

}  // namespace

TEST(
    "when consecutive samples draw one number each, then their chi-square is in the expected "
    "range") {
  constexpr int kBins = 64, kDraws = 64000;
  std::vector<int> bins(kBins);
  for (int sample = 0; sample < kDraws; ++sample) {
    ++bins[Random(random_key(7, 3, sample, Stream::kAugment)).below(kBins)];
  }
  double chi_square = 0;
  for (const int seen : bins) {
    const double expected = static_cast<double>(kDraws) / kBins;
    chi_square += (seen - expected) * (seen - expected) / expected;
  }
  // 63 degrees of freedom: 99.9% lie below 103.4, 0.1% below 32.
  CHECK(chi_square > 32 && chi_square < 103.4);
}

TEST("when any part of a key changes, then the key changes") {
  std::set<std::uint64_t> keys;
  for (int seed = 0; seed < 10; ++seed) {
    for (int epoch = 0; epoch < 10; ++epoch) {
      for (int sample = 0; sample < 100; ++sample) {
        keys.insert(random_key(seed, epoch, sample, Stream::kAugment));
        keys.insert(random_key(seed, epoch, sample, Stream::kNoise));
      }
    }
  }
  CHECK_EQUAL(keys.size(), 20000u);
}

TEST("when all 16-bit deviates are counted, then their moments are those stated for the steps") {
  constexpr int kCount = 1 << 16;
  double squares = 0, fourth = 0, sixth = 0, distance = 0;
  std::vector<double> deviates;
  std::int64_t sum = 0;
  for (std::uint32_t bits = 0; bits < kCount; ++bits) {
    sum += sum_of_steps(bits);
    const double deviate = sum_of_steps(bits) * double{kNoiseUnit};
    const double square = deviate * deviate;
    squares += square / kCount;
    fourth += square * square / kCount;
    sixth += square * square * square / kCount;
    deviates.push_back(deviate);
  }
  std::sort(deviates.begin(), deviates.end());
  for (int i = 0; i < kCount; ++i) {
    const double wanted = 0.5 * std::erfc(-deviates[i] / std::sqrt(2.0));
    distance = std::max({distance, wanted - double{1} * i / kCount, (i + 1.0) / kCount - wanted});
  }
  CHECK_EQUAL(sum, 0);
  CHECK_NEAR(squares, 1.0, 1e-6);
  CHECK_NEAR(fourth, 2.999, 5e-4);
  CHECK_NEAR(sixth, 14.79, 5e-3);
  CHECK_NEAR(distance, 0.002, 5e-5);
  CHECK_NEAR(deviates.back(), 4.24, 5e-3);
}

TEST("when a million deviates are drawn, then mean, variance and kurtosis are the normal ones") {
  const int count = 1 << 20;
  double sum = 0, squares = 0, fourth = 0;
  for (const double value : normals(count, random_key(1, 2, 3, Stream::kNoise))) {
    sum += value;
    squares += value * value;
    fourth += value * value * value * value;
  }
  const double variance = squares / count;
  CHECK_NEAR(sum / count, 0.0, 0.004);  // Four standard errors.
  CHECK_NEAR(variance, 1.0, 0.006);
  CHECK_NEAR(fourth / count / (variance * variance), 3.0, 0.06);
}

TEST("when deviates are sorted, then they follow the normal distribution function") {
  std::vector<float> values = normals(1 << 18, random_key(9, 9, 9, Stream::kNoise));
  std::sort(values.begin(), values.end());
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double wanted = 0.5 * std::erfc(-values[i] / std::sqrt(2.0));
    distance = std::max(distance, std::abs(wanted - static_cast<double>(i) / values.size()));
  }
  // Kolmogorov-Smirnov at 0.1% is 1.95 / √n = 0.0038; the radius' and the angle's steps add little.
  CHECK(distance < 0.004);
}

TEST("when deviates are neighbours, then they are uncorrelated") {
  const int count = 1 << 18;
  const std::vector<float> values = normals(count, random_key(4, 5, 6, Stream::kNoise));
  for (int lag = 1; lag <= 8; ++lag) {
    double products = 0;
    for (int i = lag; i < count; ++i) products += values[i] * values[i - lag];
    CHECK_NEAR(products / count, 0.0, 0.008);  // Four standard errors.
  }
}
