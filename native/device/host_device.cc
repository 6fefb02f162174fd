// Runs blocks sequentially, each with one thread.
#include "device/host_device.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/image.h"
#include "core/base/output.h"
#include "core/decode/jpeg.h"
#include "core/decode/jpeg_traits.h"
#include "device/base/device.h"
#include "device/decode/jpeg_plan.h"
#include "device/render/body.h"
#include "device/render/grey.h"
#include "device/render/resample.h"

namespace bobbin::device {
namespace {

class HostQueue final : public Queue {
 public:
  void copy_in(void* to, const void* from, std::size_t bytes) override {
    std::memcpy(to, from, bytes);
  }
  void copy_out(void* to, const void* from, std::size_t bytes) override {
    std::memcpy(to, from, bytes);
  }

  void render(const RenderTask& task) override {
    sums_.resize(static_cast<std::size_t>(task.count) * kMeanParts);
    for (int part = 0; task.needs_means && part < task.count * kMeanParts; ++part) {
      sum_greys(OneThread(), task, part / kMeanParts, part % kMeanParts, mean_, sums_.data());
    }
    const int across = (task.output.size + kTileWidth - 1) / kTileWidth;
    const int down = (task.output.size + kTileHeight - 1) / kTileHeight;
    with_output(task.output, [&]<core::PixelType type, Layout layout>() {
      for (int job = 0; job < task.count; ++job) {
        for (int tile = 0; tile < across * down; ++tile) {
          render_tile<type, layout>(OneThread(), task, sums_.data(),
                                    {job, tile % across, tile / across}, tile_);
        }
      }
    });
  }

  void normalize(const std::uint8_t* levels, int views, const Normalization& by,
                 const BatchOutput& output) override {
    const std::int64_t pixels = std::int64_t{views} * output.size * output.size;
    with_output(output, [&]<core::PixelType type, Layout layout>() {
      for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
        normalize_pixel<type, layout>(levels, pixel, by, output);
      }
    });
  }

  void wait() override {}

 private:
  TileMemory tile_;
  MeanMemory mean_;
  std::vector<float> sums_;
};

// JpegDecoder's planes are valid until its next image, a device decoder's until its next batch.
class HostDecoder final : public Decoder {
 public:
  void decode(std::span<EncodedImage> images, Queue&) override {
    samples_.resize(std::max(samples_.size(), images.size()));
    for (std::size_t i = 0; i < images.size(); ++i) {
      EncodedImage& image = images[i];
      try {
        jpeg_.open(image.file);
        image.view = copy(jpeg_.decode(image.wanted, 1), samples_[i]);
        image.decoded = true;
      } catch (const core::ImageError&) {
        image.decoded = false;
      }
    }
  }

 private:
  using Samples = std::array<std::vector<std::uint8_t>, 3>;

  static core::ImageView copy(core::ImageView view, Samples& samples) {
    for (int c = 0; c < (view.space == core::ColorSpace::kYcc ? 3 : 1); ++c) {
      core::Plane& plane = view.planes[c];
      samples[c].assign(plane.data, plane.data + plane.stride * plane.region.height);
      plane.data = samples[c].data();
    }
    return view;
  }

  core::JpegDecoder jpeg_;
  std::vector<Samples> samples_;
};

}  // namespace

void* HostDevice::allocate(std::size_t bytes) {
  constexpr std::size_t kAlignment = 256;
  const std::size_t whole = (std::max<std::size_t>(bytes, 1) + kAlignment - 1) / kAlignment;
  void* memory = std::aligned_alloc(kAlignment, whole * kAlignment);
  if (!memory) {
    throw DeviceError("Expected " + std::to_string(bytes) +
                      " bytes of main memory but received none: use smaller batches");
  }
  return memory;
}

void HostDevice::release(void* memory) noexcept { std::free(memory); }

std::unique_ptr<Queue> HostDevice::make_queue() { return std::make_unique<HostQueue>(); }

std::unique_ptr<Decoder> HostDevice::make_decoder() { return std::make_unique<HostDecoder>(); }

bool HostDevice::takes(const core::JpegTraits& traits) const {
  return is_decodable(traits) && !traits.several_scans;
}

}  // namespace bobbin::device
