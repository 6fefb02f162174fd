// Memory that a thread keeps or releases.
#include "core/base/scratch.h"

#include <cstdint>
#include <cstring>

#include "support/check.h"

using bobbin::core::kMostKept;
using bobbin::core::Scratch;

TEST("when images need no more memory than before, then the memory does not move") {
  Scratch scratch;
  for (const std::size_t largest : {std::size_t{1000}, kMostKept, 3 * kMostKept}) {
    std::uint8_t* const memory = scratch.reserve(largest);
    CHECK_EQUAL(reinterpret_cast<std::uintptr_t>(memory) % 64, std::uintptr_t{0});
    std::memset(memory, 1, largest);
    CHECK(scratch.reserve(largest / 2) == memory);
    CHECK(scratch.reserve(largest) == memory);
  }
}

TEST("when an image is far smaller than a rare large one, then the large memory is released") {
  Scratch scratch;
  scratch.reserve(2 * kMostKept);
  std::memset(scratch.data(), 1, 2 * kMostKept);
  scratch.reserve(1000);
  // New memory from the system is zero; kept memory would still contain ones.
  CHECK_EQUAL(int{scratch.reserve(2 * kMostKept)[0]}, 0);
}

TEST("when an image is smaller than one of a few megabytes, then the memory is kept") {
  Scratch scratch;
  std::uint8_t* const memory = scratch.reserve(kMostKept);
  CHECK(scratch.reserve(100) == memory);
}
