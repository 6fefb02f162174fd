// Images and recipes of every kind, drawn at random, and their views by HostDevice.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/base/image.h"
#include "core/base/output.h"
#include "core/base/random.h"
#include "core/recipe/recipe.h"
#include "device/base/device.h"
#include "device/base/job.h"

namespace bobbin::test {

// Planes with only the part of an image that a recipe needs, and past its edges values that no
// pixel may show.
struct StoredImage {
  std::array<std::vector<std::uint8_t>, 3> samples;
  core::ImageView view;
  core::ImageSize size;
};

struct ImageKind {
  core::ColorSpace space = core::ColorSpace::kRgb;
  bool halved_x = false, halved_y = false;
  bool scales = false;  // Whether a decoder may halve the image.
};
// RGB unscaled and scaled, grey, 4:4:4, 4:2:2, 4:4:0 and 4:2:0.
std::vector<ImageKind> image_kinds();

StoredImage draw_image(core::Random& random, const ImageKind& kind, const core::ImageSize& size,
                       const core::Recipe& recipe);

// A window anywhere in the image or in a part that alone counts, and some of every feature that a
// kernel can render.
core::Recipe draw_recipe(core::Random& random, const core::ImageSize& size, int outputs);

core::Preprocessing draw_preprocessing(core::Random& random);
device::Normalization normalization_of(const core::Preprocessing& preprocessing);

// The memory of a batch after its jobs are rendered.
struct HostBatch {
  core::PixelType type = core::PixelType::kFloat32;
  device::Layout layout = device::Layout::kChannelsLast;
  int size = 0;
  std::vector<std::uint8_t> bytes;  // Before and after.
};
void render_on_host(const std::vector<device::Job>& jobs, const core::Preprocessing& preprocessing,
                    HostBatch& batch);

// A batch of one view, rendered into bytes of `poison`.
HostBatch render_view(const device::Job& job, const core::Preprocessing& preprocessing,
                      core::PixelType type, int size,
                      device::Layout layout = device::Layout::kChannelsLast,
                      std::uint8_t poison = 0xee);

// Stored values as numbers.
std::vector<float> to_floats(const std::vector<std::uint8_t>& bytes, core::PixelType type);

}  // namespace bobbin::test
