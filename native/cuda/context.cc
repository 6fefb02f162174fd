// Words for CUDA's errors, and which of them end a context.
#include "cuda/context.h"

#include "device/device.h"

namespace bobbin::cuda {

namespace {

// Whether the context is beyond use: then every call fails, not only the one that asked too much.
bool is_lost() {
  const bool lost = cudaDeviceSynchronize() != cudaSuccess;
  cudaGetLastError();  // Told already; no later call is to find it again.
  return lost;
}

}  // namespace

std::string describe(cudaError_t error) {
  return std::string(cudaGetErrorString(error)) + " (" + cudaGetErrorName(error) + ")";
}

void Context::check(cudaError_t error, std::string_view call) {
  if (error == cudaSuccess) return;
  std::string message =
      "GPU " + std::to_string(index_) + ": " + std::string(call) + " failed: " + describe(error);
  const std::lock_guard lock(mutex_);
  if (!lost_.empty()) throw device::DeviceError("Lost before: " + lost_);
  if (is_lost()) {
    message += ". Only a new process can use this GPU again.";
    lost_ = message;
  }
  throw device::DeviceError(message);
}

}  // namespace bobbin::cuda
