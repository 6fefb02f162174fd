// A stub of CUDA's runtime for machines without a GPU: it records the calls of native/cuda, memory
// is main memory, copies are synchronous, and tests choose errors.
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
  // The result of the next call of a function, which then does nothing.
  std::map<std::string, cudaError_t> failures;
  // The error of a kernel; the next wait returns it, then every call.
  cudaError_t fault = cudaSuccess;
  bool waited_for = false;  // Whether a wait has returned it.

  // Host functions run only at a wait, so that memory overwritten too early is noticed.
  std::vector<std::pair<cudaHostFn_t, void*>> waiting;
  std::vector<std::string> calls;  // Names in order, without functions that cannot fail.
  std::vector<Launch> launches;
  std::map<void*, int> allocations;  // With the device of each.
  int handles = 0;                   // Live streams and events.
  unsigned event_flags = 0;          // Of the last event.
};

// The state used by the functions of CUDA's runtime; `reset` clears it.
Runtime& runtime();
void reset();

}  // namespace bobbin::stub
