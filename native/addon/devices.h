// The device that stores a loader's batches, and the status of CUDA.
#pragma once

#include <napi.h>

#include <memory>

#include "core/batch/batch_writer.h"

namespace bobbin::addon {

// Makes the writer for the device that a loader's options name. Throws DeviceError if there is no
// such device.
std::unique_ptr<core::BatchWriter> to_batch_writer(const Napi::Object& options);

}  // namespace bobbin::addon
