// Memory for the current image: kept from image to image, unless it is far larger than needed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>
#include <vector>

namespace bobbin::core {

// Large blocks come directly from the system and go back at once: a thread's heap would keep the
// memory of a rare large image. Returns null if the system has no memory left.
void* allocate_memory(std::size_t bytes);
void free_memory(void* memory, std::size_t bytes);

// Returns unused memory of all threads' heaps to the system: for the threads of libraries, which
// allocate elsewhere. Takes milliseconds.
void give_back_heaps();

// Memory up to this size is always kept.
inline constexpr std::size_t kMostKept = std::size_t{1} << 20;

// Whether memory of a large image is too much to keep for an image that needs `bytes`.
constexpr bool is_large_rest(std::size_t held, std::size_t bytes) {
  return held > kMostKept && held / 8 > bytes;
}

// Allocates a container's memory with the functions above.
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

// Memory of one thread.
class Scratch {
 public:
  Scratch() = default;
  ~Scratch() { free_memory(data_, size_); }
  Scratch(Scratch&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Scratch& operator=(Scratch&&) = delete;

  // Makes room for `bytes`, 64-byte aligned; the old content may be lost. Releases memory that is
  // too large to keep. Throws std::bad_alloc.
  std::uint8_t* reserve(std::size_t bytes);
  std::uint8_t* data() const { return data_; }

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace bobbin::core
