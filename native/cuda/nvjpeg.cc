// Probes once which backends of nvJPEG work; GPUs, drivers and containers differ.
#include "cuda/nvjpeg.h"

#include <utility>

#include "cuda/nvjpeg_engine.h"
#include "device/decode/engine_decoder.h"

namespace bobbin::cuda {
namespace {

// The CPU decides about files that violate the specification.
constexpr unsigned kFlags = NVJPEG_FLAGS_BITSTREAM_STRICT;

std::string version(const NvjpegFunctions& functions) {
  std::string words;
  for (const libraryPropertyType part : {MAJOR_VERSION, MINOR_VERSION, PATCH_LEVEL}) {
    int number = 0;
    check_nvjpeg(functions.GetProperty(part, &number), "nvjpegGetProperty");
    if (!words.empty()) words += '.';
    words += std::to_string(number);
  }
  return words;
}

}  // namespace

Nvjpeg::Nvjpeg(std::shared_ptr<Context> context) : context_(std::move(context)) {
  try {
    context_->use();
    functions_ = load_nvjpeg();
    handle_ = make_handle(NVJPEG_BACKEND_DEFAULT);
    state_ = "nvJPEG " + version(functions_) + ", " + open_hardware();
    backends_ = {offers(NVJPEG_BACKEND_HYBRID), offers(NVJPEG_BACKEND_GPU_HYBRID),
                 hardware_ != nullptr};
  } catch (const device::DeviceError& error) {
    state_ = std::string("no nvJPEG: ") + error.what();
  }
}

NvjpegOwned<nvjpegHandle> Nvjpeg::make_handle(nvjpegBackend_t backend) const {
  return make_nvjpeg<nvjpegHandle>(functions_.Destroy, "nvjpegCreateEx", functions_.CreateEx,
                                   backend, nullptr, nullptr, kFlags);
}

// Most GPUs have no engine. Even if there is one, a container without the driver's `video`
// capability or a slice of a partitioned GPU may not have access to it (CUDALibrarySamples, issues
// 104 and 132).
std::string Nvjpeg::open_hardware() {
  nvjpegHandle_t handle = nullptr;
  nvjpegStatus_t status =
      functions_.CreateEx(NVJPEG_BACKEND_HARDWARE, nullptr, nullptr, kFlags, &handle);
  unsigned engines = 0, cores = 0;
  if (status == NVJPEG_STATUS_SUCCESS) {
    hardware_ = {handle, functions_.Destroy};
    status = functions_.GetHardwareDecoderInfo(handle, &engines, &cores);
  }
  if (status == NVJPEG_STATUS_SUCCESS && engines > 0 && cores > 0) {
    return std::to_string(engines) + " JPEG engine" + (engines > 1 ? "s" : "");
  }
  // "Return value of 0 indicates that hardware decoder is not available."
  hardware_.reset();
  std::string words = "no JPEG engine";
  if (status != NVJPEG_STATUS_SUCCESS) words.append(" (").append(name_of(status)).append(")");
  return words;
}

bool Nvjpeg::offers(nvjpegBackend_t backend) const {
  nvjpegJpegDecoder_t decoder = nullptr;
  if (functions_.DecoderCreate(handle(), backend, &decoder) != NVJPEG_STATUS_SUCCESS) return false;
  check_nvjpeg(functions_.DecoderDestroy(decoder), "nvjpegDecoderDestroy");
  return true;
}

std::unique_ptr<device::Decoder> make_nvjpeg_decoder(std::shared_ptr<const Nvjpeg> nvjpeg,
                                                     device::Device& device,
                                                     const device::JpegBackends& only) {
  const device::JpegBackends& all = nvjpeg->backends();
  const device::JpegBackends backends{all.hybrid && only.hybrid, all.gpu_hybrid && only.gpu_hybrid,
                                      all.hardware && only.hardware};
  auto engine = std::make_unique<NvjpegEngine>(std::move(nvjpeg), backends);
  if (!engine->backends().any()) return nullptr;
  return std::make_unique<device::EngineDecoder>(std::move(engine), device);
}

}  // namespace bobbin::cuda
