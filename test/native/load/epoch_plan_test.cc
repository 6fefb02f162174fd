// Balanced classes: how often each class and each sample comes in an epoch.
#include "core/load/epoch_plan.h"

#include <cstdint>
#include <set>
#include <vector>

#include "core/load/loader_options.h"
#include "support/check.h"

using namespace bobbin::core;

namespace {

// Three classes of 4, 9 and 4 samples, of which an epoch of 10 takes 3 or 4.
LoaderOptions balanced() {
  LoaderOptions options;
  options.shuffle = true;
  options.seed = 5;
  options.class_ends = {4, 13, 17};
  options.balanced_length = 10;
  return options;
}

int class_of(std::uint64_t sample) { return sample < 4 ? 0 : sample < 13 ? 1 : 2; }

}  // namespace

TEST("when classes are balanced, then each comes equally often, and no sample twice") {
  const LoaderOptions options = balanced();
  std::vector<int> totals(3), seen(17);
  for (int epoch = 0; epoch < 300; ++epoch) {
    const EpochPlan plan(options, epoch);
    std::set<std::uint64_t> samples;
    std::vector<int> counts(3);
    for (int row = 0; row < 10; ++row) {
      const std::uint64_t sample = plan.sample_of(row, 0);
      CHECK(samples.insert(sample).second);
      ++counts[class_of(sample)];
      ++seen[sample];
    }
    for (int number = 0; number < 3; ++number) {
      CHECK(counts[number] == 3 || counts[number] == 4);
      totals[number] += counts[number];
    }
  }
  // The class that comes once more is another one in each epoch.
  for (const int total : totals) CHECK_EQUAL(total, 1000);
  // All samples of a class come alike: 1000 / 9 and 1000 / 4 times.
  for (int sample = 0; sample < 17; ++sample) {
    const int wanted = class_of(sample) == 1 ? 111 : 250;
    CHECK(seen[sample] > wanted - 45 && seen[sample] < wanted + 45);
  }
}

TEST("when classes are balanced, then the epoch's order mixes them and is another in each epoch") {
  const LoaderOptions options = balanced();
  int same_class = 0, same_sample = 0;
  for (int epoch = 0; epoch < 100; ++epoch) {
    const EpochPlan plan(options, epoch), next(options, epoch + 1);
    for (int row = 0; row < 9; ++row) {
      const std::uint64_t sample = plan.sample_of(row, 0);
      same_class += class_of(sample) == class_of(plan.sample_of(row + 1, 0));
      same_sample += sample == next.sample_of(row, 0);
    }
  }
  // Of 900 neighbours about 27% share a class (3 + 3 + 6 of 45 pairs), and about 7% of rows keep
  // their sample.
  CHECK(same_class > 180 && same_class < 300);
  CHECK(same_sample < 120);
}

TEST("when a sample of a balanced class is damaged, then one of its class replaces it") {
  const LoaderOptions options = balanced();
  const EpochPlan plan(options, 2);
  for (int row = 0; row < 10; ++row) {
    const int wanted = class_of(plan.sample_of(row, 0));
    for (int attempt = 1; attempt < 20; ++attempt) {
      CHECK_EQUAL(class_of(plan.sample_of(row, attempt)), wanted);
    }
  }
}
