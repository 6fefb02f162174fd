// Opens the library by dlopen and dlsym, and names statuses.
#include "cuda/nvjpeg_library.h"

#include <dlfcn.h>

namespace bobbin::cuda {
namespace {

using device::DeviceError;

void* open_library() {
  // CUDA 13's library first, because Bobbin needs its driver anyway.
  void* library = dlopen("libnvjpeg.so.13", RTLD_NOW | RTLD_LOCAL);
  if (library) return library;
  const std::string reason = dlerror();
  library = dlopen("libnvjpeg.so.12", RTLD_NOW | RTLD_LOCAL);
  if (!library) throw DeviceError(reason);
  return library;
}

template <typename Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (!function) throw DeviceError(std::string("libnvjpeg lacks ") + name + ": it is too old");
}

}  // namespace

NvjpegFunctions load_nvjpeg() {
  void* library = open_library();
  NvjpegFunctions functions;
#define BOBBIN_FIND(name) find(library, "nvjpeg" #name, functions.name);
  BOBBIN_NVJPEG_FUNCTIONS(BOBBIN_FIND)
#undef BOBBIN_FIND
  return functions;
}

std::string name_of(nvjpegStatus_t status) {
  switch (status) {
    case NVJPEG_STATUS_SUCCESS:
      return "SUCCESS";
    case NVJPEG_STATUS_NOT_INITIALIZED:
      return "NOT_INITIALIZED";
    case NVJPEG_STATUS_INVALID_PARAMETER:
      return "INVALID_PARAMETER";
    case NVJPEG_STATUS_BAD_JPEG:
      return "BAD_JPEG";
    case NVJPEG_STATUS_JPEG_NOT_SUPPORTED:
      return "JPEG_NOT_SUPPORTED";
    case NVJPEG_STATUS_ALLOCATOR_FAILURE:
      return "ALLOCATOR_FAILURE";
    case NVJPEG_STATUS_EXECUTION_FAILED:
      return "EXECUTION_FAILED";
    case NVJPEG_STATUS_ARCH_MISMATCH:
      return "ARCH_MISMATCH";
    case NVJPEG_STATUS_INTERNAL_ERROR:
      return "INTERNAL_ERROR";
    case NVJPEG_STATUS_IMPLEMENTATION_NOT_SUPPORTED:
      return "IMPLEMENTATION_NOT_SUPPORTED";
    case NVJPEG_STATUS_INCOMPLETE_BITSTREAM:
      return "INCOMPLETE_BITSTREAM";
  }
  return "status " + std::to_string(status);
}

void check_nvjpeg(nvjpegStatus_t status, const char* call) {
  if (status == NVJPEG_STATUS_SUCCESS) return;
  throw DeviceError(std::string(call) + " failed: " + name_of(status));
}

}  // namespace bobbin::cuda
