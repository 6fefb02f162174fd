// The samples' encoded bytes, in files of their own or in parts of shards.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/scratch.h"
#include "core/decode/scan_index.h"

namespace bobbin::core {

class File;

// One sample's bytes, by an index into a list of paths.
struct Extent {
  std::size_t path = 0;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  // In bytes; 0 is the whole file.
};

// Any number of threads may call all member functions.
class Sources {
 public:
  Sources(std::vector<std::string> paths, std::vector<Extent> extents);
  ~Sources();
  Sources(const Sources&) = delete;
  Sources& operator=(const Sources&) = delete;

  std::uint64_t size() const { return extents_.size(); }
  // For messages: the path and, for a part of a shard, its first byte.
  std::string name(std::uint64_t sample) const;
  // Replaces the content of `bytes` by the sample's, and keeps their memory unless it is left over
  // from a much larger sample. Throws ImageError.
  void read(std::uint64_t sample, Bytes& bytes);
  // Sorts `samples` by path and by byte in a shard, and lets the system fetch them in this order.
  // Does nothing while all reads are answered from memory. Never fails: reading reports errors.
  void read_ahead(std::vector<std::uint64_t>& samples);
  // Row starts that decoders found in the samples.
  ScanIndex& index() { return index_; }

 private:
  std::shared_ptr<const File> shard(std::size_t path);

  const std::vector<std::string> paths_;
  const std::vector<Extent> extents_;
  ScanIndex index_;
  std::atomic<std::int64_t> ahead_{0};  // Samples to be fetched until memory is tried alone again.
  std::mutex mutex_;                    // Guards what follows.
  std::vector<std::shared_ptr<const File>> open_;  // By path; null where it is closed.
  std::deque<std::size_t> opened_;                 // Paths of open shards, the longest open first.
};

}  // namespace bobbin::core
