// From samples to rows of a staging, on one thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/batch/batch_writer.h"
#include "device/decode/split.h"
#include "device/load/device_writers.h"
#include "device/load/image_stager.h"
#include "device/load/staging.h"

namespace bobbin::device {

// The parts that all threads of a render writer share.
struct RenderShared {
  RenderShared(Device& device, const core::BatchContext& context, const WriterOptions& options,
               bool decodes);

  Device& device;
  const core::BatchContext& context;
  const bool decodes;  // Whether the device has a decoder.
  DecodeSplit split;
  std::atomic<std::uint64_t> decodable{0};  // Number of files so far that the device could decode.
  StagingMemory memory;
  std::vector<std::unique_ptr<Staging>> stagings;  // By slot.
};

class RowStager final : public core::RowWriter {
 public:
  explicit RowStager(RenderShared& shared);

  bool write(const core::SampleKey& key, const core::DecodedImage* decoded,
             const core::SlotRow& to) override;
  bool mix(const core::SampleKey& partner, const core::DecodedImage* decoded, const core::Mix& mix,
           const core::SlotRow& to) override;
  void clear(const core::SlotRow& to) override;

 private:
  Staging& staging(const core::SlotRow& to) { return *shared_.stagings[to.slot]; }
  void stage(const core::OpenedSample& sample, const core::SlotRow& to, Role role);
  bool device_could_decode(const core::OpenedSample& sample, const core::DecodePlan& plan) const;
  bool leave_to_device(const core::OpenedSample& sample, const core::Region& wanted,
                       const core::SlotRow& to, Role role);

  RenderShared& shared_;
  core::SampleReader reader_;
  ImageStager stager_;
};

}  // namespace bobbin::device
