// Rows are rendered and mixed on the CPU; finished batches need nothing more.
#include "core/batch/host_writer.h"

#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "core/base/image.h"
#include "core/base/output.h"
#include "core/batch/batch_writer.h"
#include "core/batch/memory.h"
#include "core/read/sample_reader.h"
#include "core/recipe/draw_mix.h"
#include "core/recipe/recipe.h"
#include "core/render/mix.h"

namespace bobbin::core {
namespace {

class HostWriter final : public BatchWriter {
 public:
  std::shared_ptr<Memory> memory() const override { return memory_; }
  void start(const BatchContext& context) override { context_ = &context; }
  std::unique_ptr<RowWriter> make_row_writer() override {
    return std::make_unique<HostRowWriter>(*context_, [&context = *context_](const SlotRow& to) {
      return Output{context.ring.data(to.slot), context.dtype}.from(to.row * context.row_values());
    });
  }
  void finish(int slot, int) override { context_->done(slot, {}); }
  void abandon(int) override {}

 private:
  const std::shared_ptr<Memory> memory_ = std::make_shared<MainMemory>();
  const BatchContext* context_ = nullptr;
};

}  // namespace

HostRowWriter::HostRowWriter(const BatchContext& context, Locate locate)
    : context_(context),
      locate_(std::move(locate)),
      reader_(context.sources, context.preprocessing, context.augmentation, context.totals) {}

bool HostRowWriter::write(const SampleKey& key, const DecodedImage* decoded, const SlotRow& to) {
  return render(key, decoded, locate_(to));
}

bool HostRowWriter::mix(const SampleKey& partner, const DecodedImage* decoded, const Mix& mix,
                        const SlotRow& to) {
  const Output row = locate_(to);
  partner_.resize(context_.row_values() * bytes_of(row.type));
  const Output other{partner_.data(), row.type};
  if (!render(partner, decoded, other)) return false;
  const StageTimer timer(context_.totals.render_ns);
  mix_views(mix, context_.preprocessing.crop, other, row);
  return true;
}

void HostRowWriter::clear(const SlotRow& to) {
  const Output row = locate_(to);
  std::memset(row.data, 0, context_.row_values() * bytes_of(row.type));
}

bool HostRowWriter::render(const SampleKey& key, const DecodedImage* decoded, Output output) {
  const std::optional<OpenedSample> sample = reader_.open(key, decoded);
  if (!sample) return false;
  const ImageView image = reader_.decode(*sample);
  const StageTimer timer(context_.totals.render_ns);
  for (const Recipe& recipe : sample->recipes) {
    renderer_.render(image, sample->size, recipe, context_.preprocessing, output);
    output = output.from(context_.view_values());
  }
  return true;
}

std::unique_ptr<BatchWriter> make_host_writer() { return std::make_unique<HostWriter>(); }

}  // namespace bobbin::core
