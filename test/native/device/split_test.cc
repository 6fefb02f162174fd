// The split of files between workers and a device: its formula, its limits, and its convergence.
#include "device/decode/split.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <thread>
#include <vector>

#include "core/base/random.h"
#include "support/check.h"

using bobbin::core::Random;
using bobbin::device::DecodeSplit;

namespace {

// The simulated cost of decoding, in nanoseconds.
struct Costs {
  int threads = 4;
  double cpu = 400e3;       // An image, on one thread.
  double device = 100e3;    // An image.
  double device_batch = 0;  // A batch, however small.
  double noise = 0;         // The largest error of a time, as a share of it.
};

struct Times {
  double cpu = 0, device = 0;  // Until each side has finished its part of the batch.
};

// One batch of 256 files, split and measured.
Times decode_batch(DecodeSplit& split, const Costs& costs, Random& random,
                   std::uint64_t& position) {
  const auto measured = [&](double cost) {
    const double off = random.below(2001) / 1000.0 - 1;
    return static_cast<std::int64_t>(cost * (1 + costs.noise * off));
  };
  int on_device = 0;
  Times times;
  for (int i = 0; i < 256; ++i) {
    if (split.on_device(position++)) {
      ++on_device;
    } else {
      split.cpu_decoded(measured(costs.cpu));
      times.cpu += costs.cpu / costs.threads;
    }
  }
  times.device = costs.device_batch + on_device * costs.device;
  if (on_device > 0) split.device_decoded(on_device, measured(times.device));
  return times;
}

}  // namespace

TEST("when both sides have been timed, then with the share they finish together") {
  for (const int threads : {1, 2, 16}) {
    for (const double cpu : {150e3, 600e3}) {
      for (const double device : {20e3, 110e3, 350e3}) {
        DecodeSplit split(threads, true);
        split.cpu_decoded(static_cast<std::int64_t>(cpu));
        split.device_decoded(10, static_cast<std::int64_t>(10 * device));
        const double best = 1 / (1 + device * threads / cpu);
        const double within = std::clamp(best, DecodeSplit::kSmallest, DecodeSplit::kLargest);
        const bool near = std::abs(best - DecodeSplit::kFirst) <= DecodeSplit::kHysteresis;
        CHECK_NEAR(split.share(), near ? DecodeSplit::kFirst : within, 1e-4);
      }
    }
  }
}

TEST("when only one side has been timed, then the first share stays") {
  DecodeSplit split(2, true);
  CHECK_EQUAL(split.share(), DecodeSplit::kFirst);
  split.device_decoded(8, 8'000'000);
  CHECK_EQUAL(split.share(), DecodeSplit::kFirst);
  split.cpu_decoded(1'000);
  CHECK_EQUAL(split.share(), DecodeSplit::kFirst);
}

TEST("when a device has no decoder, then it never gets a file") {
  DecodeSplit split(4, false);
  split.cpu_decoded(1'000'000'000);
  split.device_decoded(100, 1);
  CHECK_EQUAL(split.share(), 0);
  for (std::uint64_t position = 0; position < 1000; ++position) CHECK(!split.on_device(position));
}

TEST("when files are divided, then the device gets its share of any sequence, evenly spread") {
  for (const double device : {30e3, 100e3, 260e3, 1e9}) {
    DecodeSplit split(4, true);
    split.cpu_decoded(400'000);
    split.device_decoded(1, static_cast<std::int64_t>(device));
    // For any first position, even if it overflows.
    for (const std::uint64_t start :
         {std::uint64_t{0}, std::uint64_t{77}, ~std::uint64_t{0} - 99}) {
      int given = 0;
      for (int count = 1; count <= 1000; ++count) {
        given += split.on_device(start + count - 1);
        CHECK(std::abs(given - count * split.share()) < 1);
      }
    }
  }
}

TEST("when costs are constant, then both sides soon take equally long") {
  Random random(5);
  for (Costs costs : {Costs{}, Costs{2, 300e3, 20e3}, Costs{8, 250e3, 60e3, 4e6}}) {
    costs.noise = 0.1;
    DecodeSplit split(costs.threads, true);
    std::uint64_t position = 0;
    Times times;
    for (int batch = 0; batch < 60; ++batch) times = decode_batch(split, costs, random, position);
    const bool limited = split.share() == DecodeSplit::kLargest;
    CHECK(limited || std::abs(times.cpu - times.device) < 0.2 * std::max(times.cpu, times.device));
  }
}

TEST("when times are noisy around constant costs, then the share rarely moves") {
  Random random(6);
  Costs costs{4, 400e3, 150e3};
  costs.noise = 0.3;
  DecodeSplit split(costs.threads, true);
  std::uint64_t position = 0;
  int moves = 0;
  for (int batch = 0; batch < 500; ++batch) {
    const double before = split.share();
    decode_batch(split, costs, random, position);
    moves += batch >= 20 && split.share() != before;
  }
  CHECK(moves < 25);
}

TEST("when one side was slow and becomes fast, then its share grows again") {
  Random random(7);
  Costs costs;
  DecodeSplit split(costs.threads, true);
  std::uint64_t position = 0;
  costs.device = 1e9;
  for (int batch = 0; batch < 40; ++batch) decode_batch(split, costs, random, position);
  CHECK_EQUAL(split.share(), DecodeSplit::kSmallest);
  costs.device = 100e3;
  for (int batch = 0; batch < 120; ++batch) decode_batch(split, costs, random, position);
  CHECK_NEAR(split.share(), 0.5, 2 * DecodeSplit::kHysteresis);
  costs.cpu = 1e9;
  for (int batch = 0; batch < 40; ++batch) decode_batch(split, costs, random, position);
  CHECK_EQUAL(split.share(), DecodeSplit::kLargest);
}

TEST("when threads measure and ask concurrently, then every time counts") {
  DecodeSplit split(4, true);
  std::atomic<int> given = 0;
  std::vector<std::thread> workers;
  for (int worker = 0; worker < 4; ++worker) {
    workers.emplace_back([&, worker] {
      for (int i = 0; i < 2000; ++i) {
        given += split.on_device(4 * i + worker);
        split.cpu_decoded(worker % 2 == 0 ? 700'000 : 100'000);
      }
    });
  }
  for (int batch = 0; batch < 100; ++batch) split.device_decoded(8, 8 * 25'000);
  for (std::thread& worker : workers) worker.join();
  split.device_decoded(8, 8 * 25'000);
  // The number depends on the order of the workers' calls and the changes of the share.
  CHECK(given > 0);
  // From times between 100 and 700 µs on four threads, and 25 µs.
  CHECK(split.share() >= 0.5 && split.share() <= 0.875);
}

TEST("when times are the same, then the shares are the same") {
  const auto shares = [] {
    Random random(8);
    const Costs costs{3, 350e3, 90e3, 1e6, 0.4};
    DecodeSplit split(costs.threads, true);
    std::uint64_t position = 0;
    std::vector<double> all;
    for (int batch = 0; batch < 50; ++batch) {
      decode_batch(split, costs, random, position);
      all.push_back(split.share());
    }
    return all;
  };
  CHECK(shares() == shares());
}
