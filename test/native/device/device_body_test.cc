// Compares the kernels' bodies with their definitions in double, and runs them with several
// threads.
#include <algorithm>
#include <barrier>
#include <cmath>
#include <cstddef>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "core/base/filter.h"
#include "core/base/image.h"
#include "core/base/output.h"
#include "core/base/random.h"
#include "core/recipe/recipe.h"
#include "device/base/device.h"
#include "device/base/job.h"
#include "device/render/body.h"
#include "device/render/grey.h"
#include "device/render/resample.h"
#include "support/check.h"
#include "support/device_views.h"
#include "support/filter_height.h"

using namespace bobbin::core;
using namespace bobbin::test;
using namespace bobbin::device;

namespace {

// The whole image as RGB in double, chroma restored by libjpeg's triangle filter; not clamped.
class Colors {
 public:
  explicit Colors(const ImageView& image) : image_(image) {}

  double at(int x, int y, int c) const {
    const Plane* planes = image_.planes.data();
    if (image_.space == ColorSpace::kRgb) return sample(planes[0], 3 * x + c, y);
    const double luma = sample(planes[0], x, y);
    if (image_.space == ColorSpace::kGrey) return luma;
    const double blue = restored(planes[1], x, y) - 128, red = restored(planes[2], x, y) - 128;
    if (c == 0) return luma + 1.402 * red;
    if (c == 2) return luma + 1.772 * blue;
    // Green from luma: (Y − 0.299 R − 0.114 B) / 0.587.
    return luma - (0.299 * 1.402 * red + 0.114 * 1.772 * blue) / 0.587;
  }

 private:
  static double sample(const Plane& plane, int x, int y) { return plane.row(y)[x]; }

  static double restored(const Plane& plane, int x, int y) {
    const auto neighbours = [](int i, int length, bool halved) {
      if (!halved) return std::pair(i, i);
      return std::pair(i / 2, std::clamp(i % 2 == 0 ? i / 2 - 1 : i / 2 + 1, 0, length - 1));
    };
    const auto [near_x, far_x] = neighbours(x, plane.width, plane.halved_x);
    const auto [near_y, far_y] = neighbours(y, plane.height, plane.halved_y);
    return 0.75 * (0.75 * sample(plane, near_x, near_y) + 0.25 * sample(plane, far_x, near_y)) +
           0.25 * (0.75 * sample(plane, near_x, far_y) + 0.25 * sample(plane, far_x, far_y));
  }

  const ImageView& image_;
};

// Some outputs along an axis.
struct Steps {
  double start, length;
  int outputs;
};

// A filter's weights by their definition.
std::vector<double> weights_of(FilterKind kind, const Steps& steps, int output, int samples) {
  const double step = steps.length / steps.outputs, width = std::max(1.0, step);
  std::vector<double> weights(samples);
  double sum = 0;
  for (int i = 0; i < samples; ++i) {
    sum += weights[i] = height_of(kind, (i + 0.5 - steps.start - (output + 0.5) * step) / width);
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

// The rows of an upright image's window, as wide as the image, as RGB.
std::vector<double> resample_rows(const ImageView& image, const Recipe& recipe) {
  const Colors colors(image);
  const Window& window = recipe.window;
  const int size = recipe.size;
  std::vector<double> rows(std::size_t{3} * image.width * size);
  for (int y = 0; y < size; ++y) {
    const Steps steps{window.top, window.height, size};
    const auto weights = weights_of(recipe.filter, steps, y, image.height);
    for (int k = 0; k < image.height; ++k) {
      if (weights[k] == 0) continue;
      for (int i = 0; i < 3 * image.width; ++i) {
        rows[y * 3 * image.width + i] += weights[k] * colors.at(i / 3, k, i % 3);
      }
    }
  }
  return rows;
}

// All pixels of an upright image's window, as RGB.
std::vector<double> resample(const ImageView& image, const Recipe& recipe) {
  const Window& window = recipe.window;
  const int size = recipe.size;
  const std::vector<double> rows = resample_rows(image, recipe);
  std::vector<double> pixels(std::size_t{3} * size * size);
  for (int x = 0; x < size; ++x) {
    const Steps steps{window.left, window.width, size};
    const auto weights = weights_of(recipe.filter, steps, x, image.width);
    for (int k = 0; k < image.width; ++k) {
      if (weights[k] == 0) continue;
      for (int i = 0; i < 3 * size; ++i) {
        pixels[(i / 3 * size + x) * 3 + i % 3] +=
            weights[k] * rows[(i / 3 * image.width + k) * 3 + i % 3];
      }
    }
  }
  return pixels;
}

// A whole image, a recipe without randomness, and its pixels.
struct Defined {
  StoredImage image;
  Recipe recipe;
  std::vector<double> pixels;

  std::vector<float> render() const {
    const Job job = make_job(image.view, image.size, recipe, {});
    return to_floats(render_view(job, {}, PixelType::kFloat32, recipe.size).bytes,
                     PixelType::kFloat32);
  }
};

Defined define(Random& random, const ImageKind& kind, int width, int height, int outputs) {
  Defined defined;
  Recipe all;
  all.size = 1;
  all.window = {0, 0, double(width), double(height)};
  defined.image =
      draw_image(random, {kind.space, kind.halved_x, kind.halved_y}, {width, height, 1}, all);
  const Recipe drawn = draw_recipe(random, {width, height, 1}, outputs);
  defined.recipe.window = drawn.window;
  defined.recipe.filter = drawn.filter;
  defined.recipe.size = outputs;
  defined.pixels = resample(defined.image.view, defined.recipe);
  return defined;
}

}  // namespace

TEST(
    "when a device resamples planes of any kind, then pixels equal those of the filter in double") {
  Random random(41);
  for (const ImageKind& kind : image_kinds()) {
    for (const auto& [width, height, outputs] :
         {std::tuple{61, 43, 33}, {40, 90, 20}, {9, 7, 48}, {150, 80, 5}}) {
      const Defined defined = define(random, kind, width, height, outputs);
      const std::vector<float> actual = defined.render();
      for (std::size_t i = 0; i < actual.size(); ++i) {
        CHECK_NEAR(actual[i], std::clamp(defined.pixels[i], 0.0, 255.0), 1e-3);
      }
    }
  }
}

TEST("when a view needs its mean grey, then a device's equals the mean of its pixels in double") {
  Random random(42);
  for (const ImageKind& kind : image_kinds()) {
    for (const auto& [width, height, outputs] :
         {std::tuple{61, 43, 33}, {300, 20, 7}, {20, 700, 9}, {9, 7, 48}, {1, 1, 4}}) {
      Defined defined = define(random, kind, width, height, outputs);
      double mean = 0;
      for (std::size_t i = 0; i < defined.pixels.size(); ++i)
        mean += kGrey[i % 3] * defined.pixels[i];
      mean /= outputs * outputs;
      defined.recipe.color = {0, 0, 0, 1, 0, 0, 0, 0.5f, 0, 0, 0, 0.25f};
      const std::vector<float> actual = defined.render();
      for (std::size_t i = 0; i < actual.size(); ++i) {
        CHECK_NEAR(actual[i], mean / (1 << i % 3), 1e-3);
      }
    }
  }
}

namespace {

// From the last call to the first.
struct Backwards {
  template <typename Run>
  void each(int count, const Run& run) const {
    for (int i = count - 1; i >= 0; --i) run(i);
  }
};

// One of several threads, like a GPU's.
struct Member {
  static constexpr int kCount = 3;
  int number;
  std::barrier<>& barrier;

  template <typename Run>
  void each(int count, const Run& run) const {
    for (int i = number; i < count; i += kCount) run(i);
    barrier.arrive_and_wait();
  }
};

// Runs a task for a batch of one job with one kind of threads.
template <typename Threads>
void render_block_by_block(const Threads& threads, const RenderTask& task, TileMemory& tile,
                           MeanMemory& mean, std::vector<float>& sums) {
  for (int part = 0; part < kMeanParts; ++part)
    sum_greys(threads, task, 0, part, mean, sums.data());
  for (int y = 0; y * kTileHeight < task.output.size; ++y) {
    for (int x = 0; x * kTileWidth < task.output.size; ++x) {
      render_tile<PixelType::kFloat32, Layout::kChannelsLast>(threads, task, sums.data(), {0, x, y},
                                                              tile);
    }
  }
}

template <typename Run>
std::vector<float> render_with(RenderTask task, const Run& run) {
  std::vector<float> output(std::size_t{3} * task.output.size * task.output.size);
  std::vector<float> sums(kMeanParts);
  TileMemory tile;
  MeanMemory mean;
  task.output.data = output.data();
  run([&](const auto& threads) { render_block_by_block(threads, task, tile, mean, sums); });
  return output;
}

}  // namespace

TEST("when threads share a block's work in any order, then bytes equal those of one thread") {
  Random random(43);
  for (const ImageKind& kind : image_kinds()) {
    const ImageSize size{170, 210, 1 + random.below(8)};
    Recipe recipe = draw_recipe(random, size, 48);
    recipe.color[3] = 0.25f;
    recipe.noise_sigma = 5;
    const StoredImage image = draw_image(random, kind, size, recipe);
    const Job job = make_job(image.view, size, recipe, {});
    RenderTask task;
    task.jobs = &job;
    task.count = 1;
    task.needs_means = true;
    task.output.size = recipe.size;
    const auto wanted = render_with(task, [](const auto& render) { render(OneThread()); });
    CHECK(render_with(task, [](const auto& render) { render(Backwards()); }) == wanted);
    const auto together = render_with(task, [](const auto& render) {
      std::barrier<> barrier(Member::kCount);
      std::vector<std::thread> threads;
      for (int i = 0; i < Member::kCount; ++i) {
        threads.emplace_back([&, i] { render(Member{i, barrier}); });
      }
      for (std::thread& thread : threads) thread.join();
    });
    CHECK(together == wanted);
  }
}
