// Packs samples into chunks, row after row and plane after plane.
#include "device/load/staging.h"

#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "core/base/image.h"
#include "core/base/scratch.h"
#include "device/base/device.h"
#include "device/base/device_memory.h"
#include "device/decode/engine_decoder.h"

namespace bobbin::device {
namespace {

// Two planes never share a cache line.
constexpr std::size_t kAlignment = 64;

std::size_t aligned(std::size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

std::size_t row_bytes(const core::ImageView& image, const core::Plane& plane) {
  return static_cast<std::size_t>(plane.region.width) *
         (image.space == core::ColorSpace::kRgb ? 3 : 1);
}

}  // namespace

std::optional<core::Bytes> FilePool::exchange(core::Bytes& file) {
  const std::lock_guard lock(mutex_);
  if (held_ + file.size() > most_) return std::nullopt;
  held_ += file.size();
  core::Bytes spare;
  if (!free_.empty()) {
    spare = std::move(free_.back());
    free_.pop_back();
  }
  return std::exchange(file, std::move(spare));
}

void FilePool::give_back(core::Bytes file) {
  const std::lock_guard lock(mutex_);
  held_ -= file.size();
  // The memory of a rare large file goes back to the system.
  if (file.capacity() <= core::kMostKept) free_.push_back(std::move(file));
}

std::optional<core::ImageView> Staging::copy_samples(const core::ImageView& image) {
  const int planes = image.space == core::ColorSpace::kYcc ? 3 : 1;
  std::size_t bytes = 0;
  for (int i = 0; i < planes; ++i) {
    bytes += aligned(row_bytes(image, image.planes[i]) * image.planes[i].region.height);
  }
  const std::optional<BlockPart> room = take_room(bytes);
  if (!room) return std::nullopt;
  core::ImageView copy = image;
  std::size_t begin = 0;
  for (int i = 0; i < planes; ++i) {
    core::Plane& plane = copy.planes[i];
    plane.stride = row_bytes(image, plane);
    plane.data = room->on_device + begin;
    for (int y = 0; y < plane.region.height; ++y) {
      std::memcpy(room->pinned + begin + y * plane.stride,
                  image.planes[i].data + y * image.planes[i].stride, plane.stride);
    }
    begin += aligned(plane.stride * plane.region.height);
  }
  return copy;
}

std::optional<Staging::BlockPart> Staging::take_room(std::size_t bytes) {
  if (bytes > memory_.chunks.block_bytes()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (chunks_.empty() || chunks_.back().used + bytes > memory_.chunks.block_bytes()) {
    std::unique_ptr<Block> block = memory_.chunks.take();
    if (!block) return std::nullopt;
    chunks_.push_back({std::move(block)});
  }
  Chunk& chunk = chunks_.back();
  const std::size_t begin = std::exchange(chunk.used, chunk.used + bytes);
  return BlockPart{chunk.block->pinned() + begin, chunk.block->on_device() + begin};
}

Staging::BlockPart Staging::rendered_row(int row, Role role) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Block>& block = rendered_[static_cast<int>(role)];
  if (!block) block = memory_.rendered.take();
  const std::size_t begin = row * shape_.row_bytes;
  return {block->pinned() + begin, block->on_device() + begin};
}

bool Staging::reserve_planes(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  if (planes_ + bytes > EngineDecoder::kMostBytes) return false;
  planes_ += bytes;
  return true;
}

void Staging::release_planes(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  planes_ -= bytes;
}

void Staging::copy_samples_in(Queue& queue) const {
  for (const Chunk& chunk : chunks_) chunk.block->copy_in(queue, 0, chunk.used);
}

void Staging::copy_rendered_in(Queue& queue, Role role, int begin, int end) const {
  rendered_[static_cast<int>(role)]->copy_in(queue, begin * shape_.row_bytes,
                                             (end - begin) * shape_.row_bytes);
}

void Staging::clear_image(int row, Role role) {
  StagedImage& staged = image(row, role);
  staged.jobs.clear();
  if (!staged.file.bytes.empty()) memory_.files.give_back(std::exchange(staged.file.bytes, {}));
}

void Staging::clear() {
  for (int row = 0; row < shape_.rows; ++row) {
    clear_image(row, Role::kOwn);
    clear_image(row, Role::kPartner);
  }
  for (Chunk& chunk : chunks_) memory_.chunks.give_back(std::move(chunk.block));
  chunks_.clear();
  planes_ = 0;
  for (std::unique_ptr<Block>& block : rendered_) memory_.rendered.give_back(std::move(block));
}

}  // namespace bobbin::device
