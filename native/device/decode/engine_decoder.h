// Decodes batches by an engine's backends, each file by the best backend that accepts it.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "device/base/device.h"
#include "device/decode/jpeg_engine.h"
#include "device/decode/jpeg_plan.h"

namespace bobbin::device {

// Files that the hardware refuses or fails to decode go to the other backends; files that these
// fail to decode stay undecoded, for the CPU. After a refused region, a backend decodes only whole
// images, and so does the hardware after a failed batch with regions. The hardware is no longer
// used after several failed batches of whole images.
class EngineDecoder final : public Decoder {
 public:
  // Limit for all planes of a batch, in bytes. Files beyond it stay undecoded.
  static constexpr std::size_t kMostBytes = std::size_t{512} << 20;
  // After this many consecutive failed batches of whole images the hardware is no longer used.
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
  int failures_ = 0;  // Consecutive failures of the hardware with whole images.
  std::uint8_t* memory_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t bytes_ = 0;  // Of all planned planes.
  std::vector<int> order_;
  std::vector<Planned> planned_;
  std::vector<JpegTask> batch_;
};

}  // namespace bobbin::device
