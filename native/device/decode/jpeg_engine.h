// Decodes JPEG files on a device, one call each: nvJPEG, or a test's replacement.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "device/base/device.h"
#include "device/decode/jpeg_plan.h"

namespace bobbin::device {

// A file, the region to decode, and the destination.
struct JpegTask {
  struct Target {
    std::uint8_t* samples = nullptr;  // In the device's memory; null for a missing plane.
    std::size_t stride = 0;
  };
  std::span<const std::uint8_t> file;
  core::Region region;
  bool whole = false;  // The region is the whole image.
  std::array<Target, 3> planes;
};

enum class JpegOutcome : std::uint8_t {
  kDecoded,        // Or queued.
  kRegionRefused,  // The backend decodes such files only as a whole.
  kFailed,
};

// Only one thread at a time may use it.
class JpegEngine {
 public:
  virtual ~JpegEngine() = default;
  virtual JpegBackends backends() const = 0;
  // Whether the hardware accepts the file and the region; the destination is not read.
  virtual bool hardware_takes(const JpegTask& task) = 0;
  // Decodes all files by the hardware, or fails.
  virtual bool decode_batch(std::span<const JpegTask> tasks, Queue& queue) = 0;
  // Decodes by one of the other two backends.
  virtual JpegOutcome decode(const JpegTask& task, JpegBackend backend, Queue& queue) = 0;
};

}  // namespace bobbin::device
