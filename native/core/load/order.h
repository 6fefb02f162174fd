// The order of an epoch's samples: a keyed permutation that is computed, never stored.
#pragma once

#include <cstdint>

namespace bobbin::core {

// A bijection of 0…count − 1, so that any position can be asked for on its own.
class Order {
 public:
  // The order of `count` samples in one epoch; without `shuffle` it is the identity. Orders of
  // different parts of an epoch are independent.
  Order(std::uint64_t count, bool shuffle, std::uint64_t seed, std::uint64_t epoch,
        std::uint64_t part = 0);

  // The sample at `position` (less than count).
  std::uint64_t sample_at(std::uint64_t position) const;

 private:
  std::uint64_t permute(std::uint64_t value) const;

  std::uint64_t count_;
  bool shuffle_;
  std::uint64_t key_;
  int half_bits_;
};

}  // namespace bobbin::core
