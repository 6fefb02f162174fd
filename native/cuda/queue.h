// A stream of copies and kernels.
#pragma once

#include <memory>
#include <type_traits>

#include "cuda/context.h"
#include "device/base/device.h"

namespace bobbin::cuda {

// Ends a handle of CUDA's. That fails only where its context is gone, and the handle with it.
template <auto destroy>
struct Destroy {
  template <typename Handle>
  void operator()(Handle* handle) const {
    static_cast<void>(destroy(handle));
  }
};
using Stream = std::unique_ptr<std::remove_pointer_t<cudaStream_t>, Destroy<cudaStreamDestroy>>;
using Event = std::unique_ptr<std::remove_pointer_t<cudaEvent_t>, Destroy<cudaEventDestroy>>;
using Floats = std::unique_ptr<float, Destroy<cudaFree>>;  // In the GPU's memory.

class CudaQueue : public device::Queue {
 public:
  explicit CudaQueue(std::shared_ptr<Context> context);
  // Waits for what was asked for: copies still read and write other people's memory.
  ~CudaQueue() override;

  void copy_in(void* to, const void* from, std::size_t bytes) override;
  void copy_out(void* to, const void* from, std::size_t bytes) override;
  void render(const device::RenderTask& task) override;
  void normalize(const std::uint8_t* levels, int views, const device::Normalization& by,
                 const device::BatchOutput& output) override;
  void wait() override;

  cudaStream_t stream() const { return stream_.get(); }

 private:
  // Makes room for the mean greys of `views` views.
  void reserve_means(int views);

  const std::shared_ptr<Context> context_;
  Stream stream_;
  Event done_;
  Floats means_;
  int means_for_ = 0;  // Views.
};

// The stream of a CudaDevice's queue.
inline cudaStream_t stream_of(device::Queue& queue) {
  return dynamic_cast<CudaQueue&>(queue).stream();
}

}  // namespace bobbin::cuda
