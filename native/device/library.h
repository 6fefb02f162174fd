// Opens the CUDA half of Bobbin, a separate shared library, where it was built.
#pragma once

#include <memory>
#include <string>

#include "device/base/device.h"

namespace bobbin::device {

// The result of the search for a GPU.
struct CudaStatus {
  bool available = false;
  // The obstacle and its remedy, as a clause that can follow "but received"; empty if a GPU is
  // available.
  std::string reason;
  // CUDA's versions, 1000 · major + 10 · minor: of the driver (0 without one), and of the library
  // (0 if it cannot be opened).
  int driver = 0, runtime = 0;
  std::string name;  // GPU 0's.
};

// Opens `library` and looks for a driver and a GPU. Never throws: the status has the reason. It
// creates no context, so it takes no memory on the GPU.
CudaStatus cuda_status(const std::string& library) noexcept;

// The error of opening GPU `index`, with a status' reason.
inline DeviceError no_device(int index, const std::string& reason) {
  return DeviceError("Expected a CUDA device for GPU " + std::to_string(index) + " but received " +
                     reason);
}

// GPU `index`, as CUDA_VISIBLE_DEVICES numbers them. Throws DeviceError if the library cannot be
// opened, or the GPU is missing or too old.
std::shared_ptr<Device> open_cuda(const std::string& library, int index);

// Names the JPEG decoders of GPU `index`, or the reason why it has none. Takes memory on the GPU.
std::string cuda_decoders(const std::string& library, int index) noexcept;

}  // namespace bobbin::device
