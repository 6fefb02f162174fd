// nvJPEG's functions, looked up at run time: Bobbin works without the library.
#pragma once

#include <nvjpeg.h>

#include <memory>
#include <string>

#include "device/base/device.h"

namespace bobbin::cuda {

// The functions that Bobbin uses, without the prefix "nvjpeg".
// clang-format off: it would format the list as one statement.
#define BOBBIN_NVJPEG_FUNCTIONS(f) \
  f(GetProperty) f(CreateEx) f(Destroy) f(GetHardwareDecoderInfo) f(JpegStateCreate) \
  f(JpegStateDestroy) f(DecoderCreate) f(DecoderDestroy) f(DecoderStateCreate) \
  f(JpegStreamCreate) f(JpegStreamDestroy) f(JpegStreamParse) f(JpegStreamParseHeader) \
  f(BufferPinnedCreate) f(BufferPinnedDestroy) f(StateAttachPinnedBuffer) f(BufferDeviceCreate) \
  f(BufferDeviceDestroy) f(StateAttachDeviceBuffer) f(DecodeParamsCreate) f(DecodeParamsDestroy) \
  f(DecodeParamsSetOutputFormat) f(DecodeParamsSetROI) f(DecodeParamsSetExifOrientation) \
  f(DecodeBatchedPreAllocate) f(DecodeBatchedSupportedEx) f(DecodeBatchedInitialize) \
  f(DecodeBatchedEx) f(DecodeJpegHost) f(DecodeJpegTransferToDevice) f(DecodeJpegDevice)
// clang-format on

struct NvjpegFunctions {
// A declared name cannot have parentheses: NOLINTNEXTLINE(bugprone-macro-parentheses).
#define BOBBIN_DECLARE(name) decltype(&nvjpeg##name) name = nullptr;
  // The names are NVIDIA's: NOLINTNEXTLINE(readability-identifier-naming).
  BOBBIN_NVJPEG_FUNCTIONS(BOBBIN_DECLARE)
#undef BOBBIN_DECLARE
};

// Opens libnvjpeg.so.13 or .12, whose headers agree in these functions, in the loader's search path
// or in this library's RUNPATH. It stays open until the process ends. Throws DeviceError with the
// reason.
NvjpegFunctions load_nvjpeg();

// "ARCH_MISMATCH"
std::string name_of(nvjpegStatus_t status);

// Throws a DeviceError that names the call if it failed.
void check_nvjpeg(nvjpegStatus_t status, const char* call);

// A handle of nvJPEG and the function that destroys it, which fails only if the context is gone.
template <typename Handle>
using NvjpegOwned = std::unique_ptr<Handle, nvjpegStatus_t (*)(Handle*)>;

// Creates one: create(arguments..., &handle).
template <typename Handle, typename Create, typename... Arguments>
NvjpegOwned<Handle> make_nvjpeg(nvjpegStatus_t (*destroy)(Handle*), const char* call,
                                const Create& create, const Arguments&... arguments) {
  Handle* handle = nullptr;
  check_nvjpeg(create(arguments..., &handle), call);
  return {handle, destroy};
}

}  // namespace bobbin::cuda
