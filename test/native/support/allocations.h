// How often the process has asked for memory: by malloc, new or any other way to the allocator.
#pragma once

#include <cstdint>

namespace bobbin::test {

// Of all threads, since the program began.
std::uint64_t allocations();

}  // namespace bobbin::test
