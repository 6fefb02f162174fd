// The device that this folder tests: a GPU in bobbin_cuda_tests, HostDevice in bobbin_tests.
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
// Each backend alone, and all as the device combines them.
std::vector<TestedDecoder> tested_decoders(device::Device& device);

// A new seed in each run, printed once, or that of BOBBIN_TEST_SEED.
std::uint64_t fresh_seed();

// Prints a line about a result.
void report(const std::string& line);

}  // namespace bobbin::test
