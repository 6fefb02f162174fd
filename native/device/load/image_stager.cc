// Stages samples if the device can render them, otherwise rendered values.
#include "device/load/image_stager.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>

#include "core/base/image.h"
#include "core/base/output.h"
#include "core/read/sample_reader.h"
#include "core/recipe/recipe.h"
#include "core/render/render.h"
#include "device/base/job.h"
#include "device/load/staging.h"

namespace bobbin::device {
namespace {

// The part of a view that its recipes need: pixels decoded by JavaScript are whole images.
core::ImageView narrowed(const ImageToStage& image) {
  core::ImageView view = image.view;
  if (view.space != core::ColorSpace::kRgb || view.scale != 1) return view;
  core::Plane& plane = view.planes[0];
  const core::Region wanted = plan_decode(image.recipes, image.size).region, held = plane.region;
  const int left = std::max(wanted.left, held.left), top = std::max(wanted.top, held.top);
  const int right = std::min(wanted.left + wanted.width, held.left + held.width);
  const int bottom = std::min(wanted.top + wanted.height, held.top + held.height);
  plane.data = plane.row(top) + std::size_t{3} * (left - held.left);
  plane.region = {left, top, right - left, bottom - top};
  return view;
}

bool any_renderable(std::span<const core::Recipe> recipes) {
  return std::any_of(recipes.begin(), recipes.end(), can_render);
}

}  // namespace

void ImageStager::stage(const ImageToStage& image, Staging& staging, int row, Role role) {
  const core::StageTimer timer(context_.totals.render_ns);
  const std::optional<core::ImageView> on_device =
      any_renderable(image.recipes) ? staging.copy_samples(narrowed(image)) : std::nullopt;
  for (std::size_t view = 0; view < image.recipes.size(); ++view) {
    const core::Recipe& recipe = image.recipes[view];
    if (on_device && can_render(recipe)) {
      add(make_job(*on_device, image.size, recipe, context_.preprocessing), staging, row, role);
    } else {
      add(render(image, static_cast<int>(view), staging.rendered_row(row, role)), staging, row,
          role);
    }
  }
}

void ImageStager::stage_decoded(const ImageToStage& image, Staging& staging, int row,
                                Role role) const {
  for (const core::Recipe& recipe : image.recipes) {
    add(make_job(image.view, image.size, recipe, context_.preprocessing), staging, row, role);
  }
}

Job ImageStager::render(const ImageToStage& image, int view, const Staging::BlockPart& row) {
  const std::size_t values = view * context_.view_values();
  renderer_.render(image.view, image.size, image.recipes[view], context_.preprocessing,
                   core::Output{row.pinned, context_.dtype}.from(values));
  Job job;
  job.kind = JobKind::kCopy;
  job.share = 1;
  job.planes[0].samples = row.on_device + values * bytes_of(context_.dtype);
  return job;
}

// Sets the job's view in the batch and, for a partner, how it is mixed into the row.
void ImageStager::add(Job job, Staging& staging, int row, Role role) const {
  StagedImage& staged = staging.image(row, role);
  job.view = row * context_.augmentation.views() + static_cast<int>(staged.jobs.size());
  if (role == Role::kPartner) {
    if (staged.mix.pasted) {
      job.pasted = *staged.mix.pasted;
    } else {
      job.share = 1 - staged.mix.weight;
    }
  }
  staged.jobs.push_back(job);
}

}  // namespace bobbin::device
