// The shared library's exported functions, and the status of the GPU.
#include "device/entries.h"

#include <cuda_runtime.h>

#include <memory>

#include "cuda/context.h"
#include "cuda/device.h"
#include "cuda/nvjpeg.h"

namespace {

using bobbin::cuda::CudaDevice;
using bobbin::cuda::describe;
using bobbin::cuda::reason_against;
using bobbin::device::CudaStatus;

// 13.0 for 13000
std::string version(int number) {
  return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10);
}

// Why no GPU can be used, as a clause, after cudaGetDeviceCount; empty if one can.
std::string reason_against(cudaError_t error, const CudaStatus& status) {
  switch (error) {
    case cudaSuccess:
      return "";
    case cudaErrorInsufficientDriver:
      if (status.driver == 0) {
        return "no NVIDIA driver (libcuda.so.1); Bobbin needs version 580 or later";
      }
      return "an NVIDIA driver for CUDA " + version(status.driver) + "; Bobbin needs CUDA " +
             version(status.runtime) + ", driver version 580 or later";
    case cudaErrorNoDevice:
      return "no GPU found by the NVIDIA driver (see `nvidia-smi` and CUDA_VISIBLE_DEVICES)";
    default:
      return "a failure of cudaGetDeviceCount, " + describe(error);
  }
}

// Counts the GPUs without opening one.
CudaStatus look_for_gpus() {
  CudaStatus status;
  cudaError_t error = cudaRuntimeGetVersion(&status.runtime);
  if (error == cudaSuccess) error = cudaDriverGetVersion(&status.driver);
  int count = 0;
  if (error == cudaSuccess) error = cudaGetDeviceCount(&count);
  status.reason = reason_against(error, status);
  status.available = status.reason.empty();
  cudaGetLastError();  // Clears the error, so that no later call reports it again.
  return status;
}

CudaStatus look_at_first() {
  CudaStatus status = look_for_gpus();
  if (!status.available) return status;
  cudaDeviceProp properties;
  const cudaError_t error = cudaGetDeviceProperties(&properties, 0);
  if (error == cudaSuccess) {
    status.name = properties.name;
    status.reason = reason_against(properties);
  } else {
    status.reason = "a failure of cudaGetDeviceProperties for GPU 0, " + describe(error);
    cudaGetLastError();  // See above.
  }
  status.available = status.reason.empty();
  return status;
}

CudaDevice* open(int index) {
  const CudaStatus status = look_for_gpus();
  if (status.available) return new CudaDevice(index);
  throw bobbin::device::no_device(index, status.reason);
}

}  // namespace

const char* bobbin_cuda_interface() { return BOBBIN_INTERFACE; }

void bobbin_cuda_status(CudaStatus* status) { *status = look_at_first(); }

void bobbin_cuda_decoders(int index, std::string* words) {
  *words = std::unique_ptr<CudaDevice>(open(index))->nvjpeg().state();
}

bobbin::device::Device* bobbin_cuda_open(int index) { return open(index); }
