// nvJPEG's functions, found while running: Bobbin works without the library.
#pragma once

#include <nvjpeg.h>

#include <memory>
#include <string>

#include "device/base/device.h"

namespace bobbin::cuda {

// Those that are used, without "nvjpeg" before their names.
// clang-format off: it takes the list for one statement.
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
// A name that is declared takes no parentheses: NOLINTNEXTLINE(bugprone-macro-parentheses).
#define BOBBIN_DECLARE(name) decltype(&nvjpeg##name) name = nullptr;
  BOBBIN_NVJPEG_FUNCTIONS(BOBBIN_DECLARE)
#undef BOBBIN_DECLARE
};

// Opens libnvjpeg.so.13 or .12, whose headers agree in these functions, where the loader looks for
// libraries and where the library that this is part of says (RUNPATH). It stays open until the
// process ends. Throws DeviceError with the reason.
NvjpegFunctions load_nvjpeg();

// "ARCH_MISMATCH"
std::string name_of(nvjpegStatus_t status);

// Throws a DeviceError that names the call unless it went well.
void check_nvjpeg(nvjpegStatus_t status, const char* call);

// A handle of nvJPEG's and the function that ends it, which fails only where the context is gone.
template <typename Handle>
using NvjpegOwned = std::unique_ptr<Handle, nvjpegStatus_t (*)(Handle*)>;

// Makes one: create(arguments..., &handle).
template <typename Handle, typename Create, typename... Arguments>
NvjpegOwned<Handle> make_nvjpeg(nvjpegStatus_t (*destroy)(Handle*), const char* call,
                                const Create& create, const Arguments&... arguments) {
  Handle* handle = nullptr;
  check_nvjpeg(create(arguments..., &handle), call);
  return {handle, destroy};
}

}  // namespace bobbin::cuda
