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

// The device cannot go on: out of memory, lost, or asked for what it cannot do. Not the fault of an
// image.
struct DeviceError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class Layout : std::uint8_t { kChannelsLast, kChannelsFirst };

// Views of size × size × 3 values, one behind the other, in the device's memory (256-byte aligned).
struct BatchOutput {
  void* data = nullptr;
  core::PixelType type = core::PixelType::kFloat32;
  Layout layout = Layout::kChannelsLast;
  int size = 0;
};

// How levels become values: (level − mean) · scale, by the output's channel.
struct Normalization {
  float mean[3] = {};
  float scale[3] = {1, 1, 1};
};

// Jobs for the fused kernel, and where its results go. No two jobs may have one view.
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
  // Set by the decoder: planes in its own memory on the device, until it decodes again. Of an image
  // that it could not decode, nothing is set.
  core::ImageView view;
  bool decoded = false;
};

// Decoders and queues belong to one thread at a time.
class Queue;

// Keeps its memory from batch to batch.
class Decoder {
 public:
  virtual ~Decoder() = default;
  // Decodes on the queue, in any order, waits for it, and so knows which images it could not.
  virtual void decode(std::span<EncodedImage> images, Queue& queue) = 0;
};

// Work that the device does in order, while the caller goes on. Destruction waits for it, too.
class Queue {
 public:
  virtual ~Queue() = default;
  // From pinned memory to the device's; `from` must stay as it is until `wait` returns.
  virtual void copy_in(void* to, const void* from, std::size_t bytes) = 0;
  // From the device's memory to any.
  virtual void copy_out(void* to, const void* from, std::size_t bytes) = 0;
  virtual void render(const RenderTask& task) = 0;
  // `levels` and `output` are `views` views, channels last, levels uint8.
  virtual void normalize(const std::uint8_t* levels, int views, const Normalization& by,
                         const BatchOutput& output) = 0;
  // Returns once all is done. Throws DeviceError if any of it failed.
  virtual void wait() = 0;
};

// All member functions are for any number of threads at once.
class Device {
 public:
  virtual ~Device() = default;
  virtual std::string name() const = 0;
  // TensorFlow's name for it, without job and task: "CPU:0", "GPU:0".
  virtual std::string tensorflow_name() const = 0;

  // Throws DeviceError where there is none left. 256-byte aligned.
  virtual void* allocate(std::size_t bytes) = 0;
  virtual void release(void* memory) noexcept = 0;
  // Main memory that the device can read while the caller goes on.
  virtual void* allocate_pinned(std::size_t bytes) = 0;
  virtual void release_pinned(void* memory) noexcept = 0;

  virtual std::unique_ptr<Queue> make_queue() = 0;
  // Null where the device decodes nothing.
  virtual std::unique_ptr<Decoder> make_decoder() = 0;
  // Whether `make_decoder`'s decoders are worth being asked.
  virtual bool takes(const core::JpegTraits& traits) const = 0;

  // Returns once the device has done everything that anyone had asked of it: TensorFlow, too.
  virtual void drain() = 0;
};

}  // namespace bobbin::device
