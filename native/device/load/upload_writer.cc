// Rows rendered on the CPU as levels, copied in one piece and normalised on the device.
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "core/base/output.h"
#include "core/batch/batch_writer.h"
#include "core/batch/host_writer.h"
#include "core/batch/memory.h"
#include "core/read/sample_reader.h"
#include "core/recipe/draw_mix.h"
#include "core/recipe/recipe.h"
#include "device/base/device.h"
#include "device/base/device_memory.h"
#include "device/load/batch_thread.h"
#include "device/load/device_writers.h"
#include "device/load/normalization.h"

namespace bobbin::device {
namespace {

using core::BatchContext;
using core::Output;
using core::PixelType;
using core::SlotRow;

// A batch's levels until they are on the device.
struct Levels {
  std::unique_ptr<Block> block;
  std::vector<std::uint8_t> cleared;  // One flag a row; bytes, because threads write rows at once.
};

class UploadWriter final : public core::BatchWriter, public BatchWork {
 public:
  UploadWriter(std::shared_ptr<Device> device, const WriterOptions& options)
      : device_(std::move(device)),
        layout_(options.layout),
        memory_(or_end_run([this] { return std::make_shared<DeviceMemory>(device_); })) {}

  std::shared_ptr<core::Memory> memory() const override { return memory_; }
  void start(const BatchContext& context) override;
  std::unique_ptr<core::RowWriter> make_row_writer() override;
  void finish(int slot, int rows) override { thread_->finish({slot, rows}); }
  void abandon(int slot) override { pool_->give_back(std::move(levels_[slot].block)); }

 private:
  class Rows;

  std::span<const core::FailedImage> launch(const WrittenBatch& batch, int lane,
                                            Queue& queue) override;
  void complete(const WrittenBatch& batch) override { abandon(batch.slot); }

  bool copies_only() const {
    return context_->dtype == PixelType::kUint8 && layout_ == Layout::kChannelsLast;
  }
  std::size_t row_bytes() const { return context_->row_values() * bytes_of(context_->dtype); }
  Output row_at(const SlotRow& to);

  const std::shared_ptr<Device> device_;
  const Layout layout_;
  const std::shared_ptr<DeviceMemory> memory_;
  const BatchContext* context_ = nullptr;
  std::mutex mutex_;  // Guards the assignment of blocks to batches.
  std::unique_ptr<BlockPool> pool_;
  std::vector<Levels> levels_;           // By slot.
  std::unique_ptr<Block> zeros_;         // A cleared row as it is stored.
  std::unique_ptr<BatchThread> thread_;  // Destroyed first.
};

// A cleared row is zeros as stored; in general no level normalises to 0.
class UploadWriter::Rows final : public core::RowWriter {
 public:
  explicit Rows(UploadWriter& writer)
      : writer_(writer), rows_(*writer.context_, [&writer](const SlotRow& to) {
          return or_end_run([&] { return writer.row_at(to); });
        }) {}

  bool write(const core::SampleKey& key, const core::DecodedImage* decoded,
             const SlotRow& to) override {
    cleared(to) = 0;
    return rows_.write(key, decoded, to);
  }
  bool mix(const core::SampleKey& partner, const core::DecodedImage* decoded, const core::Mix& mix,
           const SlotRow& to) override {
    return rows_.mix(partner, decoded, mix, to);
  }
  void clear(const SlotRow& to) override {
    rows_.clear(to);
    cleared(to) = 1;
  }

 private:
  std::uint8_t& cleared(const SlotRow& to) { return writer_.levels_[to.slot].cleared[to.row]; }

  UploadWriter& writer_;
  core::HostRowWriter rows_;
};

void UploadWriter::start(const BatchContext& context) {
  context_ = &context;
  const int slots = context.ring.size();
  levels_.resize(slots);
  for (Levels& levels : levels_) levels.cleared.resize(context.batch_size);
  pool_ = std::make_unique<BlockPool>(
      *device_,
      BlockPool::Shape{context.batch_size * context.row_values(), static_cast<std::size_t>(slots),
                       copies_only() ? Block::Sides::kPinned : Block::Sides::kBoth});
  or_end_run([&] {
    zeros_ = std::make_unique<Block>(*device_, row_bytes(), Block::Sides::kPinned);
    std::memset(zeros_->pinned(), 0, row_bytes());
    thread_ = std::make_unique<BatchThread>(*device_, context, *this);
  });
}

std::unique_ptr<core::RowWriter> UploadWriter::make_row_writer() {
  return std::make_unique<Rows>(*this);
}

// The first row that is written takes the batch's memory.
Output UploadWriter::row_at(const SlotRow& to) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Block>& block = levels_[to.slot].block;
  if (!block) block = pool_->take();
  return Output{block->pinned(), PixelType::kUint8}.from(to.row * context_->row_values());
}

std::span<const core::FailedImage> UploadWriter::launch(const WrittenBatch& batch, int,
                                                        Queue& queue) {
  const Levels& levels = levels_[batch.slot];
  const std::size_t bytes = batch.rows * context_->row_values();
  std::uint8_t* slot = context_->ring.data(batch.slot);
  if (copies_only()) {
    queue.copy_in(slot, levels.block->pinned(), bytes);
  } else {
    levels.block->copy_in(queue, 0, bytes);
    queue.normalize(levels.block->on_device(), batch.rows * context_->augmentation.views(),
                    normalization_of(context_->preprocessing),
                    {slot, context_->dtype, layout_, context_->preprocessing.crop});
  }
  for (int row = 0; row < batch.rows; ++row) {
    if (levels.cleared[row]) {
      queue.copy_in(slot + row * row_bytes(), zeros_->pinned(), row_bytes());
    }
  }
  return {};
}

}  // namespace

std::unique_ptr<core::BatchWriter> make_upload_writer(std::shared_ptr<Device> device,
                                                      const WriterOptions& options) {
  return std::make_unique<UploadWriter>(std::move(device), options);
}

}  // namespace bobbin::device
