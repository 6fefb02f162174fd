// Normalises a batch that the CPU rendered, with one thread for each pixel.
#include "cuda/launch.h"
#include "cuda/threads.cuh"

namespace bobbin::cuda {

namespace {

constexpr int kThreads = 256;

template <core::PixelType type, device::Layout layout>
__global__ void __launch_bounds__(kThreads)
    normalize_kernel(const __grid_constant__ NormalizeTask task, std::int64_t pixels) {
  const std::int64_t pixel = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (pixel < pixels)
    device::normalize_pixel<type, layout>(task.levels, pixel, task.by, task.output);
}

}  // namespace

cudaError_t launch_normalize(const NormalizeTask& task, cudaStream_t stream) {
  const std::int64_t pixels = std::int64_t{task.views} * task.output.size * task.output.size;
  const auto blocks = static_cast<int>((pixels + kThreads - 1) / kThreads);
  cudaError_t error = cudaSuccess;
  device::with_output(task.output, [&]<core::PixelType type, device::Layout layout>() {
    error = launch(stream, blocks, kThreads, normalize_kernel<type, layout>, task, pixels);
  });
  return error;
}

}  // namespace bobbin::cuda
