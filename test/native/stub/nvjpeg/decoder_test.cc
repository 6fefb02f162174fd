// Bobbin's calls of nvJPEG, with a stub that checks them against the documentation.
#include <memory>
#include <string>

#include "cuda/device.h"
#include "cuda/nvjpeg.h"
#include "cuda/queue.h"
#include "device/entries.h"
#include "stub/nvjpeg/script.h"
#include "stub/runtime.h"
#include "support/check.h"
#include "support/device_fixtures.h"
#include "support/images.h"

using namespace bobbin::cuda;
using bobbin::device::DeviceError;
using bobbin::device::JpegBackends;
using bobbin::test::check_planes;
using bobbin::test::draw_picture;
using bobbin::test::encode_jpeg;
using bobbin::test::EncodedBatch;

NvjpegScript nvjpeg_script;

namespace {

void reset() {
  bobbin::stub::reset();
  nvjpeg_script = {};
}

// Decodes a batch twice, so that the second run reuses memory.
void decode_twice(EncodedBatch& batch, const JpegBackends& only = {true, true, true}) {
  const auto context = std::make_shared<Context>(0);
  CudaQueue queue(context);
  CudaDevice device(0);
  const auto decoder = make_nvjpeg_decoder(std::make_shared<Nvjpeg>(context), device, only);
  CHECK(decoder);
  decoder->decode(batch.images, queue);
  decoder->decode(batch.images, queue);
  for (const auto& image : batch.images) check_planes(image);
}

std::string state() { return Nvjpeg(std::make_shared<Context>(0)).state(); }

}  // namespace

TEST("when there is an engine, then it decodes each batch in one call") {
  reset();
  EncodedBatch batch(20);
  decode_twice(batch);
  CHECK_EQUAL(nvjpeg_script.batches, 2);
  CHECK_EQUAL(nvjpeg_script.hybrid + nvjpeg_script.gpu_hybrid, 0);
  CHECK_EQUAL(nvjpeg_script.handles, 0);
  CHECK(bobbin::stub::runtime().allocations.empty());
}

TEST("when files are decoded one by one, then none overwrites memory that the device still reads") {
  for (const JpegBackends& only : {JpegBackends{true, false, false}, {false, true, false}}) {
    reset();
    EncodedBatch batch(20);
    decode_twice(batch, only);
    CHECK_EQUAL(nvjpeg_script.hybrid, only.hybrid ? 40 : 0);
    CHECK_EQUAL(nvjpeg_script.gpu_hybrid, only.gpu_hybrid ? 40 : 0);
    CHECK_EQUAL(nvjpeg_script.handles, 0);
  }
}

TEST("when a file fails between two others, then neither overwrites the other") {
  reset();
  const auto context = std::make_shared<Context>(0);
  CudaQueue queue(context);
  CudaDevice device(0);
  // Equal, so that they are decoded in this order.
  EncodedBatch batch(0);
  for (const int variant : {0, 1, 2}) {
    batch.files.push_back(encode_jpeg(draw_picture(90, 90, variant)));
    batch.add({10, 10, 20, 20});
  }
  batch.images[1].file = batch.images[1].file.subspan(1);
  const auto decoder =
      make_nvjpeg_decoder(std::make_shared<Nvjpeg>(context), device, {true, false, false});
  decoder->decode(batch.images, queue);
  CHECK(!batch.images[1].decoded);
  check_planes(batch.images[0]);
  check_planes(batch.images[2]);
}

TEST("when the queue still reads planes, then the engine waits before it writes new ones") {
  reset();
  const auto context = std::make_shared<Context>(0);
  CudaQueue queue(context);
  CudaDevice device(0);
  EncodedBatch batch(5), next(5, 4);
  const auto decoder = make_nvjpeg_decoder(std::make_shared<Nvjpeg>(context), device);
  decoder->decode(batch.images, queue);
  const auto check = [](void* images) {
    for (const auto& image : *static_cast<decltype(batch.images)*>(images)) check_planes(image);
  };
  CHECK_EQUAL(cudaLaunchHostFunc(queue.stream(), check, &batch.images), cudaSuccess);
  decoder->decode(next.images, queue);
  CHECK_EQUAL(nvjpeg_script.batches, 2);
}

TEST("when no backend accepts regions, then whole images are decoded") {
  for (const nvjpegStatus_t refusal :
       {NVJPEG_STATUS_INVALID_PARAMETER, NVJPEG_STATUS_JPEG_NOT_SUPPORTED,
        NVJPEG_STATUS_IMPLEMENTATION_NOT_SUPPORTED, NVJPEG_STATUS_INTERNAL_ERROR}) {
    for (const JpegBackends& only : {JpegBackends{true, false, false}, {false, false, true}}) {
      reset();
      nvjpeg_script.hardware_takes_regions = false;
      nvjpeg_script.region_in_phases = refusal;
      EncodedBatch batch(9);
      decode_twice(batch, only);
    }
  }
}

TEST("when the engine fails to decode batches, then their files are decoded one by one") {
  reset();
  nvjpeg_script.decode_batch = NVJPEG_STATUS_EXECUTION_FAILED;
  EncodedBatch batch(9);
  decode_twice(batch);
  CHECK_EQUAL(nvjpeg_script.hybrid, 18);
}

TEST("when a backend's state cannot be created, then the others decode; without any, none does") {
  reset();
  EncodedBatch batch(4);
  nvjpeg_script.hardware_state = NVJPEG_STATUS_ALLOCATOR_FAILURE;
  decode_twice(batch);
  CHECK_EQUAL(nvjpeg_script.batches, 0);
  CHECK_EQUAL(nvjpeg_script.hybrid, 8);
  nvjpeg_script.hardware_state = NVJPEG_STATUS_SUCCESS;
  nvjpeg_script.phases_state = NVJPEG_STATUS_ALLOCATOR_FAILURE;
  nvjpeg_script.pre_allocate = NVJPEG_STATUS_INTERNAL_ERROR;
  decode_twice(batch);
  CHECK_EQUAL(nvjpeg_script.batches, 2);
  nvjpeg_script.hardware_state = NVJPEG_STATUS_EXECUTION_FAILED;
  CHECK(!CudaDevice(0).make_decoder());
  CHECK_EQUAL(nvjpeg_script.handles, 0);
}

TEST(
    "when nvJPEG refuses files, then they stay undecoded; when memory runs out, then it is an "
    "error") {
  reset();
  nvjpeg_script.create_hardware = NVJPEG_STATUS_ARCH_MISMATCH;
  const auto context = std::make_shared<Context>(0);
  CudaQueue queue(context);
  CudaDevice device(0);
  EncodedBatch batch(4);
  const auto decoder = make_nvjpeg_decoder(std::make_shared<Nvjpeg>(context), device);
  nvjpeg_script.decode_host = NVJPEG_STATUS_BAD_JPEG;
  decoder->decode(batch.images, queue);
  for (const auto& image : batch.images) CHECK(!image.decoded);
  nvjpeg_script.decode_host = NVJPEG_STATUS_ALLOCATOR_FAILURE;
  CHECK_THROWS(decoder->decode(batch.images, queue), DeviceError);
}

TEST("when backends are probed, then the state names the available ones") {
  reset();
  CHECK_EQUAL(state(), "nvJPEG 13.0.7, 1 JPEG engine");
  nvjpeg_script.engines = 7;
  CHECK_EQUAL(state(), "nvJPEG 13.0.7, 7 JPEG engines");
  nvjpeg_script.engines = 0;
  CHECK_EQUAL(state(), "nvJPEG 13.0.7, no JPEG engine");
  CHECK(!Nvjpeg(std::make_shared<Context>(0)).backends().hardware);
  nvjpeg_script.create_hardware = NVJPEG_STATUS_ARCH_MISMATCH;
  CHECK_EQUAL(state(), "nvJPEG 13.0.7, no JPEG engine (ARCH_MISMATCH)");
  CHECK_EQUAL(nvjpeg_script.handles, 0);
}

TEST("when no backend is left, then there is no decoder") {
  reset();
  nvjpeg_script.create_hardware = NVJPEG_STATUS_ARCH_MISMATCH;
  CudaDevice device(0);
  const auto nvjpeg = std::make_shared<Nvjpeg>(std::make_shared<Context>(0));
  CHECK(!make_nvjpeg_decoder(nvjpeg, device, {false, false, true}));
}

TEST("when a device is asked what it decodes, then nvJPEG is opened once, not earlier") {
  reset();
  CudaDevice device(0);
  CHECK_EQUAL(nvjpeg_script.handles, 0);
  EncodedBatch batch(1);
  CHECK(device.takes(batch.images[0].traits));
  const int handles = nvjpeg_script.handles;
  CHECK(handles > 0);
  CHECK(!device.takes({}));
  CHECK_EQUAL(nvjpeg_script.handles, handles);
  CHECK(device.make_decoder());
}

TEST("when doctor asks what a GPU decodes, then it gets nvJPEG's state") {
  reset();
  std::string words;
  bobbin_cuda_decoders(0, &words);
  CHECK_EQUAL(words, state());
  CHECK_EQUAL(nvjpeg_script.handles, 0);
}
