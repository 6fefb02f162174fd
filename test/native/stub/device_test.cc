// A GPU as a device: its calls of CUDA's runtime, and its errors. No kernel runs.
#include "cuda/device.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "cuda/queue.h"
#include "device/entries.h"
#include "device/render/body.h"
#include "stub/runtime.h"
#include "support/check.h"

using namespace bobbin;
using namespace bobbin::device;

namespace {

std::string error_of(const auto& run) {
  try {
    run();
  } catch (const DeviceError& error) {
    return error.what();
  }
  return "none";
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

CudaStatus status() {
  CudaStatus status;
  bobbin_cuda_status(&status);
  return status;
}

std::shared_ptr<Device> open(int index) {
  stub::reset();
  return std::shared_ptr<Device>(bobbin_cuda_open(index));
}

BatchOutput output(core::PixelType type, Layout layout, int size) {
  return {nullptr, type, layout, size};
}

}  // namespace

TEST("when there is a GPU, then the status names it and CUDA's versions") {
  stub::reset();
  const CudaStatus found = status();
  CHECK(found.available);
  CHECK_EQUAL(found.reason, "");
  CHECK_EQUAL(found.name, "Stub 0");
  CHECK_EQUAL(found.driver, 13010);
  CHECK_EQUAL(found.runtime, 13000);
}

TEST("when a GPU is older than the kernels, then the status names its compute capability") {
  stub::reset();
  stub::runtime().majors = {7, 9};
  CHECK(!status().available);
  CHECK_EQUAL(status().reason, "Stub 0 of compute capability 7.0; Bobbin needs 8.0 or later");
}

TEST("when GPUs have different compute capabilities, then each is opened or refused by its own") {
  const auto open_at = [](int index) { return std::unique_ptr<Device>(bobbin_cuda_open(index)); };
  stub::reset();
  stub::runtime().majors = {7, 9};
  CHECK_EQUAL(open_at(1)->name(), "Stub 1");
  CHECK_EQUAL(error_of([&] { open_at(0); }),
              "Expected a CUDA device for GPU 0 but received Stub 0 of compute capability 7.0; "
              "Bobbin needs 8.0 or later");
  stub::runtime().majors = {9, 7};
  CHECK_EQUAL(open_at(0)->name(), "Stub 0");
  CHECK(has(error_of([&] { open_at(1); }), "Stub 1 of compute capability 7.0"));
}

TEST("when a GPU's properties cannot be read, then the status says so") {
  stub::reset();
  stub::runtime().failures["cudaGetDeviceProperties"] = cudaErrorMemoryAllocation;
  CHECK_EQUAL(status().reason,
              "a failure of cudaGetDeviceProperties for GPU 0, out of memory "
              "(cudaErrorMemoryAllocation)");
}

TEST("when a device is opened by its index, then the calls of all threads use that GPU") {
  const auto gpu = open(1);
  CHECK_EQUAL(gpu->name(), "Stub 1");
  void* memory = nullptr;
  // A thread begins with GPU 0.
  std::thread([&] { memory = gpu->allocate(1000); }).join();
  CHECK_EQUAL(stub::runtime().allocations.at(memory), 1);
  CHECK_EQUAL(reinterpret_cast<std::uintptr_t>(memory) % 256, 0u);
  gpu->release(memory);
  std::thread([&] {
    const auto queue = gpu->make_queue();
    queue->normalize(nullptr, 1, {}, output(core::PixelType::kFloat32, Layout::kChannelsLast, 8));
  }).join();
  CHECK_EQUAL(stub::runtime().launches.at(0).device, 1);
}

TEST("when a GPU is missing, then its index is named") {
  CHECK_EQUAL(error_of([] { open(2); }),
              "GPU 2: cudaSetDevice failed: invalid device ordinal (cudaErrorInvalidDevice)");
}

TEST(
    "when memory runs out, then the error has the requested and the free size, and later calls "
    "work") {
  const auto gpu = open(0);
  stub::runtime().failures["cudaMalloc"] = cudaErrorMemoryAllocation;
  CHECK_EQUAL(error_of([&] { gpu->allocate(7 << 20); }),
              "GPU 0: cudaMalloc of 7 MiB (3 of 5 MiB are free) failed: out of memory "
              "(cudaErrorMemoryAllocation)");
  stub::runtime().failures["cudaHostAlloc"] = cudaErrorMemoryAllocation;
  CHECK_EQUAL(error_of([&] { gpu->allocate_pinned(7 << 20); }),
              "GPU 0: cudaHostAlloc of 7 MiB failed: out of memory (cudaErrorMemoryAllocation)");
  CHECK_EQUAL(error_of([&] { gpu->release(gpu->allocate(7 << 20)); }), "none");
  CHECK_EQUAL(cudaGetLastError(), cudaSuccess);
}

TEST("when a kernel breaks the context, then every later error reports the first one") {
  const auto gpu = open(0);
  const auto queue = gpu->make_queue();
  stub::runtime().fault = cudaErrorIllegalAddress;
  const std::string first =
      "GPU 0: cudaEventSynchronize after the batch's work failed: an illegal memory access was "
      "encountered (cudaErrorIllegalAddress). Only a new process can use this GPU again.";
  CHECK_EQUAL(error_of([&] { queue->wait(); }), first);
  CHECK_EQUAL(error_of([&] { gpu->allocate(1); }), "Lost before: " + first);
  CHECK_EQUAL(error_of([&] { gpu->drain(); }), "Lost before: " + first);
}

TEST("when an error does not break the context, then later errors do not report it") {
  for (const cudaError_t error :
       {cudaErrorMemoryAllocation, cudaErrorDevicesUnavailable, cudaErrorInvalidDevice}) {
    const auto gpu = open(0);
    // While the GPU is unavailable, waiting is impossible, too.
    stub::runtime().failures = {{"cudaSetDevice", error}, {"cudaDeviceSynchronize", error}};
    CHECK(!has(error_of([&] { gpu->allocate(1); }), "Only a new process"));
    CHECK_EQUAL(error_of([&] { gpu->release(gpu->allocate(1)); }), "none");
  }
}

TEST("when an object is destroyed, then its own GPU is used, not the thread's") {
  const auto gpu = open(1);
  auto queue = gpu->make_queue();
  void* memory = gpu->allocate(1);
  void* pinned = gpu->allocate_pinned(1);
  stub::runtime().calls.clear();
  std::thread([&] { gpu->release(memory); }).join();
  std::thread([&] { gpu->release_pinned(pinned); }).join();
  std::thread([&] { queue.reset(); }).join();
  const std::vector<std::string> wanted = {"cudaSetDevice",    "cudaFree",
                                           "cudaSetDevice",    "cudaFreeHost",
                                           "cudaSetDevice",    "cudaStreamSynchronize",
                                           "cudaEventDestroy", "cudaStreamDestroy"};
  CHECK(stub::runtime().calls == wanted);
  gpu->release(nullptr);
  gpu->release_pinned(nullptr);
  CHECK(stub::runtime().calls == wanted);
}

TEST("when a queue waits, then its thread sleeps") {
  const auto gpu = open(0);
  const auto queue = gpu->make_queue();
  CHECK(stub::runtime().event_flags & cudaEventBlockingSync);
  stub::runtime().calls.clear();
  queue->wait();
  const std::vector<std::string> wanted = {"cudaSetDevice", "cudaEventRecord",
                                           "cudaEventSynchronize"};
  CHECK(stub::runtime().calls == wanted);
}

TEST("when values are copied in and out, then they are the same") {
  const auto gpu = open(0);
  const auto queue = gpu->make_queue();
  auto* pinned = static_cast<std::uint8_t*>(gpu->allocate_pinned(100));
  std::iota(pinned, pinned + 100, std::uint8_t{0});
  void* memory = gpu->allocate(100);
  queue->copy_in(memory, pinned, 100);
  std::vector<std::uint8_t> back(100);
  queue->copy_out(back.data(), memory, 100);
  queue->wait();
  CHECK(std::memcmp(back.data(), pinned, 100) == 0);
  gpu->release(memory);
  gpu->release_pinned(pinned);
}

TEST("when queues and devices are destroyed, then nothing leaks") {
  {
    const auto gpu = open(0);
    const auto queue = gpu->make_queue();
    queue->render({nullptr, 3, true, {}, output(core::PixelType::kFloat32, {}, 224)});
    CHECK_EQUAL(stub::runtime().handles, 2);
    CHECK_EQUAL(stub::runtime().allocations.size(), 1u);
  }
  CHECK_EQUAL(stub::runtime().handles, 0);
  CHECK_EQUAL(stub::runtime().allocations.size(), 0u);
}

TEST("when a batch is rendered, then each tile of each view has a block") {
  const auto gpu = open(0);
  const auto queue = gpu->make_queue();
  for (const int size : {224, 33, 32, 1}) {
    queue->render({nullptr, 3, false, {}, output(core::PixelType::kFloat32, {}, size)});
    const int across = (size + kTileWidth - 1) / kTileWidth;
    const int down = (size + kTileHeight - 1) / kTileHeight;
    CHECK_EQUAL(stub::runtime().launches.back().blocks, 3u * across * down);
  }
  CHECK_EQUAL(stub::runtime().launches.size(), 4u);
  queue->render({nullptr, 0, false, {}, output(core::PixelType::kFloat32, {}, 224)});
  CHECK_EQUAL(stub::runtime().launches.size(), 4u);
}

TEST("when an output has a type and a layout, then the kernel for both renders it") {
  const auto gpu = open(0);
  const auto queue = gpu->make_queue();
  for (const auto type : {core::PixelType::kFloat32, core::PixelType::kBfloat16,
                          core::PixelType::kUint8, core::PixelType::kFloat16}) {
    for (const auto layout : {Layout::kChannelsLast, Layout::kChannelsFirst}) {
      const std::string wanted = "PixelTypeE" + std::to_string(static_cast<int>(type)) +
                                 "ELNS_6device6LayoutE" + std::to_string(static_cast<int>(layout));
      queue->render({nullptr, 1, false, {}, output(type, layout, 224)});
      CHECK(has(stub::runtime().launches.back().kernel, "render_kernel"));
      CHECK(has(stub::runtime().launches.back().kernel, wanted));
      queue->normalize(nullptr, 3, {}, output(type, layout, 5));
      CHECK(has(stub::runtime().launches.back().kernel, "normalize_kernel"));
      CHECK(has(stub::runtime().launches.back().kernel, wanted));
      CHECK_EQUAL(stub::runtime().launches.back().blocks, 1u);
    }
  }
  queue->normalize(nullptr, 10, {}, output(core::PixelType::kUint8, {}, 256));
  CHECK_EQUAL(stub::runtime().launches.back().blocks * stub::runtime().launches.back().threads,
              10u * 256 * 256);
}

TEST("when jobs need their mean greys, then these are summed first") {
  const auto gpu = open(0);
  const auto queue = gpu->make_queue();
  queue->render({nullptr, 3, true, {}, output(core::PixelType::kFloat32, {}, 224)});
  CHECK_EQUAL(stub::runtime().launches.size(), 2u);
  CHECK(has(stub::runtime().launches[0].kernel, "sum_greys_kernel"));
  CHECK_EQUAL(stub::runtime().launches[0].blocks, 3u * kMeanParts);
  CHECK(has(stub::runtime().launches[1].kernel, "render_kernel"));
}

TEST("when more views than before need mean greys, then their memory grows, otherwise it stays") {
  const auto gpu = open(0);
  const auto queue = gpu->make_queue();
  const auto allocations = [&](int views) {
    stub::runtime().calls.clear();
    queue->render({nullptr, views, true, {}, output(core::PixelType::kFloat32, {}, 224)});
    return std::ranges::count(stub::runtime().calls, "cudaMalloc");
  };
  CHECK_EQUAL(allocations(3), 1);
  CHECK_EQUAL(allocations(2), 0);
  CHECK_EQUAL(allocations(4), 1);
  // A kernel may read the old sums before that.
  const auto& calls = stub::runtime().calls;
  CHECK(std::ranges::find(calls, "cudaEventSynchronize") < std::ranges::find(calls, "cudaFree"));
  CHECK_EQUAL(allocations(4), 0);
}

TEST("when a kernel cannot be started, then the error names it") {
  const auto gpu = open(0);
  const auto queue = gpu->make_queue();
  stub::runtime().failures["cudaLaunchKernelExC"] = cudaErrorMemoryAllocation;
  CHECK_EQUAL(error_of([&] {
                queue->render({nullptr, 1, false, {}, output(core::PixelType::kFloat32, {}, 8)});
              }),
              "GPU 0: Launching render_kernel failed: out of memory (cudaErrorMemoryAllocation)");
}
