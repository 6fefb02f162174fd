// A block's threads, for the kernels' bodies, and the launch of kernels.
#pragma once

#include <cuda_runtime.h>

#include <utility>

#include "device/render/body.h"

namespace bobbin::cuda {

struct BlockThreads {
  template <typename Run>
  BOBBIN_SHARED void each(int count, const Run& run) const {
// The bodies are compiled for both sides; the host's half of this class is never called.
#ifdef __CUDA_ARCH__
    for (int i = threadIdx.x; i < count; i += blockDim.x) run(i);
    __syncthreads();
#endif
  }
};

// Launches `kernel` with `blocks` blocks of `threads` threads.
template <typename... Wanted, typename... Given>
cudaError_t launch(cudaStream_t stream, int blocks, int threads, void (*kernel)(Wanted...),
                   Given&&... given) {
  cudaLaunchConfig_t config = {};
  config.gridDim = dim3(blocks);
  config.blockDim = dim3(threads);
  config.stream = stream;
  // Unlike <<<>>>, it returns the error of this launch, not an older one.
  return cudaLaunchKernelEx(&config, kernel, std::forward<Given>(given)...);
}

}  // namespace bobbin::cuda
