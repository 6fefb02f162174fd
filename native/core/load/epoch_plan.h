// Which sample, replacement and partner each row of an epoch gets.
#pragma once

#include <cstdint>

#include "core/load/loader_options.h"
#include "core/load/order.h"
#include "core/recipe/draw_mix.h"
#include "core/recipe/recipe.h"

namespace bobbin::core {

// How many rows and batches this loader's share of an epoch has.
std::uint64_t rows_per_epoch(const LoaderOptions& options);
std::uint64_t batches_per_epoch(const LoaderOptions& options);

struct SampleRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

// Pure functions of the seed and the epoch, so that batches are the same for any number of threads.
// Immutable: any number of threads may call it.
class EpochPlan {
 public:
  // `options` must outlive the plan.
  EpochPlan(const LoaderOptions& options, std::uint64_t epoch);

  // The sample of a row of this loader's share; attempt n > 0 gives its n-th replacement.
  std::uint64_t sample_of(std::uint64_t row, std::uint64_t attempt) const;
  // How a sample is mixed, if it is, …
  Mix mix_of(std::uint64_t sample) const;
  // … and with which other sample; each attempt draws the next one.
  std::uint64_t partner_of(std::uint64_t sample, std::uint64_t attempt) const;
  // The key of all random numbers of a sample in this epoch.
  SampleKey key_of(std::uint64_t sample) const { return {options_.seed, epoch_, sample}; }

 private:
  // With balanced classes, the number of the class at a place of the epoch's order.
  std::uint64_t class_at(std::uint64_t place) const;
  // The samples that may be at that place: those of its class, or all.
  SampleRange range_at(std::uint64_t place) const;

  const LoaderOptions& options_;
  std::uint64_t epoch_;
  Order order_;
};

}  // namespace bobbin::core
