// The host's device with a hook that sees each call, and may block it or make it fail.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "device/host_device.h"

namespace bobbin::test {

// Every function of a device, its queues and its decoders that may fail.
enum class Call : std::uint8_t {
  kAllocate,
  kAllocatePinned,
  kMakeQueue,
  kMakeDecoder,
  kTakes,
  kDrain,
  kCopyIn,
  kCopyOut,
  kRender,
  kNormalize,
  kWait,
  kDecode,
};
inline constexpr int kCalls = 12;

class WatchedDevice final : public device::HostDevice {
 public:
  // Called before each call of the device.
  using Watch = std::function<void(Call)>;

  // Before the device is used.
  void watch(Watch watch) { watch_ = std::move(watch); }
  // After `count` more decoders, no decoder is made.
  void limit_decoders(int count) { decoders_ = count; }
  int calls(Call call) const { return counts_[static_cast<int>(call)]; }
  // Pinned memory is allocated like other memory.
  int pieces_held() const { return held_; }

  void* allocate(std::size_t bytes) override {
    note(Call::kAllocate);
    ++held_;
    return HostDevice::allocate(bytes);
  }
  void release(void* memory) noexcept override {
    held_ -= memory != nullptr;
    HostDevice::release(memory);
  }
  void* allocate_pinned(std::size_t bytes) override {
    note(Call::kAllocatePinned);
    return HostDevice::allocate_pinned(bytes);
  }
  std::unique_ptr<device::Queue> make_queue() override {
    note(Call::kMakeQueue);
    return std::make_unique<WatchedQueue>(*this, HostDevice::make_queue());
  }
  std::unique_ptr<device::Decoder> make_decoder() override {
    note(Call::kMakeDecoder);
    if (decoders_-- == 0) return nullptr;
    return std::make_unique<WatchedDecoder>(*this, HostDevice::make_decoder());
  }
  bool takes(const core::JpegTraits& traits) const override {
    note(Call::kTakes);
    return HostDevice::takes(traits);
  }
  void drain() override {
    note(Call::kDrain);
    HostDevice::drain();
  }

 private:
  class WatchedQueue final : public device::Queue {
   public:
    WatchedQueue(const WatchedDevice& device, std::unique_ptr<device::Queue> queue)
        : device_(device), queue_(std::move(queue)) {}
    void copy_in(void* to, const void* from, std::size_t bytes) override {
      device_.note(Call::kCopyIn);
      queue_->copy_in(to, from, bytes);
    }
    void copy_out(void* to, const void* from, std::size_t bytes) override {
      device_.note(Call::kCopyOut);
      queue_->copy_out(to, from, bytes);
    }
    void render(const device::RenderTask& task) override {
      device_.note(Call::kRender);
      queue_->render(task);
    }
    void normalize(const std::uint8_t* levels, int views, const device::Normalization& by,
                   const device::BatchOutput& output) override {
      device_.note(Call::kNormalize);
      queue_->normalize(levels, views, by, output);
    }
    void wait() override {
      device_.note(Call::kWait);
      queue_->wait();
    }
    device::Queue& queue() { return *queue_; }

   private:
    const WatchedDevice& device_;
    const std::unique_ptr<device::Queue> queue_;
  };

  class WatchedDecoder final : public device::Decoder {
   public:
    WatchedDecoder(const WatchedDevice& device, std::unique_ptr<device::Decoder> decoder)
        : device_(device), decoder_(std::move(decoder)) {}
    void decode(std::span<device::EncodedImage> images, device::Queue& queue) override {
      device_.note(Call::kDecode);
      decoder_->decode(images, static_cast<WatchedQueue&>(queue).queue());
    }

   private:
    const WatchedDevice& device_;
    const std::unique_ptr<device::Decoder> decoder_;
  };

  void note(Call call) const {
    ++counts_[static_cast<int>(call)];
    if (watch_) watch_(call);
  }

  Watch watch_;
  int decoders_ = -1;  // Number of decoders still to be made; below 0 there is no limit.
  mutable std::array<std::atomic<int>, kCalls> counts_{};
  std::atomic<int> held_{0};
};

}  // namespace bobbin::test
