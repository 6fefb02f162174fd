// Batch writers that put a loader's batches into a device's memory.
#pragma once

#include <cstddef>
#include <memory>

#include "core/batch/batch_writer.h"
#include "device/base/device.h"

namespace bobbin::device {

struct WriterOptions {
  Layout layout = Layout::kChannelsLast;  // Of the batches.
  // Pinned memory for samples, and the same amount of device memory: the total, and the size of one
  // chunk. Encoded files may take the same amount of main memory. Images that do not fit are
  // rendered on the CPU.
  std::size_t staging_bytes = std::size_t{512} << 20;
  std::size_t chunk_bytes = std::size_t{32} << 20;
};

// Workers read and decode; the device renders. The device also decodes a share of the files that it
// supports, to keep both sides busy; workers render the recipes that it does not support.
std::unique_ptr<core::BatchWriter> make_render_writer(std::shared_ptr<Device> device,
                                                      const WriterOptions& options = {});

// Workers read, decode and render to 8-bit levels; the device normalises them.
std::unique_ptr<core::BatchWriter> make_upload_writer(std::shared_ptr<Device> device,
                                                      const WriterOptions& options = {});

}  // namespace bobbin::device
