// The memory of a ring's batches: main memory, or a device's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace bobbin::core {

// All member functions are for any number of threads at once.
class Memory {
 public:
  virtual ~Memory() = default;
  // At least 64-byte aligned. Throws if there is no memory left.
  virtual std::uint8_t* allocate(std::size_t bytes) = 0;
  // No reader may start any more; waits for readers that are still at work.
  virtual void release(std::uint8_t* memory) noexcept = 0;
  // Copies a finished batch to main memory.
  virtual void copy_out(void* to, const void* from, std::size_t bytes) = 0;
  // TensorFlow's name for the device, without job and task: "CPU:0", "GPU:0".
  virtual std::string device() const = 0;
  // Whether readers may be at work on a batch after its lease has ended.
  virtual bool drains() const = 0;
};

class MainMemory final : public Memory {
 public:
  std::uint8_t* allocate(std::size_t bytes) override;
  void release(std::uint8_t* memory) noexcept override;
  void copy_out(void* to, const void* from, std::size_t bytes) override;
  std::string device() const override { return "CPU:0"; }
  bool drains() const override { return false; }
};

}  // namespace bobbin::core
