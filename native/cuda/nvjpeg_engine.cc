// Uses the batched calls for the hardware and the decoupled phases for the other backends.
#include "cuda/nvjpeg_engine.h"

#include <utility>

#include "cuda/queue.h"

namespace bobbin::cuda {
namespace {

using device::JpegBackend;
using device::JpegOutcome;
using device::JpegTask;

constexpr nvjpegOutputFormat_t kFormat = NVJPEG_OUTPUT_YUV;

// Errors that every other file would meet, too.
bool is_fault_of_device(nvjpegStatus_t status) {
  return status == NVJPEG_STATUS_ALLOCATOR_FAILURE || status == NVJPEG_STATUS_NOT_INITIALIZED;
}

bool succeeded(nvjpegStatus_t status, const char* call) {
  if (is_fault_of_device(status)) check_nvjpeg(status, call);
  return status == NVJPEG_STATUS_SUCCESS;
}

// Whether a backend may refuse regions with this status; some use the status of another error.
bool can_mean_region(nvjpegStatus_t status) {
  return status == NVJPEG_STATUS_INVALID_PARAMETER || status == NVJPEG_STATUS_JPEG_NOT_SUPPORTED ||
         status == NVJPEG_STATUS_IMPLEMENTATION_NOT_SUPPORTED ||
         status == NVJPEG_STATUS_INTERNAL_ERROR;
}

// Whether a backend's objects could be created. Creation may fail without enough memory or rights;
// then the other backends and the CPU decode.
bool succeeds(const auto& make) {
  try {
    make();
    return true;
  } catch (const device::DeviceError&) {
    return false;
  }
}

nvjpegImage_t image_of(const JpegTask& task) {
  nvjpegImage_t image{};
  for (std::size_t c = 0; c < task.planes.size(); ++c) {
    image.channel[c] = task.planes[c].samples;
    image.pitch[c] = task.planes[c].stride;
  }
  return image;
}

}  // namespace

NvjpegEngine::NvjpegEngine(std::shared_ptr<const Nvjpeg> nvjpeg,
                           const device::JpegBackends& backends)
    : nvjpeg_(std::move(nvjpeg)), functions_(nvjpeg_->functions()), backends_(backends) {
  nvjpeg_->use();
  if (backends_.hardware) backends_.hardware = succeeds([&] { open_hardware(); });
  const bool phases =
      (backends_.hybrid || backends_.gpu_hybrid) && succeeds([&] { open_phases(); });
  const auto open = [&](nvjpegBackend_t backend, Phases& made) {
    return phases && succeeds([&] { made = make_phases(backend); });
  };
  if (backends_.hybrid) backends_.hybrid = open(NVJPEG_BACKEND_HYBRID, hybrid_);
  if (backends_.gpu_hybrid) backends_.gpu_hybrid = open(NVJPEG_BACKEND_GPU_HYBRID, gpu_hybrid_);
}

void NvjpegEngine::open_hardware() {
  const nvjpegHandle_t handle = nvjpeg_->hardware();
  header_ = make_nvjpeg<nvjpegJpegStream>(functions_.JpegStreamDestroy, "nvjpegJpegStreamCreate",
                                          functions_.JpegStreamCreate, handle);
  batch_state_ = make_nvjpeg<nvjpegJpegState>(functions_.JpegStateDestroy, "nvjpegJpegStateCreate",
                                              functions_.JpegStateCreate, handle);
  batch_params_.push_back(make_params(handle));
  // With any size this makes the library keep its memory: a fifth faster on eight GPUs, according
  // to DALI. 4:4:4 covers mixed samplings. It is only a hint: batches are decoded even if it fails.
  static_cast<void>(functions_.DecodeBatchedPreAllocate(handle, batch_state_.get(), 1, 1, 1,
                                                        NVJPEG_CSS_444, kFormat));
}

void NvjpegEngine::open_phases() {
  const nvjpegHandle_t handle = nvjpeg_->handle();
  device_buffer_ =
      make_nvjpeg<nvjpegBufferDevice>(functions_.BufferDeviceDestroy, "nvjpegBufferDeviceCreate",
                                      functions_.BufferDeviceCreate, handle, nullptr);
  params_ = make_params(handle);
  for (Page& page : pages_) {
    page.stream =
        make_nvjpeg<nvjpegJpegStream>(functions_.JpegStreamDestroy, "nvjpegJpegStreamCreate",
                                      functions_.JpegStreamCreate, handle);
    page.pinned =
        make_nvjpeg<nvjpegBufferPinned>(functions_.BufferPinnedDestroy, "nvjpegBufferPinnedCreate",
                                        functions_.BufferPinnedCreate, handle, nullptr);
  }
}

NvjpegEngine::Phases NvjpegEngine::make_phases(nvjpegBackend_t backend) const {
  const nvjpegHandle_t handle = nvjpeg_->handle();
  Phases phases;
  phases.decoder = make_nvjpeg<nvjpegJpegDecoder>(functions_.DecoderDestroy, "nvjpegDecoderCreate",
                                                  functions_.DecoderCreate, handle, backend);
  phases.state =
      make_nvjpeg<nvjpegJpegState>(functions_.JpegStateDestroy, "nvjpegDecoderStateCreate",
                                   functions_.DecoderStateCreate, handle, phases.decoder.get());
  check_nvjpeg(functions_.StateAttachDeviceBuffer(phases.state.get(), device_buffer_.get()),
               "nvjpegStateAttachDeviceBuffer");
  return phases;
}

NvjpegOwned<nvjpegDecodeParams> NvjpegEngine::make_params(nvjpegHandle_t handle) const {
  auto params =
      make_nvjpeg<nvjpegDecodeParams>(functions_.DecodeParamsDestroy, "nvjpegDecodeParamsCreate",
                                      functions_.DecodeParamsCreate, handle);
  check_nvjpeg(functions_.DecodeParamsSetOutputFormat(params.get(), kFormat),
               "nvjpegDecodeParamsSetOutputFormat");
  check_nvjpeg(functions_.DecodeParamsSetExifOrientation(params.get(), NVJPEG_ORIENTATION_NORMAL),
               "nvjpegDecodeParamsSetExifOrientation");
  return params;
}

void NvjpegEngine::set_region(nvjpegDecodeParams_t params, const JpegTask& task) const {
  const core::Region region = task.whole ? core::Region{0, 0, -1, -1} : task.region;
  check_nvjpeg(
      functions_.DecodeParamsSetROI(params, region.left, region.top, region.width, region.height),
      "nvjpegDecodeParamsSetROI");
}

bool NvjpegEngine::hardware_takes(const JpegTask& task) {
  nvjpeg_->use();
  const nvjpegHandle_t handle = nvjpeg_->hardware();
  const nvjpegDecodeParams_t params = batch_params_.front().get();
  set_region(params, task);
  int refused = 1;  // 0 means supported.
  return succeeded(functions_.JpegStreamParseHeader(handle, task.file.data(), task.file.size(),
                                                    header_.get()),
                   "nvjpegJpegStreamParseHeader") &&
         succeeded(functions_.DecodeBatchedSupportedEx(handle, header_.get(), params, &refused),
                   "nvjpegDecodeBatchedSupportedEx") &&
         refused == 0;
}

bool NvjpegEngine::decode_batch(std::span<const JpegTask> tasks, device::Queue& queue) {
  nvjpeg_->use();
  const nvjpegHandle_t handle = nvjpeg_->hardware();
  while (batch_params_.size() < tasks.size()) batch_params_.push_back(make_params(handle));
  params_of_.clear();
  files_.clear();
  lengths_.clear();
  images_.clear();
  for (const JpegTask& task : tasks) {
    const nvjpegDecodeParams_t params = batch_params_[params_of_.size()].get();
    set_region(params, task);
    params_of_.push_back(params);
    files_.push_back(task.file.data());
    lengths_.push_back(task.file.size());
    images_.push_back(image_of(task));
  }
  // On an H100 the engine writes its planes during the call: it waits neither for work queued
  // before on the stream nor for an event (nvJPEG 12.3.5 to 13.2.1: torchcodec's pull request
  // 1634). If nothing is queued, this costs next to nothing.
  queue.wait();
  // Needed again when the size has changed or a batch has failed, and only after the last batch is
  // done: decoders wait for each batch.
  return succeeded(functions_.DecodeBatchedInitialize(handle, batch_state_.get(),
                                                      static_cast<int>(tasks.size()), 1, kFormat),
                   "nvjpegDecodeBatchedInitialize") &&
         succeeded(
             functions_.DecodeBatchedEx(handle, batch_state_.get(), files_.data(), lengths_.data(),
                                        images_.data(), params_of_.data(), stream_of(queue)),
             "nvjpegDecodeBatchedEx");
}

JpegOutcome NvjpegEngine::decode(const JpegTask& task, JpegBackend backend, device::Queue& queue) {
  nvjpeg_->use();
  const Phases& phases = backend == JpegBackend::kGpuHybrid ? gpu_hybrid_ : hybrid_;
  const Page& page = pages_[page_];
  nvjpegStatus_t status = run_host(phases, page, task);
  if (succeeded(status, "nvjpegDecodeJpegHost")) {
    // After this the last file's page and the device buffer are free, so that they may grow.
    queue.wait();
    // Not earlier: if this file fails, the device may still read the other page.
    page_ = 1 - page_;
    status = run_device(phases, page, task, stream_of(queue));
  }
  if (succeeded(status, "nvjpegDecodeJpegDevice")) return JpegOutcome::kDecoded;
  const bool refused = !task.whole && can_mean_region(status);
  return refused ? JpegOutcome::kRegionRefused : JpegOutcome::kFailed;
}

nvjpegStatus_t NvjpegEngine::run_host(const Phases& phases, const Page& page,
                                      const JpegTask& task) {
  set_region(params_.get(), task);
  const nvjpegHandle_t handle = nvjpeg_->handle();
  nvjpegStatus_t status = functions_.JpegStreamParse(handle, task.file.data(), task.file.size(), 0,
                                                     0, page.stream.get());
  if (status != NVJPEG_STATUS_SUCCESS) return status;
  status = functions_.StateAttachPinnedBuffer(phases.state.get(), page.pinned.get());
  if (status != NVJPEG_STATUS_SUCCESS) return status;
  return functions_.DecodeJpegHost(handle, phases.decoder.get(), phases.state.get(), params_.get(),
                                   page.stream.get());
}

nvjpegStatus_t NvjpegEngine::run_device(const Phases& phases, const Page& page,
                                        const JpegTask& task, cudaStream_t stream) {
  const nvjpegHandle_t handle = nvjpeg_->handle();
  const nvjpegStatus_t status = functions_.DecodeJpegTransferToDevice(
      handle, phases.decoder.get(), phases.state.get(), page.stream.get(), stream);
  if (status != NVJPEG_STATUS_SUCCESS) return status;
  nvjpegImage_t image = image_of(task);
  return functions_.DecodeJpegDevice(handle, phases.decoder.get(), phases.state.get(), &image,
                                     stream);
}

}  // namespace bobbin::cuda
