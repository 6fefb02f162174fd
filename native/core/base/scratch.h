// Memory for one image at a time, kept for the next image unless it is much too large for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>
#include <vector>

namespace bobbin::core {

// Large blocks come from the system itself and go back to it at once: a thread's heap would keep
// the memory of a rare large image. Null if the system has no memory left.
void* allocate_memory(std::size_t bytes);
void free_memory(void* memory, std::size_t bytes);

// Returns the unused memory in the heaps of all threads to the system: for the threads of
// libraries, which do not allocate their memory here. Takes milliseconds.
void give_back_heaps();

// Memory up to this size is kept for any next image.
inline constexpr std::size_t kMostKept = std::size_t{1} << 20;

// Whether memory of size `held` is left over from a large image, and too large to be kept for an
// image that needs `bytes`.
constexpr bool is_large_rest(std::size_t held, std::size_t bytes) {
  return held > kMostKept && held / 8 > bytes;
}

// Allocates the memory of a container by `allocate_memory`.
template <typename T>
struct MemoryAllocator {
  using value_type = T;

  T* allocate(std::size_t count) {
    if (void* memory = allocate_memory(count * sizeof(T))) return static_cast<T*>(memory);
    throw std::bad_alloc();
  }
  void deallocate(T* memory, std::size_t count) { free_memory(memory, count * sizeof(T)); }
  bool operator==(const MemoryAllocator&) const = default;
};

// For a whole file, or the pixels of a whole image.
using Bytes = std::vector<std::uint8_t, MemoryAllocator<std::uint8_t>>;

// Belongs to one thread.
class Scratch {
 public:
  Scratch() = default;
  ~Scratch() { free_memory(data_, size_); }
  Scratch(Scratch&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Scratch& operator=(Scratch&&) = delete;

  // Returns memory for `bytes`, 64-byte aligned; its former content may be lost. Memory left over
  // from a large image is not kept. Throws std::bad_alloc.
  std::uint8_t* reserve(std::size_t bytes);
  std::uint8_t* data() const { return data_; }

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace bobbin::core
