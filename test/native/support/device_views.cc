// Draws images and recipes, and copies to a HostDevice and back.
#include "support/device_views.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "core/base/filter.h"
#include "core/base/image.h"
#include "core/base/output.h"
#include "core/base/random.h"
#include "core/recipe/recipe.h"
#include "core/render/render.h"
#include "device/base/device.h"
#include "device/base/job.h"
#include "device/host_device.h"

namespace bobbin::test {

using namespace core;
using device::HostDevice;
using device::Job;

namespace {

// A plane with the wanted numbers of columns and rows, half of them if it is halved, and some
// samples past its edges.
Plane draw_plane(Random& random, const Region& wanted, const ImageView& image, int channels,
                 bool halved_x, bool halved_y, std::vector<std::uint8_t>& samples) {
  const auto span = [&](int begin, int end, int whole, bool halved) {
    const int length = halved ? (whole + 1) / 2 : whole;
    const int first = std::max(0, (begin - 2) / (halved ? 2 : 1));
    const int behind = std::min(length, (end + 2 + (halved ? 1 : 0)) / (halved ? 2 : 1));
    return std::array{first, behind + (behind == length ? random.below(9) : 0), length};
  };
  const auto [left, right, width] =
      span(wanted.left, wanted.left + wanted.width, image.width, halved_x);
  const auto [top, bottom, height] =
      span(wanted.top, wanted.top + wanted.height, image.height, halved_y);
  Plane plane{nullptr,  0,       {left, top, right - left, bottom - top}, width, height,
              halved_x, halved_y};
  plane.stride = static_cast<std::size_t>(plane.region.width) * channels + random.below(5);
  samples.resize(plane.stride * plane.region.height);
  for (std::uint8_t& sample : samples) sample = static_cast<std::uint8_t>(random.below(256));
  plane.data = samples.data();
  return plane;
}

}  // namespace

std::vector<ImageKind> image_kinds() {
  std::vector<ImageKind> kinds = {
      {ColorSpace::kRgb}, {ColorSpace::kRgb, false, false, true}, {ColorSpace::kGrey}};
  for (const bool halved_x : {false, true}) {
    for (const bool halved_y : {false, true}) {
      kinds.push_back({ColorSpace::kYcc, halved_x, halved_y});
    }
  }
  return kinds;
}

StoredImage draw_image(Random& random, const ImageKind& kind, const ImageSize& size,
                       const Recipe& recipe) {
  const std::array recipes = {recipe};
  const DecodePlan plan = plan_decode(recipes, size);
  StoredImage image;
  image.size = size;
  const int scale = kind.scales ? 1 << random.below(4) : 1;
  image.view = {
      kind.space, {}, (size.width + scale - 1) / scale, (size.height + scale - 1) / scale, scale};
  const int left = plan.region.left / scale, top = plan.region.top / scale;
  // A scaled image needs one of its own pixels more than the plan for scale 1.
  const int margin = 1;
  const Region wanted{left, top, plan.region.width / scale + 1 + margin,
                      plan.region.height / scale + 1 + margin};
  const int planes = kind.space == ColorSpace::kYcc ? 3 : 1;
  const int channels = kind.space == ColorSpace::kRgb ? 3 : 1;
  for (int c = 0; c < planes; ++c) {
    if (c == 2) {
      image.view.planes[2] = image.view.planes[1];
      image.samples[2] = image.samples[1];
      std::reverse(image.samples[2].begin(), image.samples[2].end());
      image.view.planes[2].data = image.samples[2].data();
      continue;
    }
    image.view.planes[c] = draw_plane(random, wanted, image.view, channels, c > 0 && kind.halved_x,
                                      c > 0 && kind.halved_y, image.samples[c]);
  }
  return image;
}

Recipe draw_recipe(Random& random, const ImageSize& size, int outputs) {
  Recipe recipe;
  recipe.size = outputs;
  const bool whole = random.below(4) == 0;
  Region part{0, 0, size.upright_width(), size.upright_height()};
  if (random.below(3) == 0) {
    part.left = random.below(part.width);
    part.top = random.below(part.height);
    part.width = 1 + random.below(part.width - part.left);
    part.height = 1 + random.below(part.height - part.top);
    recipe.part = part;
  }
  recipe.window.width = whole ? part.width : random.uniform(0.1, 1) * part.width;
  recipe.window.height = whole ? part.height : random.uniform(0.1, 1) * part.height;
  recipe.window.left = part.left + random.uniform(0, part.width - recipe.window.width);
  recipe.window.top = part.top + random.uniform(0, part.height - recipe.window.height);
  recipe.flip = random.below(2) == 0;
  if (random.below(2) == 0) recipe.filter = FilterKind::kBicubic;
  if (random.below(2) == 0) {
    for (int i = 0; i < 12; ++i) {
      recipe.color[i] += static_cast<float>(random.uniform(-0.3, 0.3));
    }
  }
  if (random.below(2) == 0) recipe.noise_sigma = static_cast<float>(random.uniform(0.5, 20));
  recipe.noise_key = random_at(random.below(1000), 1);
  if (random.below(3) == 0) recipe.effects.add(kVerticalFlip);
  if (random.below(3) == 0) {
    Region& region = recipe.erasure.region;
    region.left = random.below(outputs);
    region.top = random.below(outputs);
    region.width = 1 + random.below(outputs - region.left);
    region.height = 1 + random.below(outputs - region.top);
    recipe.erasure.noise = random.below(2) == 0;
    recipe.erasure.key = random_at(random.below(1000), 2);
  }
  return recipe;
}

Preprocessing draw_preprocessing(Random& random) {
  Preprocessing preprocessing;
  for (int c = 0; c < 3; ++c) {
    preprocessing.mean[c] = static_cast<float>(random.uniform(90, 130));
    preprocessing.std[c] = static_cast<float>(random.uniform(40, 70));
  }
  preprocessing.bgr = random.below(2) == 0;
  return preprocessing;
}

device::Normalization normalization_of(const Preprocessing& preprocessing) {
  device::Normalization by;
  for (int c = 0; c < 3; ++c) {
    by.mean[c] = preprocessing.mean[c];
    by.scale[c] = 1 / preprocessing.std[c];
  }
  return by;
}

void render_on_host(const std::vector<Job>& jobs, const Preprocessing& preprocessing,
                    HostBatch& batch) {
  HostDevice host;
  const auto queue = host.make_queue();
  void* memory = host.allocate(batch.bytes.size());
  queue->copy_in(memory, batch.bytes.data(), batch.bytes.size());
  device::RenderTask task;
  task.jobs = jobs.data();
  task.count = static_cast<int>(jobs.size());
  task.needs_means =
      std::any_of(jobs.begin(), jobs.end(), [](const Job& job) { return job.needs_mean(); });
  task.normalization = normalization_of(preprocessing);
  task.output = {memory, batch.type, batch.layout, batch.size};
  queue->render(task);
  queue->copy_out(batch.bytes.data(), memory, batch.bytes.size());
  queue->wait();
  host.release(memory);
}

HostBatch render_view(const Job& job, const Preprocessing& preprocessing, PixelType type, int size,
                      device::Layout layout, std::uint8_t poison) {
  HostBatch batch{type, layout, size, {}};
  batch.bytes.assign(std::size_t{3} * size * size * bytes_of(type), poison);
  render_on_host({job}, preprocessing, batch);
  return batch;
}

std::vector<float> to_floats(const std::vector<std::uint8_t>& bytes, PixelType type) {
  std::vector<float> floats(bytes.size() / bytes_of(type));
  for (std::size_t i = 0; i < floats.size(); ++i) {
    std::uint16_t half = 0;
    if (bytes_of(type) == 2) std::memcpy(&half, bytes.data() + 2 * i, 2);
    if (type == PixelType::kFloat32) std::memcpy(&floats[i], bytes.data() + 4 * i, 4);
    if (type == PixelType::kBfloat16) floats[i] = from_bfloat16(half);
    if (type == PixelType::kFloat16) floats[i] = from_float16(half);
    if (type == PixelType::kUint8) floats[i] = bytes[i];
  }
  return floats;
}

}  // namespace bobbin::test
