// Renders a batch: one block renders one tile of one view, from planes to stored values.
#include "cuda/launch.h"
#include "cuda/threads.cuh"

namespace bobbin::cuda {

namespace {

using device::RenderTask;

// With seven blocks, each thread has 72 of a multiprocessor's 65,536 registers: enough for the
// kernel, with 28 of 64 warps active. Without this bound the compiler uses 64 registers and spills.
constexpr int kRenderThreads = 128, kRenderBlocks = 7;
// One thread for each lane of device::MeanMemory; the bound gives 80 registers.
constexpr int kMeanThreads = device::kMeanLanes, kMeanBlocks = 3;

int tiles(int size, int side) { return (size + side - 1) / side; }

// The blocks of a view are consecutive: they share rows of its planes in the second-level cache.
template <core::PixelType type, device::Layout layout>
__global__ void __launch_bounds__(kRenderThreads, kRenderBlocks)
    render_kernel(const __grid_constant__ RenderTask task, const float* mean_sums, int across,
                  int tiles) {
  __shared__ device::TileMemory memory;
  const int job = blockIdx.x / tiles, tile = blockIdx.x % tiles;
  const device::TileIndex index = {job, tile % across, tile / across};
  device::render_tile<type, layout>(BlockThreads{}, task, mean_sums, index, memory);
}

__global__ void __launch_bounds__(kMeanThreads, kMeanBlocks)
    sum_greys_kernel(const __grid_constant__ RenderTask task, float* mean_sums) {
  __shared__ device::MeanMemory memory;
  const int job = blockIdx.x / device::kMeanParts, part = blockIdx.x % device::kMeanParts;
  device::sum_greys(BlockThreads{}, task, job, part, memory, mean_sums);
}

}  // namespace

cudaError_t launch_sum_greys(const RenderTask& task, float* mean_sums, cudaStream_t stream) {
  return launch(stream, task.count * device::kMeanParts, kMeanThreads, sum_greys_kernel, task,
                mean_sums);
}

cudaError_t launch_render(const RenderTask& task, const float* mean_sums, cudaStream_t stream) {
  const int across = tiles(task.output.size, device::kTileWidth);
  const int each = across * tiles(task.output.size, device::kTileHeight);
  cudaError_t error = cudaSuccess;
  device::with_output(task.output, [&]<core::PixelType type, device::Layout layout>() {
    error = launch(stream, task.count * each, kRenderThreads, render_kernel<type, layout>, task,
                   mean_sums, across, each);
  });
  return error;
}

}  // namespace bobbin::cuda
