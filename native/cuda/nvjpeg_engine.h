// One thread's nvJPEG: its calls in the required order, and their objects.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "cuda/nvjpeg.h"
#include "device/decode/jpeg_engine.h"

namespace bobbin::cuda {

// Decodes to planes as they are stored (NVJPEG_OUTPUT_YUV): chroma is neither upsampled nor
// converted to RGB, and a grey file has only the first plane. The image is not turned upright.
//
// According to the documentation (docs.nvidia.com/cuda/nvjpeg), nvjpegDecodeBatchedEx decodes
// regions on the hardware, and nvjpegDecodeJpeg… on the other backends; in YUV they must begin at a
// multiple of the sampling factors. Because some users report a GPU that refuses YUV regions, a
// refusal is returned (kRegionRefused), and nvjpegDecodeBatchedSupportedEx is called for each file.
//
// Another decoder decodes a file that a call fails to decode, and all files of a backend whose
// objects cannot be created. A call that runs out of memory throws DeviceError.
class NvjpegEngine final : public device::JpegEngine {
 public:
  NvjpegEngine(std::shared_ptr<const Nvjpeg> nvjpeg, const device::JpegBackends& backends);
  ~NvjpegEngine() override { nvjpeg_->use_at_end(); }
  NvjpegEngine(const NvjpegEngine&) = delete;
  NvjpegEngine& operator=(const NvjpegEngine&) = delete;

  device::JpegBackends backends() const override { return backends_; }
  bool hardware_takes(const device::JpegTask& task) override;
  bool decode_batch(std::span<const device::JpegTask> tasks, device::Queue& queue) override;
  device::JpegOutcome decode(const device::JpegTask& task, device::JpegBackend backend,
                             device::Queue& queue) override;

 private:
  // The state of a backend that decodes in phases.
  struct Phases {
    NvjpegOwned<nvjpegJpegDecoder> decoder{nullptr, nullptr};
    NvjpegOwned<nvjpegJpegState> state{nullptr, nullptr};
  };
  // The output of the CPU's phase; the device reads it while the CPU decodes the next file.
  struct Page {
    NvjpegOwned<nvjpegJpegStream> stream{nullptr, nullptr};
    NvjpegOwned<nvjpegBufferPinned> pinned{nullptr, nullptr};
  };

  NvjpegOwned<nvjpegDecodeParams> make_params(nvjpegHandle_t handle) const;
  void set_region(nvjpegDecodeParams_t params, const device::JpegTask& task) const;
  void open_hardware();
  void open_phases();
  Phases make_phases(nvjpegBackend_t backend) const;
  nvjpegStatus_t run_host(const Phases& phases, const Page& page, const device::JpegTask& task);
  nvjpegStatus_t run_device(const Phases& phases, const Page& page, const device::JpegTask& task,
                            cudaStream_t stream);

  const std::shared_ptr<const Nvjpeg> nvjpeg_;
  const NvjpegFunctions& functions_;
  device::JpegBackends backends_;  // Those whose objects were created.

  NvjpegOwned<nvjpegJpegStream> header_{nullptr, nullptr};
  NvjpegOwned<nvjpegJpegState> batch_state_{nullptr, nullptr};
  std::vector<NvjpegOwned<nvjpegDecodeParams>> batch_params_;  // One for each file.
  std::vector<nvjpegDecodeParams_t> params_of_;
  std::vector<const unsigned char*> files_;
  std::vector<std::size_t> lengths_;
  std::vector<nvjpegImage_t> images_;

  Phases hybrid_, gpu_hybrid_;
  NvjpegOwned<nvjpegBufferDevice> device_buffer_{nullptr, nullptr};
  NvjpegOwned<nvjpegDecodeParams> params_{nullptr, nullptr};
  std::array<Page, 2> pages_;
  int page_ = 0;
};

}  // namespace bobbin::cuda
