// Stores row starts in one block; they are only added, never removed.
#include "core/decode/scan_index.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "core/base/random.h"

namespace bobbin::core {
namespace {
// A photo has 20 to 60 rows of MCUs: more records than this would find no room for their rows.
constexpr std::size_t kBytesOfSample = 256;
}  // namespace

std::uint64_t fingerprint(std::span<const std::uint8_t> file) {
  // Several independent sums for speed. Each step is invertible, so files that differ in only one
  // word always have different fingerprints.
  constexpr std::size_t kSums = 8, kBlock = kSums * sizeof(std::uint64_t);
  std::uint64_t sums[kSums];
  for (std::size_t i = 0; i < kSums; ++i) sums[i] = file.size() + i;
  const auto add = [&](const std::uint8_t* block) {
    std::uint64_t words[kSums];
    std::memcpy(words, block, kBlock);
    for (std::size_t i = 0; i < kSums; ++i) {
      sums[i] = std::rotl((sums[i] ^ words[i]) * 0x9e3779b97f4a7c15, 32);
    }
  };
  std::size_t at = 0;
  for (; at + kBlock <= file.size(); at += kBlock) add(file.data() + at);
  std::uint8_t rest[kBlock] = {};
  std::copy(file.begin() + static_cast<std::ptrdiff_t>(at), file.end(), rest);
  add(rest);
  std::uint64_t print = 0;
  for (const std::uint64_t sum : sums) print = mix64(print ^ sum);
  return print;
}

ScanIndex::ScanIndex(std::uint64_t samples, std::size_t bytes)
    : records_(std::min<std::uint64_t>(samples, bytes / kBytesOfSample)),
      capacity_((bytes - records_.size() * sizeof(Record)) / sizeof(RowStart)),
      starts_(std::make_unique_for_overwrite<RowStart[]>(capacity_)) {}

void ScanIndex::recall(std::uint64_t sample, std::uint64_t fingerprint,
                       std::vector<RowStart>& starts) const {
  starts.clear();
  if (sample >= records_.size()) return;
  const std::lock_guard lock(mutex_);
  const Record& record = records_[sample];
  if (record.fingerprint != fingerprint) return;
  const RowStart* from = starts_.get() + record.first;
  starts.insert(starts.end(), from, from + record.known);
}

void ScanIndex::remember(std::uint64_t sample, std::uint64_t fingerprint, std::size_t rows,
                         std::span<const RowStart> starts) {
  if (sample >= records_.size()) return;
  const std::lock_guard lock(mutex_);
  Record& record = records_[sample];
  if (record.fingerprint != fingerprint) {
    // A different file may need more room.
    if (rows > record.reserved) {
      if (rows > capacity_ - used_) return;
      record.first = static_cast<std::uint32_t>(used_);
      record.reserved = static_cast<std::uint32_t>(rows);
      used_ += rows;
    }
    record.fingerprint = fingerprint;
    record.known = 0;
  }
  const auto known =
      static_cast<std::uint32_t>(std::min<std::size_t>(starts.size(), record.reserved));
  if (known <= record.known) return;
  std::copy_n(starts.begin(), known, starts_.get() + record.first);
  record.known = known;
}

}  // namespace bobbin::core
