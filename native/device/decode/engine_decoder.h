// Decodes batches by an engine's backends, each file by the best that takes it.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "device/base/device.h"
#include "device/decode/jpeg_engine.h"
#include "device/decode/jpeg_plan.h"

namespace bobbin::device {

// What the hardware does not take, or fails at, the other backends try; what they fail at stays
// undecoded, for the CPU. A backend that has refused a region decodes whole images from then on, as
// the hardware does once a batch with regions has failed. Batches of whole images that fail end its
// use.
class EngineDecoder final : public Decoder {
 public:
  // The most that all planes of a batch take, in bytes. Files that come too late for it stay
  // undecoded.
  static constexpr std::size_t kMostBytes = std::size_t{512} << 20;
  // The failed batches of whole images in a row after which the hardware gets no more.
  static constexpr int kMostFailures = 2;

  // The device must outlive the decoder.
  EngineDecoder(std::unique_ptr<JpegEngine> engine, Device& device,
                std::size_t most_bytes = kMostBytes);
  ~EngineDecoder() override;
  EngineDecoder(const EngineDecoder&) = delete;
  EngineDecoder& operator=(const EngineDecoder&) = delete;

  void decode(std::span<EncodedImage> images, Queue& queue) override;

 private:
  struct Planned {
    int image = 0;  // Its index in the batch.
    JpegBackend backend = JpegBackend::kNone;
    core::ImageView view;
    JpegTask task;
    bool decoded = false;
  };

  void plan(std::span<const EncodedImage> images);
  bool choose(const EncodedImage& image, Planned& planned);
  bool choose_hardware(const EncodedImage& image, Planned& planned);
  void choose_region(const EncodedImage& image, Planned& planned);
  void assign_memory();
  void decode_batch(std::span<const EncodedImage> images, Queue& queue);
  void learn_from_batch(bool decoded);
  void decode_singly(Queue& queue);
  bool& takes_regions(JpegBackend backend) { return takes_regions_[static_cast<int>(backend)]; }

  const std::unique_ptr<JpegEngine> engine_;
  JpegBackends backends_;
  Device& device_;
  const std::size_t most_bytes_;
  std::array<bool, 4> takes_regions_{true, true, true, true};
  int failures_ = 0;  // Of the hardware at whole images, in a row.
  std::uint8_t* memory_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t bytes_ = 0;  // Of all planes that are planned.
  std::vector<int> order_;
  std::vector<Planned> planned_;
  std::vector<JpegTask> batch_;
};

}  // namespace bobbin::device
