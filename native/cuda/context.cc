// Describes CUDA's errors, and knows which of them end a context.
#include "cuda/context.h"

#include "device/base/device.h"

namespace bobbin::cuda {

namespace {

// Whether the error ends the context: driver_types.h says that the process "must be terminated and
// relaunched".
bool is_sticky(cudaError_t error) {
  switch (error) {
    case cudaErrorIllegalAddress:
    case cudaErrorLaunchTimeout:
    case cudaErrorAssert:
    case cudaErrorHardwareStackError:
    case cudaErrorIllegalInstruction:
    case cudaErrorMisalignedAddress:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorInvalidPc:
    case cudaErrorLaunchFailure:
    case cudaErrorTensorMemoryLeak:
    case cudaErrorContained:
    case cudaErrorMpsClientTerminated:
    case cudaErrorExternalDevice:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string describe(cudaError_t error) {
  return std::string(cudaGetErrorString(error)) + " (" + cudaGetErrorName(error) + ")";
}

void Context::check(cudaError_t error, std::string_view call) {
  if (error == cudaSuccess) return;
  cudaGetLastError();  // Clears the error, so that no later call reports it again.
  std::string message =
      "GPU " + std::to_string(index_) + ": " + std::string(call) + " failed: " + describe(error);
  const std::lock_guard lock(mutex_);
  if (!lost_.empty()) throw device::DeviceError("Lost before: " + lost_);
  if (is_sticky(error)) {
    message += ". Only a new process can use this GPU again.";
    lost_ = message;
  }
  throw device::DeviceError(message);
}

}  // namespace bobbin::cuda
