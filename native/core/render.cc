// Antialiased resampling in two passes, then everything else in one.
#include "core/render.h"

#include <algorithm>
#include <cmath>

#include "core/random.h"

namespace bobbin::core {
namespace {

// Where output pixel (x, y) lies in a square of stored pixels: origin + x · right + y · down.
struct Walk {
  int origin, right, down;
};

// Walks from upright to stored; a mirror runs along x from the other end.
Walk walk_upright(const ImageSize& image, bool flip, int size) {
  const int last = size - 1;
  const int step_x = image.reversed_x() ? -1 : 1;
  const int step_y = image.reversed_y() ? -size : size;
  Walk walk{};
  walk.origin = (image.reversed_x() ? last : 0) + (image.reversed_y() ? last * size : 0);
  walk.right = image.transposed() ? step_y : step_x;
  walk.down = image.transposed() ? step_x : step_y;
  if (flip) {
    walk.origin += last * walk.right;
    walk.right = -walk.right;
  }
  return walk;
}

// An upright window in stored pixels.
Window stored_window(const Window& upright, const ImageSize& size) {
  Window window = upright;
  if (size.transposed()) {
    std::swap(window.left, window.top);
    std::swap(window.width, window.height);
  }
  if (size.reversed_x()) window.left = size.width - window.left - window.width;
  if (size.reversed_y()) window.top = size.height - window.top - window.height;
  return window;
}

template <typename Value, typename Convert>
void store_as(std::span<const float> colors, bool bgr, void* target, const Convert& convert) {
  auto* values = static_cast<Value*>(target);
  for (std::size_t i = 0; i < colors.size(); i += 3) {
    for (std::size_t c = 0; c < 3; ++c) {
      const float level = std::clamp(colors[i + (bgr ? 2 - c : c)], 0.0f, 255.0f);
      values[i + c] = convert(level, c);
    }
  }
}

// Clamps RGB colours to levels and writes them as the output wants them.
void store(std::span<const float> colors, const Preprocessing& preprocessing,
           const Output& output) {
  std::array<float, 3> mean = preprocessing.mean, inverse_std{};
  for (std::size_t c = 0; c < 3; ++c) inverse_std[c] = 1 / preprocessing.std[c];
  const auto normalised = [&](float level, std::size_t c) {
    return (level - mean[c]) * inverse_std[c];
  };
  switch (output.type) {
    case PixelType::kFloat32:
      return store_as<float>(colors, preprocessing.bgr, output.data, normalised);
    case PixelType::kBfloat16:
      return store_as<std::uint16_t>(
          colors, preprocessing.bgr, output.data,
          [&](float level, std::size_t c) { return to_bfloat16(normalised(level, c)); });
    case PixelType::kUint8:
      return store_as<std::uint8_t>(colors, preprocessing.bgr, output.data,
                                    [](float level, std::size_t) {
                                      return static_cast<std::uint8_t>(std::nearbyint(level));
                                    });
  }
}

}  // namespace

DecodePlan plan_decode(std::span<const Recipe> recipes, const ImageSize& size) {
  double left = size.width, top = size.height, right = 0, bottom = 0;
  double smallest_reduction = 1e9;
  for (const Recipe& recipe : recipes) {
    const Window window = stored_window(recipe.window, size);
    // The triangle's half width is one output pixel, but at least one source pixel.
    const double reach_x = std::max(1.0, window.width / recipe.size);
    const double reach_y = std::max(1.0, window.height / recipe.size);
    left = std::min(left, window.left - reach_x);
    top = std::min(top, window.top - reach_y);
    right = std::max(right, window.left + window.width + reach_x);
    bottom = std::max(bottom, window.top + window.height + reach_y);
    smallest_reduction =
        std::min({smallest_reduction, window.width / recipe.size, window.height / recipe.size});
  }
  DecodePlan plan;
  // The filter keeps a reduction by four or more to itself, so that it decides the quality.
  while (plan.scale < 8 && smallest_reduction >= 8.0 * plan.scale) plan.scale *= 2;
  plan.region.left = std::clamp(static_cast<int>(std::floor(left)), 0, size.width - 1);
  plan.region.top = std::clamp(static_cast<int>(std::floor(top)), 0, size.height - 1);
  plan.region.width =
      std::clamp(static_cast<int>(std::ceil(right)), 1, size.width) - plan.region.left;
  plan.region.height =
      std::clamp(static_cast<int>(std::ceil(bottom)), 1, size.height) - plan.region.top;
  return plan;
}

void Renderer::Taps::set(double start, double length, int outputs, int limit) {
  const double step = length / outputs;
  const double reach = std::max(1.0, step);
  stride = static_cast<int>(std::ceil(reach)) * 2 + 1;
  first.resize(outputs);
  count.resize(outputs);
  weights.resize(static_cast<std::size_t>(outputs) * stride);
  for (int i = 0; i < outputs; ++i) {
    const double center = start + (i + 0.5) * step;
    const int begin = std::clamp(static_cast<int>(center - reach + 0.5), 0, limit - 1);
    const int end = std::clamp(static_cast<int>(center + reach + 0.5), begin + 1, limit);
    float* weight = weights.data() + static_cast<std::size_t>(i) * stride;
    double sum = 0;
    for (int k = 0; k < end - begin; ++k) {
      const double distance = std::abs(begin + k + 0.5 - center) / reach;
      weight[k] = static_cast<float>(std::max(0.0, 1 - distance));
      sum += weight[k];
    }
    for (int k = 0; k < end - begin; ++k) weight[k] = static_cast<float>(weight[k] / sum);
    first[i] = begin;
    count[i] = end - begin;
  }
}

void Renderer::render(const ImageView& image, const ImageSize& size, const Recipe& recipe,
                      const Preprocessing& preprocessing, Output output) {
  const Window window = stored_window(recipe.window, size);
  const double scale = image.scale;
  columns_.set(window.left / scale, window.width / scale, recipe.size, image.image_width);
  rows_.set(window.top / scale, window.height / scale, recipe.size, image.image_height);
  resample(image, recipe.size);
  finish(size, recipe, preprocessing, output);
  erase(recipe, preprocessing, output, effects_);
}

void Renderer::resample(const ImageView& image, int size) {
  const int left = columns_.first.front();
  const int right = columns_.first.back() + columns_.count.back();
  const int line_values = (right - left) * 3;
  line_.resize(line_values);
  resized_.resize(static_cast<std::size_t>(size) * size * 3);
  float* target = resized_.data();
  for (int y = 0; y < size; ++y) {
    const float* row_weights = rows_.weights.data() + static_cast<std::size_t>(y) * rows_.stride;
    std::fill(line_.begin(), line_.end(), 0.0f);
    for (int k = 0; k < rows_.count[y]; ++k) {
      const std::uint8_t* source = image.row(rows_.first[y] + k) + (left - image.region.left) * 3;
      const float weight = row_weights[k];
      float* line = line_.data();
      for (int i = 0; i < line_values; ++i) line[i] += weight * static_cast<float>(source[i]);
    }
    for (int x = 0; x < size; ++x, target += 3) {
      const float* weights =
          columns_.weights.data() + static_cast<std::size_t>(x) * columns_.stride;
      const float* source = line_.data() + (columns_.first[x] - left) * 3;
      float red = 0, green = 0, blue = 0;
      for (int k = 0; k < columns_.count[x]; ++k, source += 3) {
        red += weights[k] * source[0];
        green += weights[k] * source[1];
        blue += weights[k] * source[2];
      }
      target[0] = red;
      target[1] = green;
      target[2] = blue;
    }
  }
}

float Renderer::mean_grey() const {
  double red = 0, green = 0, blue = 0;
  for (std::size_t i = 0; i < resized_.size(); i += 3) {
    red += resized_[i];
    green += resized_[i + 1];
    blue += resized_[i + 2];
  }
  const double pixels = static_cast<double>(resized_.size()) / 3;
  return static_cast<float>((0.299 * red + 0.587 * green + 0.114 * blue) / pixels);
}

void Renderer::finish(const ImageSize& size, const Recipe& recipe,
                      const Preprocessing& preprocessing, Output output) {
  const std::array<float, 12>& a = recipe.color;
  const float offset = a[3] == 0 ? 0 : a[3] * mean_grey();
  const Walk walk = walk_upright(size, recipe.flip, recipe.size);
  const int row_values = recipe.size * 3;
  const std::uint64_t row_words = (row_values + kNormalsPerWord - 1) / kNormalsPerWord;
  const auto color_row = [&](int y, float* row) {
    for (int x = 0; x < recipe.size; ++x) {
      const float* rgb = resized_.data() + 3 * (walk.origin + x * walk.right + y * walk.down);
      for (int c = 0; c < 3; ++c) {
        row[3 * x + c] = a[4 * c] * rgb[0] + a[4 * c + 1] * rgb[1] + a[4 * c + 2] * rgb[2] + offset;
      }
    }
  };
  const bool whole = !recipe.effects.empty();
  finished_.resize(static_cast<std::size_t>(row_values) * (whole ? recipe.size : 1));
  if (whole) {
    for (int y = 0; y < recipe.size; ++y) color_row(y, finished_.data() + y * row_values);
    apply_effects(recipe, finished_.data(), effects_);
  }
  for (int y = 0; y < recipe.size; ++y) {
    float* row = finished_.data() + (whole ? y * row_values : 0);
    if (!whole) color_row(y, row);
    if (recipe.noise_sigma > 0) {
      add_normal_noise(row, row_values, recipe.noise_sigma, recipe.noise_key, y * row_words);
    }
    store({row, row + row_values}, preprocessing, output);
    output = output.from(row_values);
  }
}

}  // namespace bobbin::core
