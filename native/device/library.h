// The CUDA half of Bobbin: a shared library of its own, opened where it was built.
#pragma once

#include <memory>
#include <string>

#include "device/base/device.h"

namespace bobbin::device {

// What came of looking for a GPU.
struct CudaStatus {
  bool available = false;
  // What there is instead and the way out, as a clause that can follow "but received"; empty where
  // it is available.
  std::string reason;
  // CUDA's versions, 1000 · major + 10 · minor: what the driver can do (0 without one), and what
  // the library was built with (0 where it cannot be opened).
  int driver = 0, runtime = 0;
  std::string name;  // GPU 0's.
};

// Looks whether `library` can be opened and finds a driver and a GPU. Every outcome is a status,
// none an exception; it makes no context, so that it takes no memory on the GPU.
CudaStatus cuda_status(const std::string& library) noexcept;

// A status' reason as what opening GPU `index` throws.
inline DeviceError no_device(int index, const std::string& reason) {
  return DeviceError("Expected a CUDA device for GPU " + std::to_string(index) + " but received " +
                     reason);
}

// GPU `index`, as CUDA_VISIBLE_DEVICES numbers them. Throws DeviceError where the library cannot be
// opened, and where that GPU is not there or too old.
std::shared_ptr<Device> open_cuda(const std::string& library, int index);

// What decodes JPEGs on GPU `index`, in words, or why nothing does. Takes memory on the GPU.
std::string cuda_decoders(const std::string& library, int index) noexcept;

}  // namespace bobbin::device
