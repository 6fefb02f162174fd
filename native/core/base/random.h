// Counter-based random numbers: each is a pure function of a key and a position.
#pragma once

#include <cstdint>

namespace bobbin::core {

// SplitMix64's output function (Steele, Lea and Flood 2014, variant 13 of Stafford): a bijection of
// 64-bit words in which every input bit reaches every output bit.
inline std::uint64_t mix64(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// The purpose of a key's numbers; keys of different streams are independent.
enum class Stream : std::uint64_t {
  kAugment = 1,
  kNoise = 2,
  kOrder = 3,
  kRefill = 4,
  kMix = 5,
  kPartner = 6,
  kEffects = 7,
  kErase = 8,
  kRandAugment = 9,
};

// The key of (seed, epoch, sample, stream). Each part is mixed in separately, because consecutive
// raw keys would give correlated numbers.
inline std::uint64_t random_key(std::uint64_t seed, std::uint64_t epoch, std::uint64_t sample,
                                Stream stream) {
  constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15ULL;
  std::uint64_t key = mix64(seed + kGolden);
  key = mix64(key ^ (epoch + kGolden));
  key = mix64(key ^ (sample + kGolden));
  return mix64(key ^ (static_cast<std::uint64_t>(stream) + kGolden));
}

// The number at a position of a key's stream.
inline std::uint64_t random_at(std::uint64_t key, std::uint64_t position) {
  return mix64(key + (position + 1) * 0x9e3779b97f4a7c15ULL);
}

// Draws a key's numbers one after the other.
class Random {
 public:
  explicit Random(std::uint64_t key) : key_(key) {}

  // In [0, 1), with 53 bits.
  double uniform() { return static_cast<double>(random_at(key_, position_++) >> 11) * 0x1p-53; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  // In 0…count − 1; count must be positive.
  int below(int count) { return static_cast<int>(uniform() * count); }

 private:
  std::uint64_t key_;
  std::uint64_t position_ = 0;
};

}  // namespace bobbin::core
