// A finished batch's memory, leased from the ring: the holder of the lease owns the slot's bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

#include "core/batch/memory.h"

namespace bobbin::core {

// Move-only. Destruction gives the slot back to its ring from any thread, without touching N-API;
// the ring (kept alive by `give_back`, and its memory with it) may then render into it again.
class SlotLease {
 public:
  SlotLease(Memory& memory, std::uint8_t* data, std::size_t bytes, std::function<void()> give_back)
      : memory_(memory), data_(data), bytes_(bytes), give_back_(std::move(give_back)) {}
  SlotLease(SlotLease&& other) noexcept
      : memory_(other.memory_),
        data_(std::exchange(other.data_, nullptr)),
        bytes_(std::exchange(other.bytes_, 0)),
        give_back_(std::exchange(other.give_back_, nullptr)) {}
  SlotLease& operator=(SlotLease&&) = delete;
  ~SlotLease() {
    if (give_back_) give_back_();
  }

  // The memory that holds `data`; it alone knows who may read it, and how.
  Memory& memory() const { return memory_; }
  // 64-byte aligned.
  std::uint8_t* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }

 private:
  Memory& memory_;
  std::uint8_t* data_;
  std::size_t bytes_;
  std::function<void()> give_back_;
};

}  // namespace bobbin::core
