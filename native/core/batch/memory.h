// Where a ring's batches lie: in main memory, or on a device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace bobbin::core {

// All member functions are for any number of threads at once.
class Memory {
 public:
  virtual ~Memory() = default;
  // At least 64-byte aligned. Throws where there is none left.
  virtual std::uint8_t* allocate(std::size_t bytes) = 0;
  // Nobody may come to read it any more; where readers may still be at work, waits for them.
  virtual void release(std::uint8_t* memory) noexcept = 0;
  // Copies to main memory what a finished batch holds.
  virtual void copy_out(void* to, const void* from, std::size_t bytes) = 0;
  // TensorFlow's name for where it is, without job and task: "CPU:0", "GPU:0".
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
