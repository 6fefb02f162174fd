// Workers stage a row's images: as samples, as values, or as files that the device decodes.
#include "device/load/row_stager.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "core/base/image.h"
#include "core/base/output.h"
#include "core/base/scratch.h"
#include "core/batch/batch_writer.h"
#include "core/decode/jpeg_traits.h"
#include "core/read/sample_reader.h"
#include "core/recipe/draw_mix.h"
#include "core/recipe/recipe.h"
#include "core/render/render.h"
#include "device/base/device.h"
#include "device/base/device_memory.h"
#include "device/base/job.h"
#include "device/decode/jpeg_plan.h"
#include "device/load/device_writers.h"
#include "device/load/staging.h"

namespace bobbin::device {

RenderShared::RenderShared(Device& to, const core::BatchContext& by, const WriterOptions& options,
                           bool has_decoder)
    : device(to),
      context(by),
      decodes(has_decoder),
      split(by.threads, has_decoder),
      memory{BlockPool(to, {options.chunk_bytes, options.staging_bytes / options.chunk_bytes}),
             BlockPool(to, {by.batch_size * by.row_values() * bytes_of(by.dtype),
                            std::size_t{2} * by.ring.size()}),
             FilePool(options.staging_bytes)} {
  for (int slot = 0; slot < by.ring.size(); ++slot) {
    stagings.push_back(std::make_unique<Staging>(
        memory, Staging::Shape{by.batch_size, by.row_values() * bytes_of(by.dtype)}));
  }
}

RowStager::RowStager(RenderShared& shared)
    : shared_(shared),
      reader_(shared.context.sources, shared.context.preprocessing, shared.context.augmentation,
              shared.context.totals),
      stager_(shared.context) {}

bool RowStager::write(const core::SampleKey& key, const core::DecodedImage* decoded,
                      const core::SlotRow& to) {
  const std::optional<core::OpenedSample> sample = reader_.open(key, decoded);
  if (!sample) return false;
  staging(to).clear_image(to.row, Role::kOwn);
  staging(to).clear_image(to.row, Role::kPartner);
  or_end_run([&] { stage(*sample, to, Role::kOwn); });
  return true;
}

bool RowStager::mix(const core::SampleKey& partner, const core::DecodedImage* decoded,
                    const core::Mix& mix, const core::SlotRow& to) {
  const std::optional<core::OpenedSample> sample = reader_.open(partner, decoded);
  if (!sample) return false;
  staging(to).clear_image(to.row, Role::kPartner);
  staging(to).image(to.row, Role::kPartner).mix = mix;
  or_end_run([&] { stage(*sample, to, Role::kPartner); });
  return true;
}

void RowStager::clear(const core::SlotRow& to) {
  staging(to).clear_image(to.row, Role::kOwn);
  staging(to).clear_image(to.row, Role::kPartner);
  const int views = shared_.context.augmentation.views();
  for (int view = 0; view < views; ++view) {
    Job job;
    job.kind = JobKind::kClear;
    job.view = to.row * views + view;
    staging(to).image(to.row, Role::kOwn).jobs.push_back(job);
  }
}

void RowStager::stage(const core::OpenedSample& sample, const core::SlotRow& to, Role role) {
  const core::DecodePlan plan = plan_decode(sample.recipes, sample.size);
  const bool decodable = device_could_decode(sample, plan);
  if (decodable && shared_.split.on_device(shared_.decodable++) &&
      leave_to_device(sample, plan.region, to, role)) {
    return;
  }
  const auto begin = std::chrono::steady_clock::now();
  const core::ImageView view = reader_.decode(sample);
  if (decodable) {
    const std::chrono::nanoseconds spent = std::chrono::steady_clock::now() - begin;
    shared_.split.cpu_decoded(spent.count());
  }
  stager_.stage({view, sample.size, sample.recipes}, staging(to), to.row, role);
}

// The device decodes only at scale 1, and only if no worker needs the pixels.
bool RowStager::device_could_decode(const core::OpenedSample& sample,
                                    const core::DecodePlan& plan) const {
  return shared_.decodes && !sample.decoded && plan.scale == 1 &&
         std::all_of(sample.recipes.begin(), sample.recipes.end(), can_render) &&
         shared_.device.takes(reader_.traits());
}

// False if there is no room for the file or for its planes.
bool RowStager::leave_to_device(const core::OpenedSample& sample, const core::Region& wanted,
                                const core::SlotRow& to, Role role) {
  const core::JpegTraits traits = reader_.traits();
  std::size_t planes = 0;
  for (const core::Plane& plane : planes_of(traits, decoded_region(traits, wanted)).planes) {
    planes += plane_bytes(plane);
  }
  if (!staging(to).reserve_planes(planes)) return false;
  std::optional<core::Bytes> bytes = shared_.memory.files.exchange(reader_.file());
  if (!bytes) {
    staging(to).release_planes(planes);
    return false;
  }
  StagedFile& file = staging(to).image(to.row, role).file;
  file.bytes = *std::move(bytes);
  file.traits = traits;
  file.size = sample.size;
  file.recipes.assign(sample.recipes.begin(), sample.recipes.end());
  file.wanted = wanted;
  return true;
}

}  // namespace bobbin::device
