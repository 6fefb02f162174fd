// Counts in the sanitizers' hook if there is one, else by replacing glibc's malloc, which
// libjpeg and operator new also call.
#include "support/allocations.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BOBBIN_SANITIZED 1
#endif

namespace {
std::atomic<std::uint64_t> count{0};
}

#ifdef BOBBIN_SANITIZED

// GCC does not install the header that declares it, sanitizer/allocator_interface.h.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void*,
                                                                           std::size_t),
                                                         void (*on_free)(const volatile void*));

namespace {
void on_malloc(const volatile void*, std::size_t) { ++count; }
void on_free(const volatile void*) {}
[[maybe_unused]] const int installed =
    __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
}  // namespace

#else

// glibc's allocator under its names for replacements.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

#define BOBBIN_EXPORTED __attribute__((visibility("default")))

BOBBIN_EXPORTED void* malloc(std::size_t bytes) {
  ++count;
  return __libc_malloc(bytes);
}
BOBBIN_EXPORTED void* calloc(std::size_t items, std::size_t bytes) {
  ++count;
  return __libc_calloc(items, bytes);
}
BOBBIN_EXPORTED void* realloc(void* memory, std::size_t bytes) {
  ++count;
  return __libc_realloc(memory, bytes);
}
BOBBIN_EXPORTED void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  ++count;
  return __libc_memalign(alignment, bytes);
}
}

#endif

std::uint64_t bobbin::test::allocations() { return count; }
