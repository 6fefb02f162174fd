// The shared library's doors, and what it says of the GPU.
#include "device/entries.h"

#include <cuda_runtime.h>

#include "cuda/context.h"
#include "cuda/device.h"
#include "cuda/nvjpeg.h"

namespace {

using bobbin::cuda::describe;
using bobbin::device::CudaStatus;

// The oldest architecture that CMakeLists.txt compiles for.
constexpr int kMinimumMajor = 8;

// 13.0 for 13000
std::string version(int number) {
  return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10);
}

// Why no GPU can be used after cudaGetDeviceCount; empty where one can.
std::string reason_against(cudaError_t error, const CudaStatus& status) {
  switch (error) {
    case cudaSuccess:
      return "";
    case cudaErrorInsufficientDriver:
      if (status.driver == 0) {
        return "No NVIDIA driver is found (libcuda.so.1). Install version 580 or later.";
      }
      return "The NVIDIA driver can do CUDA " + version(status.driver) + ", but Bobbin needs " +
             version(status.runtime) + ". Install driver version 580 or later.";
    case cudaErrorNoDevice:
      return "The NVIDIA driver finds no GPU. Look at `nvidia-smi` and at CUDA_VISIBLE_DEVICES.";
    default:
      return "CUDA cannot be used: cudaGetDeviceCount failed: " + describe(error) + ".";
  }
}

CudaStatus look() {
  CudaStatus status;
  cudaError_t error = cudaRuntimeGetVersion(&status.runtime);
  if (error == cudaSuccess) error = cudaDriverGetVersion(&status.driver);
  int count = 0;
  if (error == cudaSuccess) error = cudaGetDeviceCount(&count);
  status.reason = reason_against(error, status);
  if (!status.reason.empty()) return status;

  cudaDeviceProp properties;
  error = cudaGetDeviceProperties(&properties, 0);
  if (error != cudaSuccess) {
    status.reason =
        "GPU 0 cannot be used: cudaGetDeviceProperties failed: " + describe(error) + ".";
    return status;
  }
  status.name = properties.name;
  if (properties.major < kMinimumMajor) {
    status.reason = status.name + " has compute capability " + std::to_string(properties.major) +
                    "." + std::to_string(properties.minor) + ", but Bobbin needs " +
                    std::to_string(kMinimumMajor) + ".0 or later.";
    return status;
  }
  status.available = true;
  return status;
}

}  // namespace

const char* bobbin_cuda_interface() { return BOBBIN_INTERFACE; }

void bobbin_cuda_status(CudaStatus* status) {
  *status = look();
  cudaGetLastError();  // Whatever was found is told; no later call is to find it again.
}

void bobbin_cuda_decoders(int index, std::string* words) {
  *words = bobbin::cuda::CudaDevice(index).nvjpeg().state();
}

bobbin::device::Device* bobbin_cuda_open(int index) { return new bobbin::cuda::CudaDevice(index); }
