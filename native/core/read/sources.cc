// Shards stay open from sample to sample; a file with one sample is opened once an epoch and
// closed.
#include "core/read/sources.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
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

// An absolute path as JavaScript resolves it: `..` takes away the name before it, even that of a
// link. std::filesystem would need a newer libstdc++ than the rest of the addon.
std::string resolved(std::string_view path) {
  std::string result;
  for (std::size_t begin = 1; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view name = path.substr(begin, end - begin);
    if (name == "..") {
      result.resize(result.empty() ? 0 : result.rfind('/'));
    } else if (!name.empty() && name != ".") {
      result.append("/").append(name);
    }
    begin = end + 1;
  }
  return result;
}
}  // namespace

Sources::Sources(ImageList images) : images_(std::move(images)), index_(images_.files.size()) {}

Sources::~Sources() = default;

Extent Sources::extent(std::uint64_t sample) const {
  const std::size_t file = images_.files[sample];
  if (images_.extents.empty()) return {file};
  return {file, static_cast<std::uint64_t>(images_.extents[2 * sample]),
          static_cast<std::uint64_t>(images_.extents[2 * sample + 1])};
}

std::optional<Region> Sources::box(std::uint64_t sample) const {
  if (images_.boxes.empty()) return std::nullopt;
  const std::span<const std::int32_t> box = images_.boxes.subspan(4 * sample, 4);
  if (box[0] == box[2]) return std::nullopt;
  return Region{box[0], box[1], box[2] - box[0], box[3] - box[1]};
}

// The result lives until the thread's next call, which uses its memory again.
const std::string& Sources::path(std::size_t file) const {
  const auto end = static_cast<std::size_t>(images_.ends[file]);
  const std::size_t begin = file == 0 ? 0 : static_cast<std::size_t>(images_.ends[file - 1]);
  const std::string_view given = images_.paths.substr(begin, end - begin);
  thread_local std::string path;
  path.clear();
  if (images_.root.empty() || given.starts_with('/')) return path.assign(given);
  path.append(images_.root).append("/").append(given);
  if (given.find("..") != given.npos) path = resolved(path);
  return path;
}

std::string Sources::name(std::uint64_t sample) const {
  const auto [file, offset, length] = extent(sample);
  return length == 0 ? path(file) : path(file) + " at byte " + std::to_string(offset);
}

void Sources::read(std::uint64_t sample, Bytes& bytes) {
  const Extent where = extent(sample);
  if (where.length == 0) {
    const File file(path(where.file));
    if (file.size() == 0) throw ImageError("file is empty");
    resize(bytes, file.size());
    if (!file.read(0, bytes)) ahead_ = kAheadOfMiss;
    return;
  }
  const std::shared_ptr<const File> file = shard(where.file);
  // Before memory is allocated: a wrong length may be any number.
  if (where.offset > file->size() || where.length > file->size() - where.offset) {
    throw ImageError("file has " + std::to_string(file->size()) + " bytes, but " +
                     std::to_string(where.length) + " were expected from byte " +
                     std::to_string(where.offset) + " on");
  }
  resize(bytes, where.length);
  if (!file->read(where.offset, bytes)) ahead_ = kAheadOfMiss;
}

void Sources::read_ahead(std::vector<std::uint64_t>& samples) {
  if (ahead_ <= 0) return;
  ahead_ -= static_cast<std::int64_t>(samples.size());
  const auto position = [&](std::uint64_t sample) {
    const auto [file, offset, length] = extent(sample);
    return std::tuple(file, offset);
  };
  std::ranges::sort(samples, {}, position);
  for (const std::uint64_t sample : samples) {
    const auto [file, offset, length] = extent(sample);
    try {
      if (length == 0) {
        File(path(file)).read_ahead(0, 0);
      } else {
        shard(file)->read_ahead(offset, length);
      }
    } catch (const std::runtime_error&) {
      // The thread that reads the sample meets the same error and reports it.
      continue;
    }
  }
}

std::shared_ptr<const File> Sources::shard(std::size_t file) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = open_.find(file); known != open_.end()) return known->second;
  }
  // Without the mutex: a file system may be slow. Another thread may open the same shard.
  auto opened = std::make_shared<const File>(path(file));
  const std::lock_guard lock(mutex_);
  const auto [entry, added] = open_.emplace(file, std::move(opened));
  std::shared_ptr<const File> shard = entry->second;
  if (!added) return shard;
  opened_.push_back(file);
  if (opened_.size() > kMaxOpen) {
    // It is closed when the threads that still read it are done.
    open_.erase(opened_.front());
    opened_.pop_front();
  }
  return shard;
}

}  // namespace bobbin::core
