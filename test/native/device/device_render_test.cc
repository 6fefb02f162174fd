// Compares the kernels' bodies on HostDevice with core::Renderer, which computes the same
// differently.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/image.h"
#include "core/base/output.h"
#include "core/base/random.h"
#include "core/kernels/kernels.h"
#include "core/recipe/recipe.h"
#include "core/render/render.h"
#include "device/base/device.h"
#include "device/base/job.h"
#include "support/check.h"
#include "support/device_views.h"

using namespace bobbin::core;
using namespace bobbin::test;
using bobbin::device::can_render;
using bobbin::device::Job;
using bobbin::device::Layout;
using bobbin::device::make_job;

namespace {

// The largest difference in levels: a device filters in floats, the renderer in words of 1/256
// level, or, with signs, of 1/16 (kMostWords), and colours may triple that difference.
float tolerance(const Recipe& recipe) {
  return recipe.filter == FilterKind::kBicubic ? 0.8f : 8e-2f;
}

std::vector<std::uint8_t> render_by_core(const StoredImage& image, const Recipe& recipe,
                                         const Preprocessing& preprocessing, PixelType type) {
  std::vector<std::uint8_t> bytes(std::size_t{3} * recipe.size * recipe.size * bytes_of(type));
  // Neither the portable kernels nor HostDevice fuse products and sums.
  Renderer(*all_kernels()[0])
      .render(image.view, image.size, recipe, preprocessing, {bytes.data(), type});
  return bytes;
}

struct Drawn {
  StoredImage image;
  Recipe recipe;
  Preprocessing preprocessing;

  Job job() const { return make_job(image.view, image.size, recipe, preprocessing); }
};

Drawn draw_case(Random& random, const ImageKind& kind, const ImageSize& size, int outputs) {
  Drawn drawn;
  drawn.recipe = draw_recipe(random, size, outputs);
  drawn.image = draw_image(random, kind, size, drawn.recipe);
  drawn.preprocessing = draw_preprocessing(random);
  return drawn;
}

// The largest difference from the renderer's float32 values, in levels.
float largest_difference(const Drawn& drawn) {
  const int size = drawn.recipe.size;
  const std::vector<float> actual =
      to_floats(render_view(drawn.job(), drawn.preprocessing, PixelType::kFloat32, size).bytes,
                PixelType::kFloat32);
  const std::vector<float> wanted =
      to_floats(render_by_core(drawn.image, drawn.recipe, drawn.preprocessing, PixelType::kFloat32),
                PixelType::kFloat32);
  float largest = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const float difference = std::abs(actual[i] - wanted[i]) * drawn.preprocessing.std[i % 3];
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

void check_equal(const Drawn& drawn) {
  CHECK_NEAR(largest_difference(drawn), 0.0f, tolerance(drawn.recipe));
}

}  // namespace

TEST("when recipes, images and sizes are random, then a device's view equals the renderer's") {
  Random random(21);
  for (int n = 0; n < 60; ++n) {
    for (const ImageKind& kind : image_kinds()) {
      const ImageSize size{1 + random.below(160), 1 + random.below(160), 1 + random.below(8)};
      const int outputs = std::array{1, 2, 7, 16, 31, 32, 33, 50}[random.below(8)];
      check_equal(draw_case(random, kind, size, outputs));
    }
  }
}

TEST("when views have the size of network inputs, then a device's equal the renderer's") {
  Random random(22);
  for (const int outputs : {224, 225}) {
    for (const ImageKind& kind : image_kinds()) {
      const ImageSize size{200 + random.below(300), 200 + random.below(300), 1 + random.below(8)};
      check_equal(draw_case(random, kind, size, outputs));
    }
  }
}

TEST("when an axis is extremely reduced or enlarged, then a device's view equals the renderer's") {
  Random random(23);
  for (const auto& [width, height] :
       {std::pair{9000, 3}, {3, 9000}, {1, 1}, {5, 1}, {900, 700}, {65000, 2}, {2, 65000}}) {
    for (const ImageKind& kind : image_kinds()) {
      for (const int outputs : {3, 40}) {
        const ImageSize size{width, height, 1 + random.below(8)};
        check_equal(draw_case(random, kind, size, outputs));
      }
    }
  }
}

namespace {

std::uint16_t half_at(const std::vector<std::uint8_t>& bytes, std::size_t i) {
  return static_cast<std::uint16_t>(bytes[2 * i] | bytes[2 * i + 1] << 8);
}

// Levels near one half may be rounded either way.
void check_levels(const std::vector<std::uint8_t>& actual, const std::vector<float>& levels,
                  const std::vector<std::uint8_t>& by_core) {
  for (std::size_t i = 0; i < levels.size(); ++i) {
    CHECK_NEAR(static_cast<float>(actual[i]), std::clamp(levels[i], 0.0f, 255.0f), 0.58f);
    CHECK_NEAR(static_cast<int>(actual[i]), static_cast<int>(by_core[i]), 1);
  }
}

}  // namespace

TEST("when values are stored as other types, then each is its float32 rounded") {
  Random random(24);
  for (int n = 0; n < 20; ++n) {
    for (const ImageKind& kind : image_kinds()) {
      const int outputs = std::array{8, 16, 31, 33}[random.below(4)];
      const Drawn drawn = draw_case(random, kind, {70, 50, 1 + random.below(8)}, outputs);
      const auto render = [&](PixelType type) {
        return render_view(drawn.job(), drawn.preprocessing, type, outputs).bytes;
      };
      std::vector<float> values = to_floats(render(PixelType::kFloat32), PixelType::kFloat32);
      const std::vector<std::uint8_t> bfloats = render(PixelType::kBfloat16);
      const std::vector<std::uint8_t> floats = render(PixelType::kFloat16);
      for (std::size_t i = 0; i < values.size(); ++i) {
        CHECK_EQUAL(half_at(bfloats, i), to_bfloat16(values[i]));
        CHECK_EQUAL(half_at(floats, i),
                    std::bit_cast<std::uint16_t>(static_cast<_Float16>(values[i])));
        values[i] = values[i] * drawn.preprocessing.std[i % 3] + drawn.preprocessing.mean[i % 3];
      }
      check_levels(
          render(PixelType::kUint8), values,
          render_by_core(drawn.image, drawn.recipe, drawn.preprocessing, PixelType::kUint8));
    }
  }
}

// Renders the second of three views into zeros and into ones, and checks that its bytes alone are
// written, all of them.
void check_bytes_written(const Drawn& drawn, PixelType type, Layout layout, int outputs) {
  Job job = drawn.job();
  job.view = 1;
  const std::size_t view = std::size_t{3} * outputs * outputs * bytes_of(type);
  std::array<HostBatch, 2> batches;
  for (int i = 0; i < 2; ++i) {
    batches[i] = {type, layout, outputs, {}};
    batches[i].bytes.assign(3 * view, i == 0 ? 0x00 : 0xff);
    render_on_host({job}, drawn.preprocessing, batches[i]);
  }
  for (std::size_t i = 0; i < 3 * view; ++i) {
    const bool inside = i >= view && i < 2 * view;
    CHECK_EQUAL(int{batches[1].bytes[i]}, inside ? int{batches[0].bytes[i]} : 0xff);
  }
}

TEST("when a batch is rendered, then every byte of its jobs' views is written and no other byte") {
  Random random(25);
  for (const PixelType type :
       {PixelType::kFloat32, PixelType::kBfloat16, PixelType::kFloat16, PixelType::kUint8}) {
    for (const Layout layout : {Layout::kChannelsLast, Layout::kChannelsFirst}) {
      for (const int outputs : {1, 16, 31, 32, 33, 48, 80}) {
        const ImageKind kind = image_kinds()[random.below(7)];
        check_bytes_written(draw_case(random, kind, {64, 48, 1}, outputs), type, layout, outputs);
      }
    }
  }
}

TEST("when channels come first, then their values equal those of channels last") {
  Random random(26);
  for (const PixelType type :
       {PixelType::kFloat32, PixelType::kBfloat16, PixelType::kFloat16, PixelType::kUint8}) {
    for (const int outputs : {31, 48, 80}) {
      const Drawn drawn = draw_case(random, image_kinds()[random.below(7)], {90, 77, 3}, outputs);
      const auto render = [&](Layout layout) {
        return render_view(drawn.job(), drawn.preprocessing, type, outputs, layout).bytes;
      };
      const std::vector<std::uint8_t> last = render(Layout::kChannelsLast);
      const std::vector<std::uint8_t> first = render(Layout::kChannelsFirst);
      const std::size_t bytes = bytes_of(type), pixels = std::size_t{1} * outputs * outputs;
      for (std::size_t i = 0; i < 3 * pixels; ++i) {
        const std::size_t other = i % 3 * pixels + i / 3;
        for (std::size_t k = 0; k < bytes; ++k) {
          CHECK_EQUAL(int{last[bytes * i + k]}, int{first[bytes * other + k]});
        }
      }
    }
  }
}

TEST("when an effect needs the whole view, then a device does not render its recipe") {
  Recipe recipe;
  CHECK(can_render(recipe));
  recipe.effects.add(kVerticalFlip);
  recipe.effects.add(kVerticalFlip);
  CHECK(can_render(recipe));
  recipe.effects.add(kBlur, {1});
  CHECK(!can_render(recipe));
}

TEST("when a photo has a border, then a device does not render its recipe") {
  Recipe recipe;
  recipe.size = 20;
  recipe.photo = Region{0, 4, 20, 12};
  CHECK(!can_render(recipe));
}

TEST("when an effect does not need the whole view, then a device does what the renderer does") {
  Random random(27);
  int known = 0;
  for (const Operation* operation : kOperations) {
    for (const int times : {1, 2, 3}) {
      Drawn drawn = draw_case(random, {ColorSpace::kYcc, true, true}, {90, 77, 6}, 40);
      drawn.recipe.effects = {};
      for (int i = 0; i < times; ++i) drawn.recipe.effects.add(*operation, {1});
      if (!can_render(drawn.recipe)) continue;
      ++known;
      check_equal(drawn);
    }
  }
  CHECK_EQUAL(known, 3);
}
