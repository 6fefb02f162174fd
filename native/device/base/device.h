// A device that renders batches: its memory, and queues of work on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/image.h"
#include "core/base/output.h"
#include "core/decode/jpeg_traits.h"
#include "core/recipe/recipe.h"
#include "device/base/job.h"

namespace bobbin::device {

// The device failed: it is out of memory, lost, or does not support the request. No image is to
// blame.
struct DeviceError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class Layout : std::uint8_t { kChannelsLast, kChannelsFirst };

// Contiguous views of size × size × 3 values in the device's memory (256-byte aligned).
struct BatchOutput {
  void* data = nullptr;
  core::PixelType type = core::PixelType::kFloat32;
  Layout layout = Layout::kChannelsLast;
  int size = 0;
};

// Levels become values: (level − mean) · scale, for each channel of the output.
struct Normalization {
  float mean[3] = {};
  float scale[3] = {1, 1, 1};
};

// Jobs for the fused kernel, and the output. Two jobs may not have the same view.
struct RenderTask {
  const Job* jobs = nullptr;  // In the device's memory.
  int count = 0;
  bool needs_means = false;  // Whether any job needs its view's mean grey.
  Normalization normalization;
  BatchOutput output;
};

// A JPEG file that the device decodes.
struct EncodedImage {
  std::span<const std::uint8_t> file;
  core::JpegTraits traits;
  core::Region wanted;  // In stored pixels: what the planes must hold.
  // Set by the decoder if it can decode the image: planes in its memory on the device, valid until
  // it decodes again.
  core::ImageView view;
  bool decoded = false;
};

// Only one thread at a time may use a decoder or a queue.
class Queue;

// Keeps its memory from batch to batch.
class Decoder {
 public:
  virtual ~Decoder() = default;
  // Decodes on the queue, in any order, and waits until all images are decoded or have failed.
  virtual void decode(std::span<EncodedImage> images, Queue& queue) = 0;
};

// Asynchronous work that the device does in order. The destructor waits for it.
class Queue {
 public:
  virtual ~Queue() = default;
  // From pinned memory to the device's; `from` must not change until `wait` returns.
  virtual void copy_in(void* to, const void* from, std::size_t bytes) = 0;
  // From the device's memory to any memory.
  virtual void copy_out(void* to, const void* from, std::size_t bytes) = 0;
  virtual void render(const RenderTask& task) = 0;
  // `levels` and `output` are `views` views, channels last, levels uint8.
  virtual void normalize(const std::uint8_t* levels, int views, const Normalization& by,
                         const BatchOutput& output) = 0;
  // Returns once all is done. Throws DeviceError if any of it failed.
  virtual void wait() = 0;
};

// Thread-safe.
class Device {
 public:
  virtual ~Device() = default;
  virtual std::string name() const = 0;
  // TensorFlow's name for it, without job and task: "CPU:0", "GPU:0".
  virtual std::string tensorflow_name() const = 0;

  // 256-byte aligned. Throws DeviceError if no memory is left.
  virtual void* allocate(std::size_t bytes) = 0;
  virtual void release(void* memory) noexcept = 0;
  // Main memory that the device can read asynchronously.
  virtual void* allocate_pinned(std::size_t bytes) = 0;
  virtual void release_pinned(void* memory) noexcept = 0;

  virtual std::unique_ptr<Queue> make_queue() = 0;
  // Null if the device has no decoder.
  virtual std::unique_ptr<Decoder> make_decoder() = 0;
  // Whether the decoders of `make_decoder` may decode such a file.
  virtual bool takes(const core::JpegTraits& traits) const = 0;

  // Waits for all work on the device, TensorFlow's included.
  virtual void drain() = 0;
};

}  // namespace bobbin::device
