// From a decoded image to jobs for the device, on one thread.
#pragma once

#include <span>

#include "core/batch/batch_writer.h"
#include "core/render/render.h"
#include "device/load/staging.h"

namespace bobbin::device {

// Pixels, and the recipes for their views.
struct ImageToStage {
  core::ImageView view;
  core::ImageSize size;
  std::span<const core::Recipe> recipes;
};

class ImageStager {
 public:
  explicit ImageStager(const core::BatchContext& context) : context_(context) {}

  // Gives the row's image one job a view, all over the same samples. Renders here the views whose
  // recipes the device does not support, and all views if the samples do not fit into the staging.
  // Throws DeviceError.
  void stage(const ImageToStage& image, Staging& staging, int row, Role role);

  // The same for an image on the device whose recipes the device supports.
  void stage_decoded(const ImageToStage& image, Staging& staging, int row, Role role) const;

 private:
  Job render(const ImageToStage& image, int view, const Staging::BlockPart& row);
  void add(Job job, Staging& staging, int row, Role role) const;

  const core::BatchContext& context_;
  core::Renderer renderer_;
};

}  // namespace bobbin::device
