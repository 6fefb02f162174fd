// Decodes with the CPU's decoder and copies the planes.
#include "views.h"

#include <array>

#include "core/decode/jpeg.h"
#include "core/render/render.h"

namespace bobbin::bench {

using namespace core;

namespace {

constexpr int kSide = 224;
constexpr std::size_t kAlignment = 256;

// The recipe of one view, and the part to decode for it.
struct Drawn {
  Recipe recipe;
  DecodePlan plan;
};
Drawn draw(const ImageSize& size, std::uint64_t sample, bool everything) {
  std::vector<Recipe> recipes;
  draw_recipes(augmentation_of(everything), preprocessing_for_bench(), {1, 0, sample},
               {size.upright_width(), size.upright_height()}, recipes);
  return {recipes[0], plan_decode(recipes, size)};
}

}  // namespace

Augmentation augmentation_of(bool everything) {
  Augmentation augmentation;
  augmentation.crop = Crop::kRandomResized;
  augmentation.flip = 0.5;
  if (everything) {
    augmentation.brightness = augmentation.contrast = augmentation.saturation = 0.4;
    augmentation.hue = 0.1;
    augmentation.noise = 5;
  }
  return augmentation;
}

Preprocessing preprocessing_for_bench() {
  Preprocessing preprocessing;
  preprocessing.resize = preprocessing.crop = kSide;
  preprocessing.mean = {127, 127, 127};
  preprocessing.std = {128, 128, 128};
  return preprocessing;
}

std::vector<device::EncodedImage> windows_of(const std::vector<File>& files) {
  std::vector<device::EncodedImage> images(files.size());
  JpegDecoder decoder;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const ImageSize size = decoder.open(files[i]);
    images[i].file = files[i];
    images[i].traits = decoder.traits();
    images[i].wanted = draw(size, i, false).plan.region;
  }
  return images;
}

Views::Views(device::Device& device, const std::vector<File>& files, int count, bool everything)
    : device_(device) {
  struct Held {
    ImageView image;
    std::array<std::size_t, 3> offsets{};
    ImageSize size;
    Recipe recipe;
  };
  std::vector<Held> all;
  std::vector<std::uint8_t> bytes;
  JpegDecoder decoder;
  for (int i = 0; i < count; ++i) {
    Held held;
    held.size = decoder.open(files[i % files.size()]);
    const Drawn drawn = draw(held.size, i, everything);
    held.recipe = drawn.recipe;
    held.image = decoder.decode(drawn.plan.region, drawn.plan.scale);
    for (int c = 0; c < 3; ++c) {
      const Plane& plane = held.image.planes[c];
      if (!plane.data) continue;
      held.offsets[c] = (bytes.size() + kAlignment - 1) / kAlignment * kAlignment;
      const std::size_t size = plane.stride * static_cast<std::size_t>(plane.region.height);
      bytes.resize(held.offsets[c]);
      bytes.insert(bytes.end(), plane.data, plane.data + size);
      sample_bytes_ += size;
    }
    all.push_back(held);
  }
  samples_ = test::copied_to(device_, *device_.make_queue(), bytes.data(), bytes.size());
  for (Held& held : all) {
    for (int c = 0; c < 3; ++c) {
      Plane& plane = held.image.planes[c];
      if (plane.data) plane.data = samples_.get() + held.offsets[c];
    }
    jobs_.push_back(
        device::make_job(held.image, held.size, held.recipe, preprocessing_for_bench()));
    needs_means_ = needs_means_ || jobs_.back().needs_mean();
  }
}

test::OwnedMemory Views::jobs(int batch) {
  for (std::size_t i = 0; i < jobs_.size(); ++i) jobs_[i].view = static_cast<int>(i) % batch;
  const auto queue = device_.make_queue();
  return test::copied_to(device_, *queue, jobs_.data(), jobs_.size() * sizeof(device::Job));
}

}  // namespace bobbin::bench
