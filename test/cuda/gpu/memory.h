// A device's memory, released by the destructor.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "device/base/device.h"

namespace bobbin::test {

using OwnedMemory = std::unique_ptr<std::uint8_t, std::function<void(std::uint8_t*)>>;

// The device must outlive it.
inline OwnedMemory on_device(device::Device& device, std::size_t bytes) {
  return {static_cast<std::uint8_t*>(device.allocate(bytes)),
          [&device](std::uint8_t* memory) { device.release(memory); }};
}
inline OwnedMemory pinned(device::Device& device, std::size_t bytes) {
  return {static_cast<std::uint8_t*>(device.allocate_pinned(bytes)),
          [&device](std::uint8_t* memory) { device.release_pinned(memory); }};
}

// Copies bytes of main memory to the device, and waits for the copy.
inline OwnedMemory copied_to(device::Device& device, device::Queue& queue, const void* bytes,
                             std::size_t count) {
  const OwnedMemory staging = pinned(device, count);
  std::copy_n(static_cast<const std::uint8_t*>(bytes), count, staging.get());
  OwnedMemory memory = on_device(device, count);
  queue.copy_in(memory.get(), staging.get(), count);
  queue.wait();
  return memory;
}

}  // namespace bobbin::test
