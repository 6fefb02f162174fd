// A GPU's primary context, which TensorFlow also uses: selects it for a thread and checks calls.
#pragma once

#include <cuda_runtime.h>

#include <mutex>
#include <string>
#include <string_view>

namespace bobbin::cuda {

// "out of memory (cudaErrorMemoryAllocation)"
std::string describe(cudaError_t error);

// Thread-safe.
class Context {
 public:
  explicit Context(int index) : index_(index) {}

  int index() const { return index_; }

  // Selects this GPU for the next calls of the calling thread.
  void use() { check(cudaSetDevice(index_), "cudaSetDevice"); }
  // The same in destructors: it fails only if the context, and the object with it, is gone.
  void use_at_end() const noexcept { static_cast<void>(cudaSetDevice(index_)); }

  // Throws a DeviceError with `call` and the reason if `error` is one. Some errors (such as an
  // invalid read in a kernel) end the whole context, and every later call fails with the same code:
  // later exceptions then report the first error.
  void check(cudaError_t error, std::string_view call);

 private:
  const int index_;
  std::mutex mutex_;
  std::string lost_;  // The error that ended the context.
};

}  // namespace bobbin::cuda
