// Renders batches on the device: copies samples and jobs, then renders in one or two launches.
#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/base/image.h"
#include "core/batch/batch_writer.h"
#include "core/batch/memory.h"
#include "core/decode/jpeg.h"
#include "device/base/device.h"
#include "device/base/device_memory.h"
#include "device/base/job.h"
#include "device/load/batch_thread.h"
#include "device/load/device_writers.h"
#include "device/load/image_stager.h"
#include "device/load/normalization.h"
#include "device/load/row_stager.h"
#include "device/load/staging.h"

namespace bobbin::device {
namespace {

using core::BatchContext;

constexpr Role kRoles[] = {Role::kOwn, Role::kPartner};

// The row and role whose file the device decodes.
struct FileRef {
  int row = 0;
  Role role = Role::kOwn;
};

// What a batch uses alone while the device works on it.
struct RenderLane {
  Block jobs;
  std::unique_ptr<Decoder> decoder;
  std::vector<EncodedImage> images;
  std::vector<FileRef> files;  // Of `images`, in the same order.
};

class RenderWriter final : public core::BatchWriter, public BatchWork {
 public:
  RenderWriter(std::shared_ptr<Device> device, const WriterOptions& options)
      : device_(std::move(device)),
        options_(options),
        memory_(or_end_run([this] { return std::make_shared<DeviceMemory>(device_); })) {}

  std::shared_ptr<core::Memory> memory() const override { return memory_; }
  void start(const BatchContext& context) override;
  std::unique_ptr<core::RowWriter> make_row_writer() override {
    return std::make_unique<RowStager>(*shared_);
  }
  void finish(int slot, int rows) override { thread_->finish({slot, rows}); }
  void abandon(int slot) override { shared_->stagings[slot]->clear(); }

 private:
  // Jobs of one launch; each has its own view.
  struct JobRange {
    int begin = 0, count = 0;
    bool needs_means = false;
  };

  std::span<const core::FailedImage> launch(const WrittenBatch& batch, int lane,
                                            Queue& queue) override;
  void complete(const WrittenBatch& batch) override { abandon(batch.slot); }

  void decode(const WrittenBatch& batch, RenderLane& lane, Queue& queue);
  void collect_files(const WrittenBatch& batch, RenderLane& lane);
  void decode_here(Staging& staging, const FileRef& ref);
  void copy_rendered(const WrittenBatch& batch, Role role, Queue& queue);
  JobRange gather_jobs(const WrittenBatch& batch, Role role, int begin, RenderLane& lane);
  void render(const WrittenBatch& batch, const JobRange& range, const RenderLane& lane,
              Queue& queue);

  const std::shared_ptr<Device> device_;
  const WriterOptions options_;
  const std::shared_ptr<DeviceMemory> memory_;
  const BatchContext* context_ = nullptr;
  std::unique_ptr<RenderShared> shared_;
  // Used by the batch thread only.
  std::vector<RenderLane> lanes_;
  std::vector<core::FailedImage> failed_;
  core::JpegDecoder decoder_;  // For files that the device refuses.
  std::unique_ptr<ImageStager> stager_;
  std::unique_ptr<BatchThread> thread_;  // Destroyed first.
};

void RenderWriter::start(const BatchContext& context) {
  context_ = &context;
  stager_ = std::make_unique<ImageStager>(context);
  const std::size_t jobs = std::size_t{2} * context.batch_size * context.augmentation.views();
  or_end_run([&] {
    for (int i = 0; i < kLanes; ++i) {
      lanes_.push_back({Block(*device_, jobs * sizeof(Job)), device_->make_decoder(), {}, {}});
    }
    // A batch may use any lane, so every lane needs a decoder.
    const bool decodes =
        std::ranges::all_of(lanes_, [](const RenderLane& lane) { return lane.decoder != nullptr; });
    shared_ = std::make_unique<RenderShared>(*device_, context, options_, decodes);
    thread_ = std::make_unique<BatchThread>(*device_, context, *this);
  });
}

std::span<const core::FailedImage> RenderWriter::launch(const WrittenBatch& batch, int index,
                                                        Queue& queue) {
  RenderLane& lane = lanes_[index];
  failed_.clear();
  decode(batch, lane, queue);
  if (!failed_.empty()) return failed_;
  shared_->stagings[batch.slot]->copy_samples_in(queue);
  for (const Role role : kRoles) copy_rendered(batch, role, queue);
  const JobRange own = gather_jobs(batch, Role::kOwn, 0, lane);
  const JobRange partners = gather_jobs(batch, Role::kPartner, own.count, lane);
  lane.jobs.copy_in(queue, 0, (own.count + partners.count) * sizeof(Job));
  render(batch, own, lane, queue);
  if (partners.count > 0) render(batch, partners, lane, queue);
  return {};
}

void RenderWriter::decode(const WrittenBatch& batch, RenderLane& lane, Queue& queue) {
  collect_files(batch, lane);
  if (lane.images.empty()) return;
  const auto begin = std::chrono::steady_clock::now();
  lane.decoder->decode(lane.images, queue);
  const std::chrono::nanoseconds spent = std::chrono::steady_clock::now() - begin;
  Staging& staging = *shared_->stagings[batch.slot];
  int decoded = 0;
  for (std::size_t i = 0; i < lane.images.size(); ++i) {
    const FileRef& ref = lane.files[i];
    const StagedFile& file = staging.image(ref.row, ref.role).file;
    if (lane.images[i].decoded) {
      stager_->stage_decoded({lane.images[i].view, file.size, file.recipes}, staging, ref.row,
                             ref.role);
      ++decoded;
    } else if (failed_.empty() || failed_.back().row != ref.row) {
      decode_here(staging, ref);
    }
  }
  shared_->split.device_decoded(decoded, spent.count());
  // Otherwise the batch comes again, with its files.
  if (failed_.empty()) context_->totals.device_decoded += decoded;
}

// In the order of the rows; the row's own image comes before its partner.
void RenderWriter::collect_files(const WrittenBatch& batch, RenderLane& lane) {
  lane.images.clear();
  lane.files.clear();
  for (int row = 0; row < batch.rows; ++row) {
    for (const Role role : kRoles) {
      StagedImage& image = shared_->stagings[batch.slot]->image(row, role);
      const StagedFile& file = image.file;
      if (file.bytes.empty()) continue;
      // If other images failed, this one may have been decoded before.
      image.jobs.clear();
      lane.images.push_back({file.bytes, file.traits, file.wanted, {}, false});
      lane.files.push_back({row, role});
    }
  }
}

void RenderWriter::decode_here(Staging& staging, const FileRef& ref) {
  StagedFile& file = staging.image(ref.row, ref.role).file;
  try {
    decoder_.open(file.bytes);
    stager_->stage({decoder_.decode(file.wanted, 1), file.size, file.recipes}, staging, ref.row,
                   ref.role);
    // Staged once, even if the batch comes again.
    shared_->memory.files.give_back(std::exchange(file.bytes, {}));
  } catch (const core::ImageError& error) {
    failed_.push_back({ref.row, ref.role == Role::kPartner, error.what()});
  }
}

// Copies whole rows, adjacent rows in one call.
void RenderWriter::copy_rendered(const WrittenBatch& batch, Role role, Queue& queue) {
  Staging& staging = *shared_->stagings[batch.slot];
  const auto is_rendered = [&](int row) {
    for (const Job& job : staging.image(row, role).jobs) {
      if (job.kind == JobKind::kCopy) return true;
    }
    return false;
  };
  for (int row = 0; row < batch.rows; ++row) {
    const int begin = row;
    while (row < batch.rows && is_rendered(row)) ++row;
    if (row > begin) staging.copy_rendered_in(queue, role, begin, row);
  }
}

RenderWriter::JobRange RenderWriter::gather_jobs(const WrittenBatch& batch, Role role, int begin,
                                                 RenderLane& lane) {
  JobRange range{begin};
  for (int row = 0; row < batch.rows; ++row) {
    bool renders = false;
    for (const Job& job : shared_->stagings[batch.slot]->image(row, role).jobs) {
      std::memcpy(lane.jobs.pinned() + (begin + range.count++) * sizeof(Job), &job, sizeof(Job));
      range.needs_means |= job.needs_mean();
      renders |= job.kind == JobKind::kRender;
    }
    if (role == Role::kOwn && renders) ++context_->totals.device_rendered;
  }
  return range;
}

void RenderWriter::render(const WrittenBatch& batch, const JobRange& range, const RenderLane& lane,
                          Queue& queue) {
  RenderTask task;
  task.jobs = reinterpret_cast<const Job*>(lane.jobs.on_device()) + range.begin;
  task.count = range.count;
  task.needs_means = range.needs_means;
  task.normalization = normalization_of(context_->preprocessing);
  task.output = {context_->ring.data(batch.slot), context_->dtype, options_.layout,
                 context_->preprocessing.crop};
  queue.render(task);
}

}  // namespace

std::unique_ptr<core::BatchWriter> make_render_writer(std::shared_ptr<Device> device,
                                                      const WriterOptions& options) {
  return std::make_unique<RenderWriter>(std::move(device), options);
}

}  // namespace bobbin::device
