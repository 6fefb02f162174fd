// The epoch's permutation: a bijection, different in each epoch, without preferred positions.
#include "core/load/order.h"

#include <cstdint>
#include <vector>

#include "support/check.h"

using namespace bobbin::core;

TEST("when an epoch is shuffled, then every sample comes exactly once") {
  for (const int count : {1, 2, 3, 4, 5, 7, 16, 17, 63, 64, 65, 1000, 3068}) {
    const Order order(count, true, 11, 4);
    std::vector<bool> seen(count);
    for (int position = 0; position < count; ++position) {
      const std::uint64_t sample = order.sample_at(position);
      CHECK(sample < static_cast<std::uint64_t>(count));
      CHECK(!seen[sample]);
      seen[sample] = true;
    }
  }
}

TEST("when an epoch is not shuffled, then samples come in their order") {
  const Order order(10, false, 11, 4);
  for (int position = 0; position < 10; ++position)
    CHECK_EQUAL(order.sample_at(position), 1u * position);
}

TEST("when many epochs are shuffled, then each sample comes first equally often") {
  constexpr int kSamples = 20, kEpochs = 20000;
  std::vector<int> first(kSamples);
  for (int epoch = 0; epoch < kEpochs; ++epoch)
    ++first[Order(kSamples, true, 1, epoch).sample_at(0)];
  double chi_square = 0;
  for (const int seen : first) {
    const double expected = static_cast<double>(kEpochs) / kSamples;
    chi_square += (seen - expected) * (seen - expected) / expected;
  }
  CHECK(chi_square < 43.8);  // 19 degrees of freedom, 0.1%.
}
