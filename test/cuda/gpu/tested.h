// What the cases of this folder test: a GPU in bobbin_cuda_tests, HostDevice in bobbin_tests.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "device/base/device.h"

namespace bobbin::test {

std::shared_ptr<device::Device> tested_device();

struct TestedDecoder {
  std::string name;
  std::unique_ptr<device::Decoder> decoder;
};
// Each on its own, and as the device itself puts them together.
std::vector<TestedDecoder> tested_decoders(device::Device& device);

// Another one in each run, printed once, unless BOBBIN_TEST_SEED gives it.
std::uint64_t fresh_seed();

// A line about what was found, beside whether it was in order.
void report(const std::string& line);

}  // namespace bobbin::test
