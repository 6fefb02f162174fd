// Exports what is known of CUDA.
#include "addon/addon.h"
#include "device/library.h"

namespace bobbin::addon {
namespace {

// cudaStatus(library): src/pipeline/cuda.ts has its result's type.
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

// cudaDecoders(library, index): what decodes on the GPU, in words.
Napi::Value cuda_decoders(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), device::cuda_decoders(info[0].ToString().Utf8Value(),
                                                             info[1].ToNumber().Int32Value()));
}

}  // namespace

void export_devices(Napi::Env env, Napi::Object exports) {
  exports["cudaStatus"] = Napi::Function::New<cuda_status>(env, "cudaStatus");
  exports["cudaDecoders"] = Napi::Function::New<cuda_decoders>(env, "cudaDecoders");
}

}  // namespace bobbin::addon
