// Plan, assign memory, decode by the hardware, decode one by one, wait.
#include "device/decode/engine_decoder.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "core/base/image.h"
#include "device/base/device.h"
#include "device/decode/jpeg_engine.h"
#include "device/decode/jpeg_plan.h"

namespace bobbin::device {
namespace {

JpegBackends without_hardware(JpegBackends backends) {
  backends.hardware = false;
  return backends;
}

std::size_t bytes_of(const core::ImageView& view) {
  std::size_t bytes = 0;
  for (const core::Plane& plane : view.planes) bytes += plane_bytes(plane);
  return bytes;
}

}  // namespace

EngineDecoder::EngineDecoder(std::unique_ptr<JpegEngine> engine, Device& device,
                             std::size_t most_bytes)
    : engine_(std::move(engine)),
      backends_(engine_->backends()),
      device_(device),
      most_bytes_(most_bytes) {}

EngineDecoder::~EngineDecoder() { device_.release(memory_); }

void EngineDecoder::decode(std::span<EncodedImage> images, Queue& queue) {
  for (EncodedImage& image : images) image.decoded = false;
  plan(images);
  assign_memory();
  decode_batch(images, queue);
  decode_singly(queue);
  queue.wait();
  for (const Planned& planned : planned_) {
    if (!planned.decoded) continue;
    images[planned.image].view = planned.view;
    images[planned.image].decoded = true;
  }
}

void EngineDecoder::plan(std::span<const EncodedImage> images) {
  planned_.clear();
  bytes_ = 0;
  order_for_decoding(images, order_);
  for (const int i : order_) {
    Planned planned;
    planned.image = i;
    if (!choose(images[i], planned)) continue;
    const std::size_t bytes = bytes_of(planned.view);
    if (bytes_ + bytes > most_bytes_) continue;
    bytes_ += bytes;
    planned_.push_back(planned);
  }
}

bool EngineDecoder::choose(const EncodedImage& image, Planned& planned) {
  planned.task.file = image.file;
  planned.backend = backend_for(image.traits, image.wanted, backends_);
  if (planned.backend == JpegBackend::kHardware && !choose_hardware(image, planned)) {
    planned.backend = backend_for(image.traits, image.wanted, without_hardware(backends_));
  }
  if (planned.backend == JpegBackend::kNone) return false;
  choose_region(image, planned);
  return true;
}

bool EngineDecoder::choose_hardware(const EncodedImage& image, Planned& planned) {
  choose_region(image, planned);
  if (engine_->hardware_takes(planned.task)) return true;
  if (planned.task.whole) return false;
  bool& regions = takes_regions(JpegBackend::kHardware);
  regions = false;
  choose_region(image, planned);
  // If the hardware refuses the whole image too, the reason is the file, not the region.
  regions = !engine_->hardware_takes(planned.task);
  return !regions;
}

void EngineDecoder::choose_region(const EncodedImage& image, Planned& planned) {
  const core::Region whole{0, 0, image.traits.width, image.traits.height};
  const core::Region region =
      takes_regions(planned.backend) ? decoded_region(image.traits, image.wanted) : whole;
  planned.task.region = region;
  planned.task.whole = region.width == whole.width && region.height == whole.height;
  planned.view = planes_of(image.traits, region);
}

void EngineDecoder::assign_memory() {
  if (bytes_ > capacity_) {
    device_.release(std::exchange(memory_, nullptr));
    // Half more, so that a slightly larger batch does not allocate again.
    const std::size_t capacity = std::min(bytes_ + bytes_ / 2, most_bytes_);
    capacity_ = 0;
    memory_ = static_cast<std::uint8_t*>(device_.allocate(capacity));
    capacity_ = capacity;
  }
  std::uint8_t* next = memory_;
  for (Planned& planned : planned_) {
    for (std::size_t c = 0; c < planned.view.planes.size(); ++c) {
      core::Plane& plane = planned.view.planes[c];
      if (plane.stride == 0) continue;
      plane.data = next;
      planned.task.planes[c] = {next, plane.stride};
      next += plane_bytes(plane);
    }
  }
}

void EngineDecoder::decode_batch(std::span<const EncodedImage> images, Queue& queue) {
  batch_.clear();
  for (const Planned& planned : planned_) {
    if (planned.backend == JpegBackend::kHardware) batch_.push_back(planned.task);
  }
  if (batch_.empty()) return;
  const bool decoded = engine_->decode_batch(batch_, queue);
  learn_from_batch(decoded);
  for (Planned& planned : planned_) {
    if (planned.backend != JpegBackend::kHardware) continue;
    planned.decoded = decoded;
    const EncodedImage& image = images[planned.image];
    planned.backend = backend_for(image.traits, image.wanted, without_hardware(backends_));
  }
}

// After several failures the hardware is not tried again. One failure is not enough, because one
// bad file can fail a batch.
void EngineDecoder::learn_from_batch(bool decoded) {
  const bool whole = std::ranges::all_of(batch_, &JpegTask::whole);
  if (decoded) {
    failures_ = 0;
  } else if (!whole) {
    takes_regions(JpegBackend::kHardware) = false;
  } else if (++failures_ == kMostFailures) {
    backends_.hardware = false;
  }
}

void EngineDecoder::decode_singly(Queue& queue) {
  for (Planned& planned : planned_) {
    if (planned.decoded || planned.backend == JpegBackend::kNone) continue;
    // The planned memory is too small for the whole image.
    if (!planned.task.whole && !takes_regions(planned.backend)) continue;
    const JpegOutcome outcome = engine_->decode(planned.task, planned.backend, queue);
    planned.decoded = outcome == JpegOutcome::kDecoded;
    if (outcome == JpegOutcome::kRegionRefused) takes_regions(planned.backend) = false;
  }
}

}  // namespace bobbin::device
