// A fixed ring of batch memory. This file says who may touch a slot's bytes, and when.
//
//              claim               finish             lease
//     Free ─────────────► Rendering ───────► Ready ───────────► Leased
//      ▲   a worker opens     │   its writer   │   the consumer    │ │
//      │   the next batch     │   is done      │   takes it        │ │
//      ├──────────────────────┴────────────────┴───────────────────┘ │
//      │           abandon         abandon          ~SlotLease       │ ~SlotLease
//      │                                                             ▼
//      └───────────────────────────────────────────────────────── Draining
//                                  drained
//
//   Free       nobody reads or writes.
//   Rendering  the batch's writer writes: worker threads each their own rows, then a device.
//   Ready      nobody writes; the loader holds it until the consumer asks.
//   Leased     the holder of the SlotLease owns the bytes: JavaScript, then a TensorFlow tensor.
//   Draining   the lease has ended, but TensorFlow ends it when it has told a device to read, not
//              when the device has read. Only memory that drains has slots in this state; a thread
//              that saw them there and then waited for the device frees them.
//
// Every change is one atomic exchange, so a lease may end on any thread, also after the loader is
// gone: the lease keeps the ring alive, and with it the memory.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/batch/memory.h"
#include "core/batch/slot.h"

namespace bobbin::core {

// Threads that share work wait on this; a thread that changes their condition calls `notify`.
struct Signal {
  std::mutex mutex;
  std::condition_variable changed;

  void notify() {
    // Taking the mutex orders the change before the check of a thread that is about to wait.
    {
      const std::lock_guard lock(mutex);
    }
    changed.notify_all();
  }
};

enum class SlotState : std::uint8_t { kFree, kRendering, kReady, kLeased, kDraining };

class Ring : public std::enable_shared_from_this<Ring> {
 public:
  // `slots` buffers of `bytes` each, 64-byte aligned. `ended` is notified, without any lock held,
  // whenever a lease ends.
  static std::shared_ptr<Ring> create(int slots, std::size_t bytes, std::shared_ptr<Memory> memory,
                                      std::shared_ptr<Signal> ended);

  // Free → Rendering; nothing when every slot is in use.
  std::optional<int> claim();
  // Rendering → Ready.
  void finish(int slot);
  // Rendering or Ready → Free. The caller ensures that no thread still writes.
  void abandon(int slot);
  // Ready → Leased.
  std::unique_ptr<SlotLease> lease(int slot, std::size_t bytes);
  // Draining → Free. The device has drained since the slot was seen in this state.
  void drained(int slot);

  std::uint8_t* data(int slot) const { return slots_[slot].data.get(); }
  SlotState state(int slot) const { return slots_[slot].state.load(std::memory_order_acquire); }
  int size() const { return static_cast<int>(slots_.size()); }
  // The memory of all slots.
  std::size_t bytes() const { return slots_.size() * slot_bytes_; }

 private:
  struct Release {
    Memory* memory;
    void operator()(std::uint8_t* data) const { memory->release(data); }
  };
  struct Slot {
    std::unique_ptr<std::uint8_t, Release> data;
    std::atomic<SlotState> state{SlotState::kFree};
  };

  Ring(int slots, std::size_t bytes, std::shared_ptr<Memory> memory, std::shared_ptr<Signal> ended);
  void change(int slot, SlotState from, SlotState to);
  void end_lease(int slot);

  const std::size_t slot_bytes_;
  const std::shared_ptr<Memory> memory_;
  std::vector<Slot> slots_;
  const std::shared_ptr<Signal> ended_;
};

}  // namespace bobbin::core
