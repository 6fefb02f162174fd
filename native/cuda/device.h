// A GPU as a device: its memory, pinned memory, and streams as queues.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "cuda/context.h"
#include "device/base/device.h"

namespace bobbin::cuda {

class Nvjpeg;

// Why the library's kernels do not run on such a GPU, as a clause; empty if they do.
std::string reason_against(const cudaDeviceProp& properties);

class CudaDevice : public device::Device {
 public:
  // GPU `index`, as CUDA_VISIBLE_DEVICES numbers them. Throws DeviceError if it is missing or too
  // old.
  explicit CudaDevice(int index);

  std::string name() const override { return name_; }
  // TensorFlow sees only this GPU (`gpuDevice` of src/tensorflow).
  std::string tensorflow_name() const override { return "GPU:0"; }

  void* allocate(std::size_t bytes) override;
  void release(void* memory) noexcept override;
  void* allocate_pinned(std::size_t bytes) override;
  void release_pinned(void* memory) noexcept override;

  std::unique_ptr<device::Queue> make_queue() override;
  std::unique_ptr<device::Decoder> make_decoder() override;
  bool takes(const core::JpegTraits& traits) const override;

  void drain() override;

  // Created on first use: it takes memory that only decoders need.
  const Nvjpeg& nvjpeg() const;

 private:
  const std::shared_ptr<Context> context_;
  std::string name_;
  mutable std::once_flag nvjpeg_made_;
  mutable std::shared_ptr<const Nvjpeg> nvjpeg_;
};

}  // namespace bobbin::cuda
