// Writes batches on the CPU: each thread renders its rows straight into the slot.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/batch/batch_writer.h"
#include "core/render/render.h"

namespace bobbin::core {

// Returns where the values of a row go.
using Locate = std::function<Output(const SlotRow&)>;

// Renders rows as values of one type.
class HostRowWriter final : public RowWriter {
 public:
  HostRowWriter(const BatchContext& context, Locate locate);

  bool write(const SampleKey& key, const DecodedImage* decoded, const SlotRow& to) override;
  bool mix(const SampleKey& partner, const DecodedImage* decoded, const Mix& mix,
           const SlotRow& to) override;
  void clear(const SlotRow& to) override;

 private:
  bool render(const SampleKey& key, const DecodedImage* decoded, Output output);

  const BatchContext& context_;
  const Locate locate_;
  SampleReader reader_;
  Renderer renderer_;
  std::vector<std::uint8_t> partner_;  // The views that are mixed into a row, as stored.
};

// The writer of loaders in main memory: rows are rendered into the slot.
std::unique_ptr<BatchWriter> make_host_writer();

}  // namespace bobbin::core
