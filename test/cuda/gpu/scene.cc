// Draws scenes from a seed, and stores planes, jobs and batch in a device's memory.
#include "scene.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../../native/support/check.h"
#include "../../native/support/device_views.h"
#include "core/base/image.h"
#include "core/base/output.h"
#include "core/base/random.h"
#include "core/render/render.h"
#include "device/base/device.h"
#include "device/base/job.h"
#include "memory.h"

namespace bobbin::test {

namespace {

constexpr std::size_t kAlignment = 256;
// Bytes behind a batch, which must not change.
constexpr std::size_t kFence = 4096;
constexpr int kMostPixels = 320;  // Along a side of a picture.

std::size_t aligned(std::size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace

std::vector<float> levels_of(const std::vector<std::uint8_t>& batch, const BatchFormat& format,
                             const device::Normalization& by) {
  std::vector<float> levels = to_floats(batch, format.type);
  if (format.type == core::PixelType::kUint8) return levels;
  const std::size_t pixels = std::size_t{1} * format.size * format.size;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const bool last = format.layout == device::Layout::kChannelsLast;
    const std::size_t channel = last ? i % 3 : i / pixels % 3;
    levels[i] = levels[i] / by.scale[channel] + by.mean[channel];
  }
  return levels;
}

Scene::Scene(std::uint64_t seed, const BatchFormat& format) : format_(format) {
  core::Random random(seed);
  preprocessing_ = draw_preprocessing(random);
  for (int view = 0; view < format.views; ++view) {
    parts_.push_back(make_part(random, view));
    if (random.uniform() > 0.3) continue;
    Part partner = make_part(random, view);
    if (partner.kind == device::JobKind::kClear) continue;
    partner.share = static_cast<float>(random.uniform());
    if (random.uniform() < 0.5) {
      const int left = random.below(format.size), top = random.below(format.size);
      partner.pasted = {left, top, 1 + random.below(format.size - left),
                        1 + random.below(format.size - top)};
    }
    mixing_.push_back(partner);
  }
}

Scene::Part Scene::make_part(core::Random& random, int view) {
  Part part;
  part.view = view;
  const double kind = random.uniform();
  part.kind = kind < 0.75   ? device::JobKind::kRender
              : kind < 0.95 ? device::JobKind::kCopy
                            : device::JobKind::kClear;
  part.size = {1 + random.below(kMostPixels), 1 + random.below(kMostPixels), 1 + random.below(8)};
  part.recipe = draw_recipe(random, part.size, format_.size);
  const std::vector<ImageKind> kinds = image_kinds();
  const StoredImage stored = draw_image(random, kinds[random.below(static_cast<int>(kinds.size()))],
                                        part.size, part.recipe);
  part.image = stored.view;
  if (part.kind == device::JobKind::kRender) hold_planes(part);
  if (part.kind == device::JobKind::kCopy) hold_copy(part);
  return part;
}

void Scene::hold_planes(Part& part) {
  for (int i = 0; i < 3; ++i) {
    const core::Plane& plane = part.image.planes[i];
    if (!plane.data) continue;
    part.offsets[i] = aligned(bytes_.size());
    bytes_.resize(part.offsets[i]);
    bytes_.insert(bytes_.end(), plane.data,
                  plane.data + plane.stride * static_cast<std::size_t>(plane.region.height));
  }
}

void Scene::hold_copy(Part& part) {
  part.offsets[0] = aligned(bytes_.size());
  const std::size_t values = std::size_t{3} * format_.size * format_.size;
  bytes_.resize(part.offsets[0] + values * core::bytes_of(format_.type));
  core::Renderer().render(part.image, part.size, part.recipe, preprocessing_,
                          {bytes_.data() + part.offsets[0], format_.type});
}

std::vector<device::Job> Scene::jobs_of(std::span<const Part> parts,
                                        const std::uint8_t* base) const {
  std::vector<device::Job> jobs;
  for (const Part& part : parts) {
    core::ImageView image = part.image;
    for (int i = 0; i < 3; ++i) {
      if (image.planes[i].data) image.planes[i].data = base + part.offsets[i];
    }
    device::Job job;
    if (part.kind == device::JobKind::kRender) {
      job = device::make_job(image, part.size, part.recipe, preprocessing_);
    } else if (part.kind == device::JobKind::kCopy) {
      job.planes[0].samples = base + part.offsets[0];
    }
    job.kind = part.kind;
    job.view = part.view;
    job.share = part.share;
    job.pasted = part.pasted;
    jobs.push_back(job);
  }
  return jobs;
}

std::vector<std::uint8_t> Scene::render(device::Device& device, std::uint8_t poison) const {
  const auto queue = device.make_queue();
  const std::size_t bytes = format_.bytes();
  const std::vector<std::uint8_t> poisoned(bytes + kFence, poison);
  const OwnedMemory output = copied_to(device, *queue, poisoned.data(), poisoned.size());
  const OwnedMemory planes = copied_to(device, *queue, bytes_.data(), bytes_.size());

  device::RenderTask task;
  task.normalization = normalization_of(preprocessing_);
  task.output = {output.get(), format_.type, format_.layout, format_.size};
  for (const std::span<const Part> parts : {std::span(parts_), std::span(mixing_)}) {
    if (parts.empty()) continue;
    const std::vector<device::Job> jobs = jobs_of(parts, planes.get());
    const OwnedMemory held =
        copied_to(device, *queue, jobs.data(), jobs.size() * sizeof(device::Job));
    task.jobs = reinterpret_cast<const device::Job*>(held.get());
    task.count = static_cast<int>(jobs.size());
    task.needs_means = std::any_of(jobs.begin(), jobs.end(),
                                   [](const device::Job& job) { return job.needs_mean(); });
    queue->render(task);
    queue->wait();
  }

  std::vector<std::uint8_t> batch(poisoned.size());
  queue->copy_out(batch.data(), output.get(), batch.size());
  queue->wait();
  for (std::size_t i = bytes; i < batch.size(); ++i) CHECK_EQUAL(batch[i], poison);
  batch.resize(bytes);
  return batch;
}

}  // namespace bobbin::test
