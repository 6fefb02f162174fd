// Shards stay open from sample to sample; a file with one sample is opened once an epoch and
// closed.
#include "core/read/sources.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/base/image.h"
#include "core/base/scratch.h"
#include "core/read/file.h"

namespace bobbin::core {
namespace {
// Far below 1,024, the usual limit of descriptors in a process.
constexpr std::size_t kMaxOpen = 128;
// A rare sample may wait for the disk: if the data is in memory, hints would cost more than that.
constexpr std::int64_t kAheadOfMiss = 1 << 15;
// Bytes of one image. A sparse file may claim more than the machine's memory.
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 30;

void resize(Bytes& bytes, std::uint64_t size) {
  if (size > kMostBytes) {
    throw ImageError("has " + std::to_string(size) + " bytes, more than the " +
                     std::to_string(kMostBytes) + " allowed");
  }
  if (is_large_rest(bytes.capacity(), size)) Bytes().swap(bytes);
  bytes.resize(size);
}
}  // namespace

Sources::Sources(std::vector<std::string> paths, std::vector<Extent> extents)
    : paths_(std::move(paths)),
      extents_(std::move(extents)),
      index_(extents_.size()),
      open_(paths_.size()) {}

Sources::~Sources() = default;

std::string Sources::name(std::uint64_t sample) const {
  const Extent& extent = extents_[sample];
  const std::string& path = paths_[extent.path];
  return extent.length == 0 ? path : path + " at byte " + std::to_string(extent.offset);
}

void Sources::read(std::uint64_t sample, Bytes& bytes) {
  const Extent& extent = extents_[sample];
  if (extent.length == 0) {
    const File file(paths_[extent.path]);
    if (file.size() == 0) throw ImageError("file is empty");
    resize(bytes, file.size());
    if (!file.read(0, bytes)) ahead_ = kAheadOfMiss;
    return;
  }
  const std::shared_ptr<const File> file = shard(extent.path);
  // Before memory is allocated: a wrong length may be any number.
  if (extent.offset > file->size() || extent.length > file->size() - extent.offset) {
    throw ImageError("file has " + std::to_string(file->size()) + " bytes, but " +
                     std::to_string(extent.length) + " were expected from byte " +
                     std::to_string(extent.offset) + " on");
  }
  resize(bytes, extent.length);
  if (!file->read(extent.offset, bytes)) ahead_ = kAheadOfMiss;
}

void Sources::read_ahead(std::vector<std::uint64_t>& samples) {
  if (ahead_ <= 0) return;
  ahead_ -= static_cast<std::int64_t>(samples.size());
  const auto position = [&](std::uint64_t sample) {
    return std::tuple(extents_[sample].path, extents_[sample].offset);
  };
  std::ranges::sort(samples, {}, position);
  for (const std::uint64_t sample : samples) {
    const Extent& extent = extents_[sample];
    try {
      if (extent.length == 0) {
        File(paths_[extent.path]).read_ahead(0, 0);
      } else {
        shard(extent.path)->read_ahead(extent.offset, extent.length);
      }
    } catch (const ImageError&) {
      // The thread that reads the sample meets the same error and reports it.
      continue;
    }
  }
}

std::shared_ptr<const File> Sources::shard(std::size_t path) {
  {
    const std::lock_guard lock(mutex_);
    if (open_[path]) return open_[path];
  }
  // Without the mutex: a file system may be slow. Another thread may open the same shard.
  auto opened = std::make_shared<const File>(paths_[path]);
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const File>& file = open_[path];
  if (file) return file;
  file = std::move(opened);
  opened_.push_back(path);
  if (opened_.size() > kMaxOpen) {
    // It is closed when the threads that still read it are done.
    open_[opened_.front()].reset();
    opened_.pop_front();
  }
  return file;
}

}  // namespace bobbin::core
