// Where the samples' encoded bytes are: files of their own, or parts of shards.
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

// All member functions are for any number of threads at once.
class Sources {
 public:
  Sources(std::vector<std::string> paths, std::vector<Extent> extents);
  ~Sources();
  Sources(const Sources&) = delete;
  Sources& operator=(const Sources&) = delete;

  std::uint64_t size() const { return extents_.size(); }
  // For messages: the path, and where in it a part begins.
  std::string name(std::uint64_t sample) const;
  // Replaces the content of `bytes` by the sample's, and keeps their memory unless it is a large
  // rest. Throws ImageError.
  void read(std::uint64_t sample, Bytes& bytes);
  // Lets the system fetch these samples, in the order of the paths and, in a shard, of the bytes:
  // sorts `samples`. Does nothing while all that is read is in memory anyway. Nothing fails:
  // reading will say what is wrong.
  void read_ahead(std::vector<std::uint64_t>& samples);
  // What decoders found out about the samples' bytes.
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
