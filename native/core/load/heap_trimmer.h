// Returns unused heap memory to the system from time to time.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/base/scratch.h"

namespace bobbin::core {

// The heaps of the threads that decode for JavaScript keep the memory of large images, and more
// over time as small pieces lie between. Any number of threads may call both functions.
class HeapTrimmer {
 public:
  // `bytes` of pixels were decoded on such a thread.
  void count(std::uint64_t bytes) { decoded_ += bytes; }
  void trim_if_due() {
    if (decoded_ < kInterval) return;
    // Another thread may have come first.
    if (decoded_.exchange(0) >= kInterval) give_back_heaps();
  }

 private:
  // Bytes. Trimming takes some 6 ms, decoding as much as PNG a second or more.
  static constexpr std::uint64_t kInterval = std::uint64_t{256} << 20;

  std::atomic<std::uint64_t> decoded_{0};  // Since the heaps were trimmed.
};

}  // namespace bobbin::core
