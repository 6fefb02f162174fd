// Memory for the image at hand: kept from image to image, unless it is a large rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>
#include <vector>

namespace bobbin::core {

// Large memory comes from the system itself and goes back to it at once: the heap of a thread would
// keep what a rare large image needed. Null where the system has none left.
void* allocate_memory(std::size_t bytes);
void free_memory(void* memory, std::size_t bytes);

// Gives back to the system what the heaps of all threads hold and nobody uses: for the threads of
// libraries, which do not take their memory from here. Takes milliseconds.
void give_back_heaps();

// What is kept of memory whatever images follow.
inline constexpr std::size_t kMostKept = std::size_t{1} << 20;

// Whether memory is the rest of a large image, not to be kept for one that needs so many bytes.
constexpr bool is_large_rest(std::size_t held, std::size_t bytes) {
  return held > kMostKept && held / 8 > bytes;
}

// For a container whose memory comes from there.
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

// A whole file, or the pixels of a whole image.
using Bytes = std::vector<std::uint8_t, MemoryAllocator<std::uint8_t>>;

// One thread's.
class Scratch {
 public:
  Scratch() = default;
  ~Scratch() { free_memory(data_, size_); }
  Scratch(Scratch&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Scratch& operator=(Scratch&&) = delete;

  // Makes room for so many bytes, 64-byte aligned; what was there may be lost. A large rest is not
  // kept. Throws std::bad_alloc.
  std::uint8_t* reserve(std::size_t bytes);
  std::uint8_t* data() const { return data_; }

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace bobbin::core
