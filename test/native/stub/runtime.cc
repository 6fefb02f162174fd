// CUDA's functions with their original declarations; cuda_runtime.h documents them.
#include "stub/runtime.h"

#include <cstdlib>
#include <cstring>
#include <utility>

namespace bobbin::stub {

namespace {

constexpr int kDevices = 2;

Runtime state;
// The names of the functions that nvcc makes for kernels.
std::map<const void*, std::string>& kernels() {
  static std::map<const void*, std::string> names;  // Registered before main.
  return names;
}
thread_local int device = 0;
thread_local cudaError_t last = cudaSuccess;

cudaError_t answer(const char* call) {
  state.calls.push_back(call);
  cudaError_t error = state.waited_for ? state.fault : cudaSuccess;
  if (const auto failure = state.failures.extract(call)) error = failure.mapped();
  if (error != cudaSuccess) last = error;
  return error;
}

cudaError_t wait(const char* call) {
  for (const auto& [run, data] : std::exchange(state.waiting, {})) run(data);
  state.waited_for = true;
  return answer(call);
}

template <typename Handle>
cudaError_t make(const char* call, Handle* handle) {
  const cudaError_t error = answer(call);
  if (error != cudaSuccess) return error;
  *handle = static_cast<Handle>(std::malloc(1));
  ++state.handles;
  return cudaSuccess;
}

cudaError_t destroy(const char* call, void* handle) {
  std::free(handle);
  --state.handles;
  return answer(call);
}

cudaError_t allocate(const char* call, void** memory, std::size_t bytes) {
  const cudaError_t error = answer(call);
  if (error != cudaSuccess) return error;
  *memory = std::aligned_alloc(256, (bytes + 255) / 256 * 256);
  state.allocations[*memory] = device;
  return cudaSuccess;
}

cudaError_t free_memory(const char* call, void* memory) {
  state.allocations.erase(memory);
  std::free(memory);
  return answer(call);
}

}  // namespace

Runtime& runtime() { return state; }

void reset() {
  state = {};
  device = 0;
  last = cudaSuccess;
}

}  // namespace bobbin::stub

using namespace bobbin::stub;

extern "C" {

cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = 13000;
  return cudaSuccess;
}
cudaError_t cudaDriverGetVersion(int* version) {
  *version = 13010;
  return cudaSuccess;
}
cudaError_t cudaGetDeviceCount(int* count) {
  *count = kDevices;
  return answer("cudaGetDeviceCount");
}
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int index) {
  *properties = {};
  std::strcpy(properties->name, index == 0 ? "Stub 0" : "Stub 1");
  properties->major = runtime().majors.at(index);
  return answer("cudaGetDeviceProperties");
}
cudaError_t cudaSetDevice(int index) {
  if (index >= kDevices) return last = cudaErrorInvalidDevice;
  const cudaError_t error = answer("cudaSetDevice");
  if (error == cudaSuccess) device = index;
  return error;
}
cudaError_t cudaDeviceSynchronize() { return wait("cudaDeviceSynchronize"); }

cudaError_t cudaGetLastError() { return std::exchange(last, cudaSuccess); }
const char* cudaGetErrorName(cudaError_t error) {
  switch (error) {
    case cudaErrorMemoryAllocation:
      return "cudaErrorMemoryAllocation";
    case cudaErrorInvalidDevice:
      return "cudaErrorInvalidDevice";
    case cudaErrorIllegalAddress:
      return "cudaErrorIllegalAddress";
    default:
      return "another error";
  }
}
const char* cudaGetErrorString(cudaError_t error) {
  switch (error) {
    case cudaErrorMemoryAllocation:
      return "out of memory";
    case cudaErrorInvalidDevice:
      return "invalid device ordinal";
    case cudaErrorIllegalAddress:
      return "an illegal memory access was encountered";
    default:
      return "another error";
  }
}

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  *free = 3 << 20;
  *total = 5 << 20;
  return answer("cudaMemGetInfo");
}
cudaError_t cudaMalloc(void** memory, std::size_t bytes) {
  return allocate("cudaMalloc", memory, bytes);
}
cudaError_t cudaFree(void* memory) { return free_memory("cudaFree", memory); }
cudaError_t cudaHostAlloc(void** memory, std::size_t bytes, unsigned) {
  return allocate("cudaHostAlloc", memory, bytes);
}
cudaError_t cudaFreeHost(void* memory) { return free_memory("cudaFreeHost", memory); }
cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind,
                            cudaStream_t) {
  const cudaError_t error = answer("cudaMemcpyAsync");
  if (error == cudaSuccess) std::memcpy(to, from, bytes);
  return error;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  return make("cudaStreamCreateWithFlags", stream);
}
cudaError_t cudaStreamDestroy(cudaStream_t stream) { return destroy("cudaStreamDestroy", stream); }
cudaError_t cudaStreamSynchronize(cudaStream_t) { return wait("cudaStreamSynchronize"); }
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags) {
  runtime().event_flags = flags;
  return make("cudaEventCreateWithFlags", event);
}
cudaError_t cudaEventDestroy(cudaEvent_t event) { return destroy("cudaEventDestroy", event); }
cudaError_t cudaLaunchHostFunc(cudaStream_t, cudaHostFn_t run, void* data) {
  runtime().waiting.emplace_back(run, data);
  return answer("cudaLaunchHostFunc");
}
cudaError_t cudaEventRecord(cudaEvent_t, cudaStream_t) { return answer("cudaEventRecord"); }
cudaError_t cudaEventSynchronize(cudaEvent_t) { return wait("cudaEventSynchronize"); }

cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* config, const void* kernel, void**) {
  const cudaError_t error = answer("cudaLaunchKernelExC");
  if (error == cudaSuccess) {
    runtime().launches.push_back(
        {kernels().at(kernel), device, config->gridDim.x, config->blockDim.x});
  }
  return error;
}

// The calls that nvcc adds to a program to register its kernels before main.
void** __cudaRegisterFatBinary(void*) {
  static void* handle = nullptr;
  return &handle;
}
void __cudaRegisterFatBinaryEnd(void**) {}
void __cudaUnregisterFatBinary(void**) {}
char __cudaInitModule(void**) { return 0; }
void __cudaRegisterFunction(void**, const char* function, char*, const char* name, int, uint3*,
                            uint3*, dim3*, dim3*, int*) {
  kernels()[function] = name;
}
// For <<<>>>, which native/cuda does not use.
cudaError_t __cudaPopCallConfiguration(dim3*, dim3*, std::size_t*, void*) { std::abort(); }
cudaError_t __cudaGetKernel(cudaKernel_t*, const void*) { std::abort(); }
cudaError_t __cudaLaunchKernel(cudaKernel_t, dim3, dim3, void**, std::size_t, cudaStream_t) {
  std::abort();
}
}
