// The samples' encoded bytes, in files of their own or in parts of shards.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/image.h"
#include "core/base/scratch.h"
#include "core/decode/scan_index.h"

namespace bobbin::core {

class File;

// Where the samples' images are. The arrays are JavaScript's, which keeps them while they are used:
// with millions of samples, a copy for each loader would take seconds and gigabytes.
struct ImageList {
  std::string root;                      // Relative paths start here.
  std::string_view paths;                // One after the other.
  std::span<const double> ends;          // By path: its end in `paths`, where the next one begins.
  std::span<const std::uint32_t> files;  // By sample: its path.
  std::span<const double> extents;       // By sample: offset and length; empty if all are whole.
  // Four by sample: left, top, right and bottom of its box, or zeros. Empty if no sample has a box.
  std::span<const std::int32_t> boxes = {};
};

// One sample's bytes, by an index into a list of paths.
struct Extent {
  std::size_t file = 0;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  // In bytes; 0 is the whole file.
};

// Any number of threads may call all member functions.
class Sources {
 public:
  explicit Sources(ImageList images);
  ~Sources();
  Sources(const Sources&) = delete;
  Sources& operator=(const Sources&) = delete;

  std::uint64_t size() const { return images_.files.size(); }
  // Where to look in the upright image; nothing for the whole image.
  std::optional<Region> box(std::uint64_t sample) const;
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
  Extent extent(std::uint64_t sample) const;
  const std::string& path(std::size_t file) const;
  std::shared_ptr<const File> shard(std::size_t file);

  const ImageList images_;
  ScanIndex index_;
  std::atomic<std::int64_t> ahead_{0};  // Samples to be fetched until memory is tried alone again.
  std::mutex mutex_;                    // Guards what follows.
  std::unordered_map<std::size_t, std::shared_ptr<const File>> open_;  // Shards by path.
  std::deque<std::size_t> opened_;                                     // The longest open first.
};

}  // namespace bobbin::core
