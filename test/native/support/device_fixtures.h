// Shared by tests of decoding on a device: files, and the expected content of their planes.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/image.h"
#include "device/base/device.h"
#include "device/decode/jpeg_engine.h"

namespace bobbin::test {

// Baseline files of every sampling, 60 to 259 pixels a side, and a part of each.
struct EncodedBatch {
  explicit EncodedBatch(int count, std::uint64_t seed = 3);
  // The last of `files`.
  void add(const core::Region& wanted);

  std::vector<std::vector<std::uint8_t>> files;
  std::vector<device::EncodedImage> images;
};

// Fails unless the image was decoded, and its planes equal the CPU decoder's for the part
// that is wanted.
void check_planes(const device::EncodedImage& image);

// Decodes a part of a baseline file like a device, with the CPU's decoder.
void decode_part(std::span<const std::uint8_t> file, const core::Region& region,
                 const std::array<device::JpegTask::Target, 3>& planes);

}  // namespace bobbin::test
