// Starts the kernels on a stream. Each function returns the error of the launch; errors of the
// kernel itself appear at the next wait for the stream.
#pragma once

#include <cuda_runtime.h>

#include "device/base/device.h"

namespace bobbin::cuda {

// The kMeanParts sums of greys of each job, in the device's memory.
cudaError_t launch_sum_greys(const device::RenderTask& task, float* mean_sums, cudaStream_t stream);

// `mean_sums` is read only if the task needs means.
cudaError_t launch_render(const device::RenderTask& task, const float* mean_sums,
                          cudaStream_t stream);

struct NormalizeTask {
  const std::uint8_t* levels = nullptr;  // In the device's memory, channels last.
  int views = 0;
  device::Normalization by;
  device::BatchOutput output;
};
cudaError_t launch_normalize(const NormalizeTask& task, cudaStream_t stream);

}  // namespace bobbin::cuda
