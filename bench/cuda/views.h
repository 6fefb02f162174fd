// The input of the fused kernel's benchmark: views of the user's photos, in the GPU's memory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "../../test/cuda/gpu/memory.h"
#include "core/recipe/recipe.h"
#include "device/base/device.h"

namespace bobbin::bench {

using File = std::vector<std::uint8_t>;

// A random-resized crop, flip and normalisation; `everything` adds colour and noise. See `loads` in
// ../job.ts.
core::Augmentation augmentation_of(bool everything);
core::Preprocessing preprocessing_for_bench();

// One random window of each file, as a loader would request it.
std::vector<device::EncodedImage> windows_of(const std::vector<File>& files);

// `count` views of the files, which are repeated, decoded and on the device.
class Views {
 public:
  Views(device::Device& device, const std::vector<File>& files, int count, bool everything);

  // Total bytes of the samples of all views.
  std::size_t sample_bytes() const { return sample_bytes_; }
  bool needs_means() const { return needs_means_; }
  // Jobs for consecutive batches of `batch` views.
  test::OwnedMemory jobs(int batch);

 private:
  device::Device& device_;
  test::OwnedMemory samples_{nullptr, {}};
  std::vector<device::Job> jobs_;
  std::size_t sample_bytes_ = 0;
  bool needs_means_ = false;
};

}  // namespace bobbin::bench
