// A batch of random views of random pictures for any device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../../native/support/device_views.h"
#include "core/base/image.h"
#include "core/base/output.h"
#include "core/base/random.h"
#include "core/recipe/recipe.h"
#include "device/base/device.h"

namespace bobbin::test {

struct BatchFormat {
  core::PixelType type = core::PixelType::kFloat32;
  device::Layout layout = device::Layout::kChannelsLast;
  int size = 0;   // Side of a view.
  int views = 0;  // At least one.

  std::size_t values() const { return std::size_t{3} * size * size * views; }
  std::size_t bytes() const { return values() * core::bytes_of(type); }
};

// A batch's values in levels of 255, in the order in which they are stored.
std::vector<float> levels_of(const std::vector<std::uint8_t>& batch, const BatchFormat& format,
                             const device::Normalization& by);

// Views are resampled from planes of every sampling, orientation and crop, with every feature of
// the fused kernel, or copied, or cleared; some are mixed with a second view.
class Scene {
 public:
  Scene(std::uint64_t seed, const BatchFormat& format);

  // The stored batch, rendered into memory filled with `poison`. Throws CheckFailed
  // if bytes behind the batch were written.
  std::vector<std::uint8_t> render(device::Device& device, std::uint8_t poison) const;
  std::vector<float> levels(const std::vector<std::uint8_t>& batch) const {
    return levels_of(batch, format_, normalization_of(preprocessing_));
  }

 private:
  // One job without addresses: its planes are in `bytes_` at `offsets`.
  struct Part {
    device::JobKind kind = device::JobKind::kClear;
    int view = 0;
    core::ImageView image;
    std::size_t offsets[3] = {};
    core::ImageSize size;
    core::Recipe recipe;
    float share = 1;
    core::Region pasted;
  };

  Part make_part(core::Random& random, int view);
  void hold_planes(Part& part);
  void hold_copy(Part& part);
  std::vector<device::Job> jobs_of(std::span<const Part> parts, const std::uint8_t* base) const;

  const BatchFormat format_;
  core::Preprocessing preprocessing_;
  std::vector<Part> parts_;   // One a view.
  std::vector<Part> mixing_;  // Of some of the views.
  std::vector<std::uint8_t> bytes_;
};

}  // namespace bobbin::test
