// A GPU's primary context, which TensorFlow works in, too: chosen for a thread, its calls checked.
#pragma once

#include <cuda_runtime.h>

#include <mutex>
#include <string>
#include <string_view>

namespace bobbin::cuda {

// "out of memory (cudaErrorMemoryAllocation)"
std::string describe(cudaError_t error);

// All member functions are for any number of threads at once.
class Context {
 public:
  explicit Context(int index) : index_(index) {}

  int index() const { return index_; }

  // Has the calling thread's next calls go to this GPU.
  void use() { check(cudaSetDevice(index_), "cudaSetDevice"); }
  // The same before something ends; it fails only where the context is gone, and that with it.
  void use_at_end() const noexcept { static_cast<void>(cudaSetDevice(index_)); }

  // Throws a DeviceError of `call` and the reason unless it went well. Some errors (a kernel
  // reading where nothing is) end the whole context, and from then on every call fails by the same
  // code: later errors tell of the first.
  void check(cudaError_t error, std::string_view call);

 private:
  const int index_;
  std::mutex mutex_;
  std::string lost_;  // The error that ended the context.
};

}  // namespace bobbin::cuda
