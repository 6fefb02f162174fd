// Renders strips of output rows, as many rows as a vector holds: resampled over rows, then over
// columns and coloured, then finished. The kernels do the work.
#include "core/render/render.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/filter.h"
#include "core/base/image.h"
#include "core/base/output.h"
#include "core/base/scratch.h"
#include "core/effects/effects.h"
#include "core/kernels/kernels.h"
#include "core/recipe/recipe.h"
#include "core/render/color_matrix.h"
#include "core/render/erase.h"
#include "core/render/taps.h"

namespace bobbin::core {
namespace {

// An upright window in stored pixels.
Window stored_window(const Window& upright, const ImageSize& size) {
  const TurnedWindow turned = turn(upright, size);
  if (size.transposed()) return {turned.top, turned.left, upright.height, upright.width};
  return {turned.left, turned.top, upright.width, upright.height};
}

// An axis of which only a part counts.
Axis narrowed(const Axis& axis, const TurnedPart::Side& part) {
  return {std::min(axis.length, part.end), std::max(axis.begin, part.first), axis.end, part.first};
}

// Copies `plane` with rows and columns swapped.
void transpose_plane(const Plane& plane, int channels, Scratch& memory, Plane& swapped) {
  const Region& region = plane.region;
  std::uint8_t* const samples =
      memory.reserve(static_cast<std::size_t>(region.width) * region.height * channels);
  swapped = {samples,
             static_cast<std::size_t>(region.height) * channels,
             {region.top, region.left, region.height, region.width},
             plane.height,
             plane.width,
             plane.halved_y,
             plane.halved_x};
  for (int y = 0; y < region.height; ++y) {
    const std::uint8_t* from = plane.data + y * plane.stride;
    for (int x = 0; x < region.width; ++x, from += channels) {
      std::copy_n(from, channels, samples + x * swapped.stride + y * channels);
    }
  }
}

// The part of the image that a recipe may read, in stored pixels.
Window stored_part(const Recipe& recipe, const ImageSize& size) {
  if (!recipe.part) return window_of({0, 0, size.width, size.height});
  return stored_window(window_of(*recipe.part), size);
}

}  // namespace

DecodePlan plan_decode(std::span<const Recipe> recipes, const ImageSize& size) {
  double left = size.width, top = size.height, right = 0, bottom = 0;
  double smallest_reduction = 1e9;
  for (const Recipe& recipe : recipes) {
    const Window window = stored_window(recipe.window, size);
    const Region filled = recipe.filled();
    const double step_x = window.width / (size.transposed() ? filled.height : filled.width);
    const double step_y = window.height / (size.transposed() ? filled.width : filled.height);
    // A step counts as at least one source pixel for the filter's width.
    const double reach_x = support_of(recipe.filter) * std::max(1.0, step_x);
    const double reach_y = support_of(recipe.filter) * std::max(1.0, step_y);
    const Window part = stored_part(recipe, size);
    left = std::min(left, std::max(window.left - reach_x, part.left));
    top = std::min(top, std::max(window.top - reach_y, part.top));
    right = std::max(right, std::min(window.left + window.width + reach_x, part.left + part.width));
    bottom =
        std::max(bottom, std::min(window.top + window.height + reach_y, part.top + part.height));
    smallest_reduction = std::min({smallest_reduction, step_x, step_y});
  }
  DecodePlan plan;
  // The filter always reduces by at least four itself, so that it decides the quality.
  while (plan.scale < 8 && smallest_reduction >= 8.0 * plan.scale) plan.scale *= 2;
  plan.region.left = std::clamp(static_cast<int>(std::floor(left)), 0, size.width - 1);
  plan.region.top = std::clamp(static_cast<int>(std::floor(top)), 0, size.height - 1);
  plan.region.width =
      std::clamp(static_cast<int>(std::ceil(right)), 1, size.width) - plan.region.left;
  plan.region.height =
      std::clamp(static_cast<int>(std::ceil(bottom)), 1, size.height) - plan.region.top;
  return plan;
}

void Renderer::render(const ImageView& image, const ImageSize& size, const Recipe& recipe,
                      const Preprocessing& preprocessing, Output output) {
  turn_upright(image, size);
  set_taps(image, recipe, size);
  set_strips(image);
  const Region filled = recipe.filled();
  const float grey = recipe.color[3] == 0 ? 0 : mean_grey(image, filled);
  const bool whole_view = recipe.photo || !recipe.effects.empty();
  ColumnsTask columns;
  // A border and effects are RGB.
  const std::array<float, 12> matrix =
      color_matrix(image.space, recipe, preprocessing.bgr && !whole_view, grey);
  std::copy(matrix.begin(), matrix.end(), columns.matrix);
  columns.outputs = filled.width;
  FinishTask finish;
  finish.values = 3 * recipe.size;
  finish.sigma = recipe.noise_sigma;
  finish.noise_key = recipe.noise_key;
  for (int c = 0; c < 3; ++c) {
    finish.mean[c] = preprocessing.mean[c];
    finish.scale[c] = 1 / preprocessing.std[c];
  }
  if (whole_view) {
    finish.count = recipe.size;
    finish.output = output;
    kernels_.finish(make_view(recipe, preprocessing.bgr, columns), finish);
  } else {
    for (int y = 0; y < recipe.size; y += kernels_.width) {
      finish.count = std::min(kernels_.width, recipe.size - y);
      finish.first_row = static_cast<std::uint32_t>(y);
      finish.output = output.from(static_cast<std::size_t>(y) * finish.values);
      resample_rows(y, finish.count, columns);
      kernels_.render_columns(columns, finish);
    }
  }
  erase(recipe, preprocessing, output, effects_.line);
}

// The whole view with its border and effects, channels in the model's order.
PixelRows Renderer::make_view(const Recipe& recipe, bool bgr, ColumnsTask& columns) {
  const int width = kernels_.width, values = 3 * recipe.size;
  const std::ptrdiff_t stride = std::ptrdiff_t{3} * ((recipe.size + width - 1) / width * width);
  strip_.resize(width * stride);
  view_.resize(std::size_t{1} * recipe.size * values + width);
  if (recipe.photo) {
    for (int i = 0; i < values * recipe.size; ++i) view_[i] = recipe.fill[i % 3];
  }
  const Region filled = recipe.filled();
  float* const first = view_.data() + filled.top * values + 3 * filled.left;
  for (int y = 0; y < filled.height; y += width) {
    const int count = std::min(width, filled.height - y);
    resample_rows(y, count, columns);
    kernels_.resample_columns(columns, {strip_.data(), stride});
    for (int i = 0; i < count; ++i) {
      std::copy_n(strip_.data() + i * stride, 3 * filled.width, first + (y + i) * values);
    }
  }
  apply_effects(
      recipe.effects,
      {{view_.data(), std::size_t{1} * recipe.size * values}, recipe.size, recipe.fill, effects_});
  for (int i = 0; bgr && i < values * recipe.size; i += 3) std::swap(view_[i], view_[i + 2]);
  return {view_.data(), values};
}

void Renderer::turn_upright(const ImageView& image, const ImageSize& size) {
  planes_ = image.planes;
  if (!size.transposed()) return;
  const int channels = image.space == ColorSpace::kRgb ? 3 : 1;
  for (int i = 0; i < (image.space == ColorSpace::kYcc ? 3 : 1); ++i) {
    transpose_plane(image.planes[i], channels, transposed_[i], planes_[i]);
  }
}

// If a stored axis runs backwards, so do the taps.
void Renderer::set_taps(const ImageView& image, const Recipe& recipe, const ImageSize& size) {
  const Window& window = recipe.window;
  const TurnedWindow turned = turn(window, size);
  const double scale = image.scale;
  const auto axis_x = [](const Plane& plane) {
    return Axis{plane.width, plane.region.left, plane.region.left + plane.region.width};
  };
  const auto axis_y = [](const Plane& plane) {
    return Axis{plane.height, plane.region.top, plane.region.top + plane.region.height};
  };
  const Region filled = recipe.filled();
  const TurnedPart part = recipe.turned_part(size, image.scale);
  column_taps_.set(turned.left / scale, window.width / scale, filled.width,
                   turned.reversed_x != recipe.flip, narrowed(axis_x(planes_[0]), part.x),
                   recipe.filter);
  row_taps_.set(turned.top / scale, window.height / scale, filled.height, turned.reversed_y,
                narrowed(axis_y(planes_[0]), part.y), recipe.filter);
  if (image.space != ColorSpace::kYcc) return;
  if (planes_[1].halved_x) halved_column_taps_.halve(column_taps_, axis_x(planes_[1]));
  if (planes_[1].halved_y) halved_row_taps_.halve(row_taps_, axis_y(planes_[1]));
}

void Renderer::set_strips(const ImageView& image) {
  channels_ = image.space == ColorSpace::kRgb ? 3 : 1;
  strip_count_ = image.space == ColorSpace::kYcc ? 3 : 1;
  const int width = kernels_.width;
  for (int i = 0; i < strip_count_; ++i) {
    PlaneStrip& strip = strips_[i];
    const Plane& plane = planes_[i];
    strip.column_taps = plane.halved_x ? &halved_column_taps_ : &column_taps_;
    strip.row_taps = plane.halved_y ? &halved_row_taps_ : &row_taps_;
    strip.task.samples =
        plane.row(strip.row_taps->begin()) +
        static_cast<std::ptrdiff_t>(strip.column_taps->begin() - plane.region.left) * channels_;
    strip.task.stride = static_cast<std::ptrdiff_t>(plane.stride);
    strip.task.values = (strip.column_taps->end() - strip.column_taps->begin()) * channels_;
    strip.columns.resize(static_cast<std::size_t>(std::max(strip.task.values, width)) * width);
    strip.task.columns = strip.columns.data();
  }
}

// Fills the columns of a strip of output rows, from row `y` on.
void Renderer::resample_rows(int y, int count, ColumnsTask& columns) {
  const int width = kernels_.width;
  for (int i = 0; i < strip_count_; ++i) {
    PlaneStrip& strip = strips_[i];
    strip.task.filter = strip.row_taps->filter(y);
    strip.task.outputs = count;
    kernels_.resample_rows(strip.task);
  }
  for (int c = 0; c < 3; ++c) {
    const PlaneStrip& strip = strips_[strip_count_ == 3 ? c : 0];
    columns.columns[c] = strip.columns.data() + (channels_ == 3 ? c * width : 0);
  }
  columns.step = channels_;
  columns.first = strips_[0].column_taps->filter();
  columns.others = strips_[strip_count_ - 1].column_taps->filter();
}

// The photo's mean in the view is linear in the samples: the total weights of rows and columns
// suffice.
float Renderer::mean_grey(const ImageView& image, const Region& filled) {
  row_taps_.totals(row_totals_);
  column_taps_.totals(column_totals_);
  const int channels = image.space == ColorSpace::kRgb ? 3 : 1;
  factors_.resize(column_totals_.size() * channels);
  for (std::size_t i = 0; i < factors_.size(); ++i) {
    factors_[i] =
        column_totals_[i / channels] * (channels == 3 ? static_cast<float>(kGrey[i % 3]) : 1);
  }
  const RowsTask& task = strips_[0].task;
  const float sum =
      kernels_.weighted_sum({task.samples, task.stride, static_cast<int>(row_totals_.size()),
                             task.values, row_totals_.data(), factors_.data()});
  return sum / static_cast<float>(filled.width) / static_cast<float>(filled.height);
}

}  // namespace bobbin::core
