// In bobbin_tests the device under test is HostDevice itself: the cases run everywhere, and say of
// themselves that they are in order.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "device/base/device.h"
#include "device/host_device.h"
#include "tested.h"

namespace bobbin::test {

std::shared_ptr<device::Device> tested_device() { return std::make_shared<device::HostDevice>(); }

std::vector<TestedDecoder> tested_decoders(device::Device& device) {
  std::vector<TestedDecoder> decoders;
  decoders.push_back({"host", device.make_decoder()});
  return decoders;
}

std::uint64_t fresh_seed() { return 1; }

void report(const std::string&) {}

}  // namespace bobbin::test
