// Exports the status of CUDA, and opens the device that a loader's options name.
#include "addon/devices.h"

#include <napi.h>

#include <memory>
#include <string>
#include <utility>

#include "addon/addon.h"
#include "addon/values.h"
#include "core/batch/batch_writer.h"
#include "core/batch/check_writer.h"
#include "core/batch/host_writer.h"
#include "device/base/device.h"
#include "device/host_device.h"
#include "device/library.h"
#include "device/load/device_writers.h"

namespace bobbin::addon {
namespace {

// cudaStatus(library): src/pipeline/cuda.ts has the type of its result.
Napi::Value cuda_status(const Napi::CallbackInfo& info) {
  const device::CudaStatus status = device::cuda_status(info[0].ToString().Utf8Value());
  Napi::Object result = Napi::Object::New(info.Env());
  result["available"] = status.available;
  result["reason"] = status.reason;
  result["driver"] = status.driver;
  result["runtime"] = status.runtime;
  result["name"] = status.name;
  return result;
}

// cudaDecoders(library, index): names the GPU's decoders.
Napi::Value cuda_decoders(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), device::cuda_decoders(info[0].ToString().Utf8Value(),
                                                             info[1].ToNumber().Int32Value()));
}

std::shared_ptr<device::Device> open_device(const Napi::Object& options) {
  if (text(options, "device") == "host") return std::make_shared<device::HostDevice>();
  const int index = options.Get("gpuDevice").ToNumber().Int32Value();
  return device::open_cuda(text(options, "cudaLibrary"), index);
}

}  // namespace

std::unique_ptr<core::BatchWriter> to_batch_writer(const Napi::Object& options) {
  if (text(options, "work") == "check") return core::make_check_writer();
  if (text(options, "device") == "none") return core::make_host_writer();
  std::shared_ptr<device::Device> device = open_device(options);
  return text(options, "augment") == "gpu" ? device::make_render_writer(std::move(device))
                                           : device::make_upload_writer(std::move(device));
}

void export_devices(Napi::Env env, Napi::Object exports) {
  exports["cudaStatus"] = Napi::Function::New<cuda_status>(env, "cudaStatus");
  exports["cudaDecoders"] = Napi::Function::New<cuda_decoders>(env, "cudaDecoders");
}

}  // namespace bobbin::addon
