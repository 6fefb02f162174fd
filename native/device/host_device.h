// The CPU as a device: the reference. It runs the kernels' bodies synchronously, and slowly.
#pragma once

#include <memory>
#include <string>

#include "device/base/device.h"

namespace bobbin::device {

class HostDevice : public Device {
 public:
  std::string name() const override { return "host"; }
  std::string tensorflow_name() const override { return "CPU:0"; }

  void* allocate(std::size_t bytes) override;
  void release(void* memory) noexcept override;
  void* allocate_pinned(std::size_t bytes) override { return allocate(bytes); }
  void release_pinned(void* memory) noexcept override { release(memory); }

  std::unique_ptr<Queue> make_queue() override;
  std::unique_ptr<Decoder> make_decoder() override;
  // Files that a GPU accepts and core::BaselineDecoder can decode to planes.
  bool takes(const core::JpegTraits& traits) const override;

  void drain() override {}
};

}  // namespace bobbin::device
