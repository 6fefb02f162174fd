// JPEG files are decoded here; images that arrive decoded were decoded wholly.
#include "core/batch/check_writer.h"

#include <memory>

#include "core/batch/batch_writer.h"
#include "core/batch/memory.h"
#include "core/read/sample_reader.h"
#include "core/recipe/draw_mix.h"
#include "core/recipe/recipe.h"

namespace bobbin::core {
namespace {

class CheckRowWriter final : public RowWriter {
 public:
  explicit CheckRowWriter(const BatchContext& context)
      : reader_(context.sources, context.preprocessing, context.augmentation, context.totals) {}

  bool write(const SampleKey& key, const DecodedImage* decoded, const SlotRow&) override {
    if (decoded) return true;
    if (!reader_.open(key, nullptr)) return false;
    reader_.check();
    return true;
  }
  bool mix(const SampleKey& partner, const DecodedImage* decoded, const Mix&,
           const SlotRow& to) override {
    return write(partner, decoded, to);
  }
  void clear(const SlotRow&) override {}

 private:
  SampleReader reader_;
};

class CheckWriter final : public BatchWriter {
 public:
  std::shared_ptr<Memory> memory() const override { return memory_; }
  void start(const BatchContext& context) override { context_ = &context; }
  std::unique_ptr<RowWriter> make_row_writer() override {
    return std::make_unique<CheckRowWriter>(*context_);
  }
  void finish(int slot, int) override { context_->done(slot, {}); }
  void abandon(int) override {}

 private:
  const std::shared_ptr<Memory> memory_ = std::make_shared<MainMemory>();
  const BatchContext* context_ = nullptr;
};

}  // namespace

std::unique_ptr<BatchWriter> make_check_writer() { return std::make_unique<CheckWriter>(); }

}  // namespace bobbin::core
