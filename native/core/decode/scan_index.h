// Remembers from epoch to epoch where the rows of MCUs begin in the scans of the samples.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace bobbin::core {

// The state from which a decoder can begin at a row of MCUs, in a scan without restarts. Without
// initialisers, so that memory for rows that are not known yet is never touched.
struct RowStart {
  std::uint32_t byte;   // Of the scan as it is stored; never a zero that follows FF.
  std::uint16_t bit;    // 0…7, from that byte's top.
  std::uint16_t dc[3];  // The DC coefficient of each component's last block.
};

// A hash of a file's content. It need not resist forgery: a decoder stays within its buffer for any
// row starts.
std::uint64_t fingerprint(std::span<const std::uint8_t> file);

// Holds the first samples that fit, because in an epoch all samples are equally likely to come
// again. The known rows of a sample grow as decoders read them; no row is read for the index alone.
// Thread-safe.
class ScanIndex {
 public:
  static constexpr std::size_t kBytes = std::size_t{32} << 20;

  // Reserves at most `bytes` of memory at once; the system provides it on first use.
  explicit ScanIndex(std::uint64_t samples, std::size_t bytes = kBytes);

  // Replaces the content of `starts` by the known starts of the sample's first rows; by none if
  // they were found in a file with another fingerprint.
  void recall(std::uint64_t sample, std::uint64_t fingerprint, std::vector<RowStart>& starts) const;

  // Remembers the starts of the sample's first rows; the sample has `rows` rows.
  void remember(std::uint64_t sample, std::uint64_t fingerprint, std::size_t rows,
                std::span<const RowStart> starts);

 private:
  struct Record {
    std::uint64_t fingerprint = 0;
    std::uint32_t first = 0;     // In `starts_`.
    std::uint32_t reserved = 0;  // Rows for which there is memory.
    std::uint32_t known = 0;     // The first of them.
  };

  mutable std::mutex mutex_;     // Guards what follows.
  std::vector<Record> records_;  // By sample; the last ones of a large data set have none.
  std::size_t capacity_;         // In row starts.
  std::size_t used_ = 0;
  std::unique_ptr<RowStart[]> starts_;
};

// A sample and the index that remembers it; without an index nothing is remembered.
struct IndexedSample {
  ScanIndex* index = nullptr;
  std::uint64_t sample = 0;
};

}  // namespace bobbin::core
