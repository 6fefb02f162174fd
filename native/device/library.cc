// Opens bobbin_cuda.so and asks for its status; each missing part becomes a clause of a message.
#include "device/library.h"

#include <dlfcn.h>
#include <unistd.h>

#include <exception>
#include <memory>
#include <string>

#include "device/base/device.h"
#include "device/entries.h"

namespace bobbin::device {

namespace {

constexpr const char* kBuild = "`BOBBIN_GPU=yes npx bobbin setup`";

std::string last_error() {
  const char* error = dlerror();
  return error == nullptr ? "unknown reason" : error;
}

// Its errors are clauses, like CudaStatus::reason.
class Library {
 public:
  explicit Library(const std::string& path) {
    if (access(path.c_str(), F_OK) != 0) {
      throw DeviceError(std::string("no CUDA library, which ") + kBuild + " builds");
    }
    // Never unloaded: its exceptions and devices need its code.
    handle_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle_ == nullptr) refuse("cannot be opened (" + last_error() + ")");
    const std::string interface = find<decltype(bobbin_cuda_interface)>("bobbin_cuda_interface")();
    if (interface != BOBBIN_INTERFACE) refuse("was built from different headers than the addon");
  }

  CudaStatus status() const {
    CudaStatus status;
    find<decltype(bobbin_cuda_status)>("bobbin_cuda_status")(&status);
    return status;
  }

  std::shared_ptr<Device> open(int index) const {
    return std::shared_ptr<Device>(find<decltype(bobbin_cuda_open)>("bobbin_cuda_open")(index));
  }

  std::string decoders(int index) const {
    std::string words;
    find<decltype(bobbin_cuda_decoders)>("bobbin_cuda_decoders")(index, &words);
    return words;
  }

 private:
  template <typename Function>
  Function* find(const char* name) const {
    void* symbol = dlsym(handle_, name);
    if (symbol == nullptr) refuse("is not Bobbin's (" + last_error() + ")");
    return reinterpret_cast<Function*>(symbol);
  }

  [[noreturn]] void refuse(const std::string& why) const {
    throw DeviceError(std::string("a CUDA library that ") + why + "; " + kBuild + " rebuilds it");
  }

  void* handle_ = nullptr;
};

}  // namespace

CudaStatus cuda_status(const std::string& library) noexcept {
  try {
    return Library(library).status();
  } catch (const std::exception& error) {
    CudaStatus status;
    status.reason = error.what();
    return status;
  }
}

std::shared_ptr<Device> open_cuda(const std::string& library, int index) {
  const Library opened = [&] {
    try {
      return Library(library);
    } catch (const DeviceError& error) {
      throw no_device(index, error.what());
    }
  }();
  return opened.open(index);
}

std::string cuda_decoders(const std::string& library, int index) noexcept {
  try {
    return Library(library).decoders(index);
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace bobbin::device
