// Stands in for CUDA's runtime where there is no GPU: what native/cuda asks of it is noted, memory
// is main memory, copies are made at once, and errors come when a test wants them.
#pragma once

#include <cuda_runtime.h>

#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace bobbin::stub {

struct Launch {
  std::string kernel;  // Mangled.
  int device = 0;
  unsigned blocks = 0, threads = 0;
};

struct Runtime {
  std::array<int, 2> majors{9, 9};  // Of each GPU's compute capability.
  // What the next call of a name returns instead of doing anything.
  std::map<std::string, cudaError_t> failures;
  // What a kernel ran into; whoever waits next is told, and then everybody.
  cudaError_t fault = cudaSuccess;
  bool waited_for = false;  // Whether somebody was told.

  // Host functions run only when somebody waits, so that what is overwritten too early shows.
  std::vector<std::pair<cudaHostFn_t, void*>> waiting;
  std::vector<std::string> calls;  // Names, in order, but for those that cannot fail.
  std::vector<Launch> launches;
  std::map<void*, int> allocations;  // And the device that each is on.
  int handles = 0;                   // Streams and events that are there.
  unsigned event_flags = 0;          // Of the last event.
};

// The one that the functions of CUDA's runtime work on; `reset` begins anew.
Runtime& runtime();
void reset();

}  // namespace bobbin::stub
