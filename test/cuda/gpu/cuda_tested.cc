// In bobbin_cuda_tests the tested device is GPU 0, with each of nvJPEG's backends separately.
#include <cstdlib>
#include <iostream>
#include <random>

#include "cuda/device.h"
#include "cuda/nvjpeg.h"
#include "tested.h"

namespace bobbin::test {

namespace {

std::shared_ptr<cuda::CudaDevice> gpu() {
  static const auto kDevice = std::make_shared<cuda::CudaDevice>(0);
  return kDevice;
}

}  // namespace

std::shared_ptr<device::Device> tested_device() { return gpu(); }

std::vector<TestedDecoder> tested_decoders(device::Device& device) {
  // In addition to the device's decoder, which chooses among the backends.
  static const auto kNvjpeg =
      std::make_shared<const cuda::Nvjpeg>(std::make_shared<cuda::Context>(0));
  std::vector<TestedDecoder> decoders;
  const auto add = [&](const char* name, std::unique_ptr<device::Decoder> decoder) {
    if (decoder) {
      decoders.push_back({name, std::move(decoder)});
    } else {
      report(std::string("decode, ") + name + ": not there, " + kNvjpeg->state());
    }
  };
  add("as the device chooses", device.make_decoder());
  add("nvJPEG hybrid", cuda::make_nvjpeg_decoder(kNvjpeg, device, {.hybrid = true}));
  add("nvJPEG GPU hybrid", cuda::make_nvjpeg_decoder(kNvjpeg, device, {.gpu_hybrid = true}));
  add("nvJPEG hardware", cuda::make_nvjpeg_decoder(kNvjpeg, device, {.hardware = true}));
  return decoders;
}

std::uint64_t fresh_seed() {
  static const std::uint64_t kSeed = [] {
    const char* given = std::getenv("BOBBIN_TEST_SEED");
    const std::uint64_t chosen = given ? std::strtoull(given, nullptr, 10) : std::random_device()();
    report("BOBBIN_TEST_SEED=" + std::to_string(chosen));
    return chosen;
  }();
  return kSeed;
}

void report(const std::string& line) { std::cout << line << '\n' << std::flush; }

}  // namespace bobbin::test
