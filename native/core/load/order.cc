// A balanced Feistel network over the smallest even number of bits, with cycle walking (Black and
// Rogaway 2002): values that fall outside the range are permuted again until they fall inside.
#include "core/load/order.h"

#include <cstdint>

#include "core/base/random.h"

namespace bobbin::core {
namespace {
constexpr int kRounds = 6;
}

Order::Order(std::uint64_t count, bool shuffle, std::uint64_t seed, std::uint64_t epoch,
             std::uint64_t part)
    : count_(count),
      shuffle_(shuffle),
      key_(random_key(seed, epoch, part, Stream::kOrder)),
      half_bits_(1) {
  while ((std::uint64_t{1} << (2 * half_bits_)) < count_) ++half_bits_;
}

std::uint64_t Order::sample_at(std::uint64_t position) const {
  if (!shuffle_) return position;
  std::uint64_t value = permute(position);
  while (value >= count_) value = permute(value);
  return value;
}

std::uint64_t Order::permute(std::uint64_t value) const {
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  std::uint64_t left = value >> half_bits_;
  std::uint64_t right = value & mask;
  for (int round = 0; round < kRounds; ++round) {
    const std::uint64_t mixed = left ^ (random_at(key_ + round, right) & mask);
    left = right;
    right = mixed;
  }
  return (left << half_bits_) | right;
}

}  // namespace bobbin::core
