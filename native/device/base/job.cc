// Makes numbers of an image and a recipe; core::Renderer renders from the two themselves.
#include "device/base/job.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

#include "core/base/image.h"
#include "core/effects/effects.h"
#include "core/effects/operations.h"
#include "core/recipe/recipe.h"
#include "core/render/color_matrix.h"

namespace bobbin::device {
namespace {

using core::ColorSpace;
using core::ImageSize;
using core::ImageView;
using core::Plane;
using core::Recipe;
using core::Window;

// A plane's columns or rows.
struct Extent {
  int length, begin, end;
  bool halved;
};
Extent extent_of(const Plane& plane, bool columns) {
  const core::Region& region = plane.region;
  if (columns) return {plane.width, region.left, region.left + region.width, plane.halved_x};
  return {plane.height, region.top, region.top + region.height, plane.halved_y};
}

std::int64_t to_fixed(double samples) { return std::llround(samples * 0x1p32); }

// An axis of the view: `outputs` pixels that span `length` samples from `start`.
JobAxis axis_of(double start, double length, int outputs, const core::TurnedPart::Side& part,
                const Extent& whole, const Extent& chroma) {
  JobAxis axis;
  axis.start = to_fixed(start);
  axis.step = std::max<std::int64_t>(to_fixed(length / outputs), 1);
  axis.halved = chroma.halved;
  for (const auto& [i, extent] : {std::pair(0, whole), std::pair(1, chroma)}) {
    axis.length[i] = extent.length;
    axis.begin[i] = extent.begin;
    axis.end[i] = extent.end;
  }
  axis.length[0] = std::min(axis.length[0], part.end);
  axis.first = part.first;
  return axis;
}

// A vertical flip is the only effect that a job has; two of them cancel each other.
bool is_upside_down(const core::EffectList& effects) {
  const auto flips = std::count_if(effects.begin(), effects.end(), [](const core::Effect& effect) {
    return effect.operation == &core::kVerticalFlip;
  });
  return flips % 2 == 1;
}

// Stored axes may run backwards: then the outputs do.
void set_axes(const ImageView& image, const ImageSize& size, const Recipe& recipe, Job& job) {
  const bool transposed = size.transposed();
  const Window& window = recipe.window;
  const core::TurnedWindow turned = core::turn(window, size);
  const core::TurnedPart part = recipe.turned_part(size, image.scale);
  const double scale = image.scale;
  const Plane& whole = image.planes[0];
  const Plane& chroma = image.planes[image.space == ColorSpace::kYcc ? 1 : 0];
  job.columns = axis_of(turned.left / scale, window.width / scale, recipe.size, part.x,
                        extent_of(whole, !transposed), extent_of(chroma, !transposed));
  job.rows = axis_of(turned.top / scale, window.height / scale, recipe.size, part.y,
                     extent_of(whole, transposed), extent_of(chroma, transposed));
  job.columns.filter = job.rows.filter = recipe.filter;
  job.columns.reversed = turned.reversed_x != recipe.flip;
  job.rows.reversed = turned.reversed_y != is_upside_down(recipe.effects);
}

void set_planes(const ImageView& image, bool transposed, Job& job) {
  const bool interleaved = image.space == ColorSpace::kRgb;
  for (int c = 0; c < (image.space == ColorSpace::kGrey ? 1 : 3); ++c) {
    const Plane& plane = image.planes[interleaved ? 0 : c];
    const std::int64_t across = interleaved ? 3 : 1;
    const auto down = static_cast<std::int64_t>(plane.stride);
    job.planes[c] = {plane.data + (interleaved ? c : 0), transposed ? down : across,
                     transposed ? across : down};
  }
}

}  // namespace

bool can_render(const Recipe& recipe) {
  return !recipe.photo &&
         std::none_of(recipe.effects.begin(), recipe.effects.end(), [](const core::Effect& effect) {
           return effect.operation->needs_whole_view;
         });
}

Job make_job(const ImageView& image, const ImageSize& size, const Recipe& recipe,
             const core::Preprocessing& preprocessing) {
  Job job;
  job.kind = JobKind::kRender;
  job.space = image.space;
  set_axes(image, size, recipe, job);
  set_planes(image, size.transposed(), job);
  const std::array<float, 12> matrix =
      core::color_matrix(image.space, recipe, preprocessing.bgr, 0);
  std::copy(matrix.begin(), matrix.end(), job.matrix);
  for (int c = 0; c < 3; ++c) job.grey[c] = recipe.color[4 * (preprocessing.bgr ? 2 - c : c) + 3];
  job.clamped = !recipe.effects.empty();  // By a vertical flip: effects see levels.
  job.sigma = recipe.noise_sigma;
  job.noise_key = recipe.noise_key;
  job.erasure = recipe.erasure;
  return job;
}

}  // namespace bobbin::device
