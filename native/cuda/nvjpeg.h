// nvJPEG on one GPU: its available backends, and decoders that use them.
#pragma once

#include <memory>
#include <string>

#include "cuda/context.h"
#include "cuda/nvjpeg_library.h"
#include "device/base/device.h"
#include "device/decode/jpeg_plan.h"

namespace bobbin::cuda {

// Shared by the decoders of all threads ("The library handle is thread safe").
class Nvjpeg {
 public:
  // Opens the library and creates a handle of each backend, which creates a context on the GPU.
  // Without the library, `backends` is empty and `state` gives the reason.
  explicit Nvjpeg(std::shared_ptr<Context> context);
  ~Nvjpeg() { use_at_end(); }
  Nvjpeg(const Nvjpeg&) = delete;
  Nvjpeg& operator=(const Nvjpeg&) = delete;

  const device::JpegBackends& backends() const { return backends_; }
  // In words: "nvJPEG 13.0.1, 1 JPEG engine", "nvJPEG 13.0.1, no JPEG engine (ARCH_MISMATCH)", "no
  // nvJPEG: libnvjpeg.so.13: cannot open shared object file …".
  const std::string& state() const { return state_; }

  // nvJPEG's objects belong to the GPU that the calling thread had selected at their creation.
  void use() const { context_->use(); }
  void use_at_end() const noexcept { context_->use_at_end(); }

  const NvjpegFunctions& functions() const { return functions_; }
  // For the engines; null without one.
  nvjpegHandle_t hardware() const { return hardware_.get(); }
  // For the other backends.
  nvjpegHandle_t handle() const { return handle_.get(); }

 private:
  NvjpegOwned<nvjpegHandle> make_handle(nvjpegBackend_t backend) const;
  std::string open_hardware();
  bool offers(nvjpegBackend_t backend) const;

  const std::shared_ptr<Context> context_;
  NvjpegFunctions functions_;
  NvjpegOwned<nvjpegHandle> hardware_{nullptr, nullptr}, handle_{nullptr, nullptr};
  device::JpegBackends backends_;
  std::string state_;
};

// A decoder for one thread. It uses the available backends that are also in `only`; null if there
// are none. The device, which belongs to the context, must outlive it. Throws DeviceError.
std::unique_ptr<device::Decoder> make_nvjpeg_decoder(std::shared_ptr<const Nvjpeg> nvjpeg,
                                                     device::Device& device,
                                                     const device::JpegBackends& only = {true, true,
                                                                                         true});

}  // namespace bobbin::cuda
