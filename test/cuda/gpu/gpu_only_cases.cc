// Tests for a GPU only.
#include <cstddef>
#include <cstdint>

#include "../../native/support/check.h"
#include "memory.h"
#include "tested.h"

using namespace bobbin;

TEST("when an allocation exceeds the memory of any device, then the device throws its error") {
  const auto device = test::tested_device();
  CHECK_THROWS(device->allocate(std::size_t{1} << 60), device::DeviceError);
  // It still works.
  const auto queue = device->make_queue();
  const std::uint8_t byte = 7;
  test::copied_to(*device, *queue, &byte, 1);
  device->drain();
}
