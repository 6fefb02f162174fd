// Positions of the epoch's order are dealt to loaders in turn; draws are keyed by sample.
#include "core/load/epoch_plan.h"

#include <cstdint>
#include <vector>

#include "core/base/random.h"
#include "core/load/loader_options.h"
#include "core/recipe/draw_mix.h"

namespace bobbin::core {

std::uint64_t rows_per_epoch(const LoaderOptions& options) {
  const std::uint64_t count = options.worker_count;
  return (options.epoch_length() + count - 1 - options.worker_index) / count;
}

std::uint64_t batches_per_epoch(const LoaderOptions& options) {
  return (rows_per_epoch(options) + options.batch_size - 1) / options.batch_size;
}

EpochPlan::EpochPlan(const LoaderOptions& options, std::uint64_t epoch)
    : options_(options),
      epoch_(epoch),
      order_(options.epoch_length(), options.shuffle, options.seed, epoch) {}

std::uint64_t EpochPlan::sample_of(std::uint64_t row, std::uint64_t attempt) const {
  const std::uint64_t position = row * options_.worker_count + options_.worker_index;
  const std::uint64_t place = order_.sample_at(position);
  const SampleRange range = range_at(place);
  if (attempt > 0) {
    const std::uint64_t key = random_key(options_.seed, epoch_, position, Stream::kRefill);
    return range.first + random_at(key, attempt) % range.count;
  }
  if (options_.class_ends.empty()) return place;
  const Order own(range.count, options_.shuffle, options_.seed, epoch_, class_at(place) + 1);
  return range.first + own.sample_at(place / options_.class_ends.size());
}

// Places go round the classes. Where the last round is short, other classes miss in other epochs.
std::uint64_t EpochPlan::class_at(std::uint64_t place) const {
  return (place + epoch_) % options_.class_ends.size();
}

SampleRange EpochPlan::range_at(std::uint64_t place) const {
  const std::vector<std::uint64_t>& ends = options_.class_ends;
  if (ends.empty()) return {0, options_.sources->size()};
  const std::uint64_t number = class_at(place);
  const std::uint64_t first = number == 0 ? 0 : ends[number - 1];
  return {first, ends[number] - first};
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
