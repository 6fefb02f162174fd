// Allocates memory directly from the driver: a loader allocates once.
#include "cuda/device.h"

#include "cuda/nvjpeg.h"
#include "cuda/queue.h"
#include "device/library.h"

namespace bobbin::cuda {

namespace {

// The oldest architecture that CMakeLists.txt compiles for.
constexpr int kMinimumMajor = 8;

// Free memory hints at the cause: by default TensorFlow takes nearly all of it.
std::string left_of_memory() {
  std::size_t free = 0, total = 0;
  if (cudaMemGetInfo(&free, &total) != cudaSuccess) return "";
  return " (" + std::to_string(free >> 20) + " of " + std::to_string(total >> 20) +
         " MiB are free)";
}

std::string mebibytes(std::size_t bytes) { return " of " + std::to_string(bytes >> 20) + " MiB"; }

}  // namespace

std::string reason_against(const cudaDeviceProp& properties) {
  if (properties.major >= kMinimumMajor) return "";
  return std::string(properties.name) + " of compute capability " +
         std::to_string(properties.major) + "." + std::to_string(properties.minor) +
         "; Bobbin needs " + std::to_string(kMinimumMajor) + ".0 or later";
}

CudaDevice::CudaDevice(int index) : context_(std::make_shared<Context>(index)) {
  context_->use();
  cudaDeviceProp properties;
  context_->check(cudaGetDeviceProperties(&properties, index), "cudaGetDeviceProperties");
  const std::string reason = reason_against(properties);
  if (!reason.empty()) throw device::no_device(index, reason);
  name_ = properties.name;
}

void* CudaDevice::allocate(std::size_t bytes) {
  context_->use();
  void* memory = nullptr;
  const cudaError_t error = cudaMalloc(&memory, bytes);  // Aligned to at least 256 bytes.
  if (error != cudaSuccess) {
    context_->check(error, "cudaMalloc" + mebibytes(bytes) + left_of_memory());
  }
  return memory;
}

void CudaDevice::release(void* memory) noexcept {
  if (memory == nullptr) return;
  context_->use_at_end();
  // Fails only if the context, and the memory with it, is gone.
  static_cast<void>(cudaFree(memory));
}

void* CudaDevice::allocate_pinned(std::size_t bytes) {
  context_->use();
  void* memory = nullptr;
  const cudaError_t error = cudaHostAlloc(&memory, bytes, cudaHostAllocDefault);
  if (error != cudaSuccess) context_->check(error, "cudaHostAlloc" + mebibytes(bytes));
  return memory;
}

void CudaDevice::release_pinned(void* memory) noexcept {
  if (memory == nullptr) return;
  context_->use_at_end();
  static_cast<void>(cudaFreeHost(memory));  // See `release`.
}

std::unique_ptr<device::Queue> CudaDevice::make_queue() {
  return std::make_unique<CudaQueue>(context_);
}

std::unique_ptr<device::Decoder> CudaDevice::make_decoder() {
  nvjpeg();
  return make_nvjpeg_decoder(nvjpeg_, *this);
}

bool CudaDevice::takes(const core::JpegTraits& traits) const {
  return device::backend_for(traits, {}, nvjpeg().backends()) != device::JpegBackend::kNone;
}

const Nvjpeg& CudaDevice::nvjpeg() const {
  std::call_once(nvjpeg_made_, [this] { nvjpeg_ = std::make_shared<const Nvjpeg>(context_); });
  return *nvjpeg_;
}

void CudaDevice::drain() {
  context_->use();
  context_->check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
}

}  // namespace bobbin::cuda
