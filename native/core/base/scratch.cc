// Small blocks come from the heap, where sanitizers watch their bounds.
#include "core/base/scratch.h"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <new>
#include <utility>

namespace bobbin::core {
namespace {

constexpr std::size_t kAlignment = 64;
// malloc begins with this limit but raises it when large blocks are freed; then the heap of each
// thread grows to several times its need. ASan watches only the heap, so its limit is higher.
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t kLeastMapped = kMostKept;
#else
constexpr std::size_t kLeastMapped = std::size_t{128} << 10;
#endif

}  // namespace

void* allocate_memory(std::size_t bytes) {
  if (bytes < kLeastMapped) {
    return std::aligned_alloc(kAlignment, (bytes + kAlignment - 1) / kAlignment * kAlignment);
  }
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

void free_memory(void* memory, std::size_t bytes) {
  if (bytes < kLeastMapped) {
    std::free(memory);
  } else {
    munmap(memory, bytes);
  }
}

void give_back_heaps() { ::malloc_trim(0); }

std::uint8_t* Scratch::reserve(std::size_t bytes) {
  if (bytes <= size_ && !is_large_rest(size_, bytes)) return data_;
  free_memory(std::exchange(data_, nullptr), std::exchange(size_, 0));
  data_ = static_cast<std::uint8_t*>(allocate_memory(bytes));
  if (!data_) throw std::bad_alloc();
  size_ = bytes;
  return data_;
}

}  // namespace bobbin::core
