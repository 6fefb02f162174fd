// Batch writers that put a loader's batches into a device's memory.
#pragma once

#include <cstddef>
#include <memory>

#include "core/batch/batch_writer.h"
#include "device/base/device.h"

namespace bobbin::device {

struct WriterOptions {
  Layout layout = Layout::kChannelsLast;  // Of the batches.
  // Pinned memory for samples on their way, and as much of the device's: all of it, and the pieces
  // that it is asked for in. Encoded files may take as much main memory. What does not fit is
  // rendered on the CPU.
  std::size_t staging_bytes = std::size_t{512} << 20;
  std::size_t chunk_bytes = std::size_t{32} << 20;
};

// Workers read and decode; the device renders. It also decodes files, where it can and as many as
// keep both sides busy; workers render the views whose recipes it cannot.
std::unique_ptr<core::BatchWriter> make_render_writer(std::shared_ptr<Device> device,
                                                      const WriterOptions& options = {});

// Workers read, decode and render to 8-bit levels; the device makes values of them.
std::unique_ptr<core::BatchWriter> make_upload_writer(std::shared_ptr<Device> device,
                                                      const WriterOptions& options = {});

}  // namespace bobbin::device
