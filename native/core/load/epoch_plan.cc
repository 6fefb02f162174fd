// Positions of the epoch's order are dealt to loaders in turn; draws are keyed by sample.
#include "core/load/epoch_plan.h"

#include <cstdint>

#include "core/base/random.h"
#include "core/load/loader_options.h"
#include "core/recipe/draw_mix.h"

namespace bobbin::core {

std::uint64_t rows_per_epoch(const LoaderOptions& options) {
  const std::uint64_t count = options.worker_count;
  return (options.sources->size() + count - 1 - options.worker_index) / count;
}

std::uint64_t batches_per_epoch(const LoaderOptions& options) {
  return (rows_per_epoch(options) + options.batch_size - 1) / options.batch_size;
}

EpochPlan::EpochPlan(const LoaderOptions& options, std::uint64_t epoch)
    : options_(options),
      epoch_(epoch),
      order_(options.sources->size(), options.shuffle, options.seed, epoch) {}

std::uint64_t EpochPlan::sample_of(std::uint64_t row, std::uint64_t attempt) const {
  const std::uint64_t position = row * options_.worker_count + options_.worker_index;
  if (attempt == 0) return order_.sample_at(position);
  const std::uint64_t key = random_key(options_.seed, epoch_, position, Stream::kRefill);
  return random_at(key, attempt) % options_.sources->size();
}

Mix EpochPlan::mix_of(std::uint64_t sample) const {
  // A single sample has no partner.
  if (options_.sources->size() == 1) return {};
  return draw_mix(options_.augmentation, key_of(sample), options_.preprocessing.crop);
}

std::uint64_t EpochPlan::partner_of(std::uint64_t sample, std::uint64_t attempt) const {
  return draw_partner(key_of(sample), attempt, options_.sources->size());
}

}  // namespace bobbin::core
