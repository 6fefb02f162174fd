// One view of a batch as plain numbers: all that the fused kernel needs to know of it.
#pragma once

#include <cstdint>
#include <type_traits>

#include "core/base/image.h"
#include "core/recipe/draw_mix.h"
#include "core/recipe/recipe.h"
#include "device/base/shared.h"

namespace bobbin::device {

// Where along an axis of the upright view its pixels come from, in samples of whole resolution.
struct JobAxis {
  std::int64_t start = 0;  // In 2⁻³² samples, as is `step`: exact on both sides.
  std::int64_t step = 0;
  bool reversed = false;  // The last pixel comes first.
  bool halved = false;    // Chroma has one sample for two.
  // Of luma (or of all colours), and of chroma: samples of the axis, and those that are held.
  std::int32_t length[2] = {}, begin[2] = {}, end[2] = {};
};

// 8-bit samples in the device's memory. Sample (x, y) of the upright image lies at
// samples + (x − columns.begin) · step_x + (y − rows.begin) · step_y.
struct JobPlane {
  const std::uint8_t* samples = nullptr;
  std::int64_t step_x = 0, step_y = 0;
};

// What happens to a view of the batch.
enum class JobKind : std::uint8_t {
  kRender,  // The planes are resampled, coloured, and so on.
  kCopy,    // The first plane holds the view's values as they are stored, channels last, at an
            // address that fits their type.
  kClear,   // Zeros.
};

struct Job {
  JobKind kind = JobKind::kClear;
  core::ColorSpace space = core::ColorSpace::kRgb;
  std::int32_t view = 0;  // Index in the batch.
  JobPlane planes[3];
  JobAxis columns, rows;
  float matrix[12] = {};  // 3×4, from the planes' channels and 1 to the output's channels.
  float grey[3] = {};     // What each output channel gets of the view's mean grey.
  bool clamped = false;   // To 0…255 before noise is added, too: effects see levels.
  float sigma = 0;        // Of the noise, in 0…255 units.
  std::uint64_t noise_key = 0;
  core::Erasure erasure;
  // Mixing with the view that the batch holds already: the share of the job's view, 1 to replace.
  // Cutmix replaces `pasted` alone, if that has a width.
  float share = 1;
  core::Region pasted;

  BOBBIN_SHARED bool needs_mean() const { return grey[0] != 0 || grey[1] != 0 || grey[2] != 0; }
};
static_assert(std::is_trivially_copyable_v<Job>);

// Whether the kernel can do all that a recipe says. Effects that look at a whole view it cannot,
// except for a vertical flip.
bool can_render(const core::Recipe& recipe);

// The job of rendering a recipe that can be rendered. The planes' `data` are addresses in the
// device's memory, which are not looked at.
Job make_job(const core::ImageView& image, const core::ImageSize& size, const core::Recipe& recipe,
             const core::Preprocessing& preprocessing);

}  // namespace bobbin::device
