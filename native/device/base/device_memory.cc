// Allocates and releases a device's memory.
#include "device/base/device_memory.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "core/base/image.h"
#include "device/base/device.h"

namespace bobbin::device {

core::LoaderError ended_by(const DeviceError& error) {
  return core::LoaderError(
      std::string("the device failed: ") + error.what() +
      "; set `augment` to \"cpu\" and `memory` to \"main\" to load without it");
}

DeviceMemory::DeviceMemory(std::shared_ptr<Device> device)
    : device_(std::move(device)), name_(device_->tensorflow_name()) {}

std::uint8_t* DeviceMemory::allocate(std::size_t bytes) {
  try {
    return static_cast<std::uint8_t*>(device_->allocate(bytes));
  } catch (const DeviceError& error) {
    throw core::LoaderError("Expected memory for `slots` batches of `batchSize` images on " +
                            device_->name() + " but received \"" + error.what() +
                            "\"; set one of them lower");
  }
}

void DeviceMemory::release(std::uint8_t* memory) noexcept {
  try {
    device_->drain();
    device_->release(memory);
  } catch (const DeviceError&) {
    // A lost device does not read any more.
    device_->release(memory);
  }
}

void DeviceMemory::copy_out(void* to, const void* from, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  or_end_run([&] {
    if (!queue_) queue_ = device_->make_queue();
    queue_->copy_out(to, from, bytes);
    queue_->wait();
  });
}

Block::Block(Device& device, std::size_t bytes, Sides sides)
    : pinned_(static_cast<std::uint8_t*>(device.allocate_pinned(bytes)), ReleasePinned{&device}),
      on_device_(
          sides == Sides::kBoth ? static_cast<std::uint8_t*>(device.allocate(bytes)) : nullptr,
          Release{&device}) {}

std::unique_ptr<Block> BlockPool::take() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) {
    if (made_ == shape_.most) return nullptr;
    auto block = std::make_unique<Block>(device_, shape_.bytes, shape_.sides);
    ++made_;
    return block;
  }
  std::unique_ptr<Block> block = std::move(free_.back());
  free_.pop_back();
  return block;
}

void BlockPool::give_back(std::unique_ptr<Block> block) {
  if (!block) return;
  const std::lock_guard lock(mutex_);
  free_.push_back(std::move(block));
}

}  // namespace bobbin::device
