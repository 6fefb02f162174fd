// Main memory for batches, on large pages if the batches are large.
#include "core/batch/memory.h"

#include <stdlib.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

namespace bobbin::core {
namespace {
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kLargePage = std::size_t{2} << 20;
}  // namespace

std::uint8_t* MainMemory::allocate(std::size_t bytes) {
  // Rows are written once and far apart: large pages avoid most of their address translations.
  const bool large = bytes >= 2 * kLargePage;
  // Not aligned_alloc, whose size must be a multiple of the alignment.
  void* memory = nullptr;
  if (posix_memalign(&memory, large ? kLargePage : kAlignment, bytes) != 0) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
  // A hint: if the system ignores it, nothing else changes.
  if (large) madvise(memory, bytes, MADV_HUGEPAGE);
#endif
  return static_cast<std::uint8_t*>(memory);
}

void MainMemory::release(std::uint8_t* memory) noexcept { std::free(memory); }

void MainMemory::copy_out(void* to, const void* from, std::size_t bytes) {
  std::memcpy(to, from, bytes);
}

}  // namespace bobbin::core
