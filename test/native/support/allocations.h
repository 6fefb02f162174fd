// The number of allocations of the process: by malloc, new or any other function of the allocator.
#pragma once

#include <cstdint>

namespace bobbin::test {

// Of all threads, since the program's start.
std::uint64_t allocations();

}  // namespace bobbin::test
