// What decodes JPEGs on a device, one call each: nvJPEG, or a test's stand-in for it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "device/base/device.h"
#include "device/decode/jpeg_plan.h"

namespace bobbin::device {

// A file, the part of it that is decoded, and where that goes.
struct JpegTask {
  struct Target {
    std::uint8_t* samples = nullptr;  // In the device's memory; null for a plane there is not.
    std::size_t stride = 0;
  };
  std::span<const std::uint8_t> file;
  core::Region region;
  bool whole = false;  // The region is the image.
  std::array<Target, 3> planes;
};

enum class JpegOutcome : std::uint8_t {
  kDecoded,        // Or will be, once the queue has come to it.
  kRegionRefused,  // The backend decodes no regions of such files, only whole ones.
  kFailed,
};

// For one thread at a time.
class JpegEngine {
 public:
  virtual ~JpegEngine() = default;
  virtual JpegBackends backends() const = 0;
  // Whether the hardware takes the file and the region; where to does not matter yet.
  virtual bool hardware_takes(const JpegTask& task) = 0;
  // By the hardware, all of them or none.
  virtual bool decode_batch(std::span<const JpegTask> tasks, Queue& queue) = 0;
  // By one of the other two.
  virtual JpegOutcome decode(const JpegTask& task, JpegBackend backend, Queue& queue) = 0;
};

}  // namespace bobbin::device
