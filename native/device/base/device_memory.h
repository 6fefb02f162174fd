// A device's memory: for the ring, and in blocks that release themselves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/batch/batch_writer.h"
#include "core/batch/memory.h"
#include "device/base/device.h"

namespace bobbin::device {

// The error of a run that a device ended: its reason and the remedy.
core::LoaderError ended_by(const DeviceError& error);

// Calls `run`; a DeviceError becomes the error that ends the run.
template <typename Run>
decltype(auto) or_end_run(const Run& run) {
  try {
    return run();
  } catch (const DeviceError& error) {
    throw ended_by(error);
  }
}

class DeviceMemory final : public core::Memory {
 public:
  explicit DeviceMemory(std::shared_ptr<Device> device);
  // These throw LoaderError.
  std::uint8_t* allocate(std::size_t bytes) override;
  void copy_out(void* to, const void* from, std::size_t bytes) override;

  void release(std::uint8_t* memory) noexcept override;
  std::string device() const override { return name_; }
  bool drains() const override { return true; }

 private:
  const std::shared_ptr<Device> device_;
  const std::string name_;
  std::mutex mutex_;  // Guards the queue.
  std::unique_ptr<Queue> queue_;
};

// Pinned memory, and the same amount of the device's memory for a copy. The device must outlive it.
class Block {
 public:
  enum class Sides { kPinned, kBoth };
  // Throws DeviceError.
  Block(Device& device, std::size_t bytes, Sides sides = Sides::kBoth);

  std::uint8_t* pinned() const { return pinned_.get(); }
  std::uint8_t* on_device() const { return on_device_.get(); }
  void copy_in(Queue& queue, std::size_t begin, std::size_t bytes) const {
    queue.copy_in(on_device() + begin, pinned() + begin, bytes);
  }

 private:
  struct ReleasePinned {
    Device* device;
    void operator()(std::uint8_t* memory) const { device->release_pinned(memory); }
  };
  struct Release {
    Device* device;
    void operator()(std::uint8_t* memory) const { device->release(memory); }
  };
  std::unique_ptr<std::uint8_t, ReleasePinned> pinned_;
  std::unique_ptr<std::uint8_t, Release> on_device_;
};

// Reuses blocks of one size. Thread-safe.
class BlockPool {
 public:
  struct Shape {
    std::size_t bytes = 0;  // Of each block.
    std::size_t most = 0;   // Number of blocks.
    Block::Sides sides = Block::Sides::kBoth;
  };
  BlockPool(Device& device, const Shape& shape) : device_(device), shape_(shape) {}

  std::size_t block_bytes() const { return shape_.bytes; }
  // A free block, or a new one; null if `most` blocks are in use. Throws DeviceError.
  std::unique_ptr<Block> take();
  // `block` may be null.
  void give_back(std::unique_ptr<Block> block);

 private:
  Device& device_;
  const Shape shape_;
  std::mutex mutex_;  // Guards what follows.
  std::size_t made_ = 0;
  std::vector<std::unique_ptr<Block>> free_;
};

}  // namespace bobbin::device
