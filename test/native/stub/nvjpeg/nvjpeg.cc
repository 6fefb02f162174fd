// A stub of NVIDIA's library: it checks callers against the documentation
// (docs.nvidia.com/cuda/nvjpeg, mainly the order of calls), and decodes with Bobbin's decoder: the
// engine at once, like on an H100, the other backends in the order of the stream.
#include <nvjpeg.h>

#include <array>
#include <functional>
#include <span>
#include <vector>

#include "core/decode/jpeg.h"
#include "stub/nvjpeg/script.h"
#include "support/device_fixtures.h"

using bobbin::core::JpegDecoder;
using bobbin::core::Region;
using Bytes = std::vector<std::uint8_t>;

// Counts the live handles.
struct Counted {
  Counted() { ++nvjpeg_script.handles; }
  ~Counted() { --nvjpeg_script.handles; }
  Counted(const Counted&) = delete;
};
struct nvjpegHandle : Counted {
  nvjpegBackend_t backend = NVJPEG_BACKEND_DEFAULT;
};
struct nvjpegJpegDecoder : Counted {
  nvjpegBackend_t backend = NVJPEG_BACKEND_DEFAULT;
};
struct nvjpegBufferPinned : Counted {
  Bytes bytes;
};
struct nvjpegBufferDevice : Counted {
  Bytes bytes;
};
struct nvjpegJpegStream : Counted {
  std::span<const std::uint8_t> file;
};
struct nvjpegDecodeParams : Counted {
  nvjpegOutputFormat_t format = NVJPEG_OUTPUT_UNCHANGED;
  bool upright = false;
  Region region{0, 0, -1, -1};
};
struct nvjpegJpegState : Counted {
  int batch = 0;
  nvjpegBufferPinned* pinned = nullptr;
  nvjpegBufferDevice* device = nullptr;
  int phase = 0;  // The last finished phase.
  Region region{};
};

namespace {

template <typename Object>
nvjpegStatus_t make(Object** object) {
  *object = new Object;
  return NVJPEG_STATUS_SUCCESS;
}

template <typename Object>
nvjpegStatus_t end(Object* object) {
  delete object;
  return NVJPEG_STATUS_SUCCESS;
}

void later(cudaStream_t stream, std::function<void()> run) {
  cudaLaunchHostFunc(
      stream,
      [](void* data) {
        (*static_cast<std::function<void()>*>(data))();
        delete static_cast<std::function<void()>*>(data);
      },
      new std::function<void()>(std::move(run)));
}

void decode(std::span<const std::uint8_t> file, Region region, const nvjpegImage_t& image) {
  JpegDecoder decoder;
  const auto size = decoder.open(file);
  if (region.width < 0) region = {0, 0, size.width, size.height};
  std::array<bobbin::device::JpegTask::Target, 3> planes;
  for (int c = 0; c < decoder.traits().components; ++c)
    planes[c] = {image.channel[c], image.pitch[c]};
  bobbin::test::decode_part(file, region, planes);
}

nvjpegStatus_t check_params(const nvjpegDecodeParams& params, std::span<const std::uint8_t> file) {
  if (params.format != NVJPEG_OUTPUT_YUV || !params.upright) return NVJPEG_STATUS_INVALID_PARAMETER;
  const Region& region = params.region;
  if (region.width < 0) return NVJPEG_STATUS_SUCCESS;
  JpegDecoder decoder;
  decoder.open(file);
  const auto traits = decoder.traits();
  if (region.left + region.width > traits.width || region.top + region.height > traits.height) {
    return NVJPEG_STATUS_BAD_JPEG;
  }
  const bool aligned = region.left % traits.across[0] == 0 && region.top % traits.down[0] == 0;
  return aligned ? NVJPEG_STATUS_SUCCESS : NVJPEG_STATUS_INVALID_PARAMETER;
}

nvjpegStatus_t parse(const unsigned char* data, std::size_t length, nvjpegJpegStream* stream) {
  if (length < 2 || data[0] != 0xff || data[1] != 0xd8) return NVJPEG_STATUS_BAD_JPEG;
  stream->file = {data, length};
  return NVJPEG_STATUS_SUCCESS;
}

}  // namespace

extern "C" {

nvjpegStatus_t nvjpegGetProperty(libraryPropertyType type, int* value) {
  *value = type == MAJOR_VERSION ? 13 : type == MINOR_VERSION ? 0 : 7;
  return NVJPEG_STATUS_SUCCESS;
}

nvjpegStatus_t nvjpegCreateEx(nvjpegBackend_t backend, nvjpegDevAllocator_t*,
                              nvjpegPinnedAllocator_t*, unsigned int, nvjpegHandle_t* handle) {
  if (backend == NVJPEG_BACKEND_HARDWARE && nvjpeg_script.create_hardware) {
    return nvjpeg_script.create_hardware;
  }
  make(handle);
  (*handle)->backend = backend;
  return NVJPEG_STATUS_SUCCESS;
}
nvjpegStatus_t nvjpegDestroy(nvjpegHandle_t handle) { return end(handle); }

nvjpegStatus_t nvjpegGetHardwareDecoderInfo(nvjpegHandle_t, unsigned* engines, unsigned* cores) {
  *engines = nvjpeg_script.engines;
  *cores = 8 * nvjpeg_script.engines;
  return NVJPEG_STATUS_SUCCESS;
}

nvjpegStatus_t nvjpegJpegStateCreate(nvjpegHandle_t, nvjpegJpegState_t* state) {
  if (nvjpeg_script.hardware_state) return nvjpeg_script.hardware_state;
  return make(state);
}
nvjpegStatus_t nvjpegJpegStateDestroy(nvjpegJpegState_t state) { return end(state); }

nvjpegStatus_t nvjpegDecoderCreate(nvjpegHandle_t, nvjpegBackend_t backend,
                                   nvjpegJpegDecoder_t* decoder) {
  make(decoder);
  (*decoder)->backend = backend;
  return NVJPEG_STATUS_SUCCESS;
}
nvjpegStatus_t nvjpegDecoderDestroy(nvjpegJpegDecoder_t decoder) { return end(decoder); }
nvjpegStatus_t nvjpegDecoderStateCreate(nvjpegHandle_t, nvjpegJpegDecoder_t,
                                        nvjpegJpegState_t* state) {
  if (nvjpeg_script.phases_state) return nvjpeg_script.phases_state;
  return make(state);
}

nvjpegStatus_t nvjpegJpegStreamCreate(nvjpegHandle_t, nvjpegJpegStream_t* stream) {
  return make(stream);
}
nvjpegStatus_t nvjpegJpegStreamDestroy(nvjpegJpegStream_t stream) { return end(stream); }
nvjpegStatus_t nvjpegJpegStreamParse(nvjpegHandle_t, const unsigned char* data, size_t length, int,
                                     int, nvjpegJpegStream_t stream) {
  return parse(data, length, stream);
}
nvjpegStatus_t nvjpegJpegStreamParseHeader(nvjpegHandle_t, const unsigned char* data, size_t length,
                                           nvjpegJpegStream_t stream) {
  return parse(data, length, stream);
}

nvjpegStatus_t nvjpegBufferPinnedCreate(nvjpegHandle_t, nvjpegPinnedAllocator_t*,
                                        nvjpegBufferPinned_t* buffer) {
  return make(buffer);
}
nvjpegStatus_t nvjpegBufferPinnedDestroy(nvjpegBufferPinned_t buffer) { return end(buffer); }
nvjpegStatus_t nvjpegBufferDeviceCreate(nvjpegHandle_t, nvjpegDevAllocator_t*,
                                        nvjpegBufferDevice_t* buffer) {
  return make(buffer);
}
nvjpegStatus_t nvjpegBufferDeviceDestroy(nvjpegBufferDevice_t buffer) { return end(buffer); }
nvjpegStatus_t nvjpegStateAttachPinnedBuffer(nvjpegJpegState_t state, nvjpegBufferPinned_t buffer) {
  state->pinned = buffer;
  return NVJPEG_STATUS_SUCCESS;
}
nvjpegStatus_t nvjpegStateAttachDeviceBuffer(nvjpegJpegState_t state, nvjpegBufferDevice_t buffer) {
  state->device = buffer;
  return NVJPEG_STATUS_SUCCESS;
}

nvjpegStatus_t nvjpegDecodeParamsCreate(nvjpegHandle_t, nvjpegDecodeParams_t* params) {
  return make(params);
}
nvjpegStatus_t nvjpegDecodeParamsDestroy(nvjpegDecodeParams_t params) { return end(params); }
nvjpegStatus_t nvjpegDecodeParamsSetOutputFormat(nvjpegDecodeParams_t params,
                                                 nvjpegOutputFormat_t format) {
  params->format = format;
  return NVJPEG_STATUS_SUCCESS;
}
nvjpegStatus_t nvjpegDecodeParamsSetROI(nvjpegDecodeParams_t params, int left, int top, int width,
                                        int height) {
  params->region = {left, top, width, height};
  return NVJPEG_STATUS_SUCCESS;
}
nvjpegStatus_t nvjpegDecodeParamsSetExifOrientation(nvjpegDecodeParams_t params,
                                                    nvjpegExifOrientation_t orientation) {
  params->upright = orientation == NVJPEG_ORIENTATION_NORMAL;
  return NVJPEG_STATUS_SUCCESS;
}

nvjpegStatus_t nvjpegDecodeBatchedPreAllocate(nvjpegHandle_t handle, nvjpegJpegState_t, int, int,
                                              int, nvjpegChromaSubsampling_t,
                                              nvjpegOutputFormat_t) {
  return handle->backend == NVJPEG_BACKEND_HARDWARE ? nvjpeg_script.pre_allocate
                                                    : NVJPEG_STATUS_INVALID_PARAMETER;
}
nvjpegStatus_t nvjpegDecodeBatchedSupportedEx(nvjpegHandle_t, nvjpegJpegStream_t stream,
                                              nvjpegDecodeParams_t params, int* refused) {
  const bool region = params->region.width >= 0;
  *refused = (region && !nvjpeg_script.hardware_takes_regions) ||
             check_params(*params, stream->file) != NVJPEG_STATUS_SUCCESS;
  return NVJPEG_STATUS_SUCCESS;
}
nvjpegStatus_t nvjpegDecodeBatchedInitialize(nvjpegHandle_t, nvjpegJpegState_t state, int size,
                                             int threads, nvjpegOutputFormat_t format) {
  if (size < 1 || threads < 1 || format != NVJPEG_OUTPUT_YUV)
    return NVJPEG_STATUS_INVALID_PARAMETER;
  state->batch = size;
  return NVJPEG_STATUS_SUCCESS;
}
nvjpegStatus_t nvjpegDecodeBatchedEx(nvjpegHandle_t handle, nvjpegJpegState_t state,
                                     const unsigned char* const* data, const size_t* lengths,
                                     nvjpegImage_t* images, nvjpegDecodeParams_t* params,
                                     cudaStream_t) {
  if (handle->backend != NVJPEG_BACKEND_HARDWARE) return NVJPEG_STATUS_IMPLEMENTATION_NOT_SUPPORTED;
  if (nvjpeg_script.decode_batch) {
    state->batch = 0;  // It must be initialised again.
    return nvjpeg_script.decode_batch;
  }
  for (int i = 0; i < state->batch; ++i) {
    const std::span<const std::uint8_t> file(data[i], lengths[i]);
    if (const nvjpegStatus_t status = check_params(*params[i], file)) return status;
    decode(file, params[i]->region, images[i]);
  }
  ++nvjpeg_script.batches;
  return NVJPEG_STATUS_SUCCESS;
}

nvjpegStatus_t nvjpegDecodeJpegHost(nvjpegHandle_t, nvjpegJpegDecoder_t decoder,
                                    nvjpegJpegState_t state, nvjpegDecodeParams_t params,
                                    nvjpegJpegStream_t stream) {
  if (!state->pinned) return NVJPEG_STATUS_INVALID_PARAMETER;
  if (nvjpeg_script.decode_host) return nvjpeg_script.decode_host;
  if (params->region.width >= 0 && nvjpeg_script.region_in_phases) {
    return nvjpeg_script.region_in_phases;
  }
  if (const nvjpegStatus_t status = check_params(*params, stream->file)) return status;
  state->pinned->bytes.assign(stream->file.begin(), stream->file.end());
  state->region = params->region;
  state->phase = 1;
  ++(decoder->backend == NVJPEG_BACKEND_GPU_HYBRID ? nvjpeg_script.gpu_hybrid
                                                   : nvjpeg_script.hybrid);
  return NVJPEG_STATUS_SUCCESS;
}
// The device buffer is resized at once, even if it is still read.
nvjpegStatus_t nvjpegDecodeJpegTransferToDevice(nvjpegHandle_t, nvjpegJpegDecoder_t,
                                                nvjpegJpegState_t state, nvjpegJpegStream_t,
                                                cudaStream_t stream) {
  if (state->phase != 1 || !state->device) return NVJPEG_STATUS_INVALID_PARAMETER;
  state->phase = 2;
  state->device->bytes.clear();
  later(stream,
        [pinned = state->pinned, device = state->device] { device->bytes = pinned->bytes; });
  return NVJPEG_STATUS_SUCCESS;
}
nvjpegStatus_t nvjpegDecodeJpegDevice(nvjpegHandle_t, nvjpegJpegDecoder_t, nvjpegJpegState_t state,
                                      nvjpegImage_t* image, cudaStream_t stream) {
  if (state->phase != 2) return NVJPEG_STATUS_INVALID_PARAMETER;
  state->phase = 3;
  later(stream, [device = state->device, region = state->region, to = *image] {
    decode(device->bytes, region, to);
  });
  return NVJPEG_STATUS_SUCCESS;
}

}  // extern "C"
