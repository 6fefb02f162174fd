// What only a GPU can be asked.
#include <cstddef>
#include <cstdint>

#include "../../native/support/check.h"
#include "memory.h"
#include "tested.h"

using namespace bobbin;

TEST("when more memory is asked for than any device has, then the error is the device's") {
  const auto device = test::tested_device();
  CHECK_THROWS(device->allocate(std::size_t{1} << 60), device::DeviceError);
  // It goes on.
  const auto queue = device->make_queue();
  const std::uint8_t byte = 7;
  test::copied_to(*device, *queue, &byte, 1);
  device->drain();
}
