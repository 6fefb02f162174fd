// nvJPEG on one GPU: which of its backends there are, and decoders over them.
#pragma once

#include <memory>
#include <string>

#include "cuda/context.h"
#include "cuda/nvjpeg_library.h"
#include "device/base/device.h"
#include "device/decode/jpeg_plan.h"

namespace bobbin::cuda {

// Shared by decoders of any number of threads ("The library handle is thread safe").
class Nvjpeg {
 public:
  // Looks for the library and asks each backend for a handle, which makes a context on the GPU.
  // Where there is none, `backends` has none and `state` says why.
  explicit Nvjpeg(std::shared_ptr<Context> context);
  ~Nvjpeg() { use_at_end(); }
  Nvjpeg(const Nvjpeg&) = delete;
  Nvjpeg& operator=(const Nvjpeg&) = delete;

  const device::JpegBackends& backends() const { return backends_; }
  // In words: "nvJPEG 13.0.1, 1 JPEG engine", "nvJPEG 13.0.1, no JPEG engine (ARCH_MISMATCH)", "no
  // nvJPEG: libnvjpeg.so.13: cannot open shared object file …".
  const std::string& state() const { return state_; }

  // nvJPEG's objects are for the GPU that the calling thread had chosen when they were made.
  void use() const { context_->use(); }
  void use_at_end() const noexcept { context_->use_at_end(); }

  const NvjpegFunctions& functions() const { return functions_; }
  // Of the engines; null without one.
  nvjpegHandle_t hardware() const { return hardware_.get(); }
  // Of the other backends.
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

// A decoder for one thread, over those of the backends that `only` has, too. The device, which is
// the context's, must outlive it. Null where no backend is left. Throws DeviceError.
std::unique_ptr<device::Decoder> make_nvjpeg_decoder(std::shared_ptr<const Nvjpeg> nvjpeg,
                                                     device::Device& device,
                                                     const device::JpegBackends& only = {true, true,
                                                                                         true});

}  // namespace bobbin::cuda
