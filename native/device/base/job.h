// One view of a batch as plain numbers: the input of the fused kernel.
#pragma once

#include <cstdint>
#include <type_traits>

#include "core/base/filter.h"
#include "core/base/image.h"
#include "core/recipe/draw_mix.h"
#include "core/recipe/recipe.h"
#include "device/base/shared.h"

namespace bobbin::device {

// An axis of the upright view: where its pixels come from, in samples of full resolution.
struct JobAxis {
  std::int64_t start = 0;  // Like `step` in 2⁻³² samples: exact on both sides.
  std::int64_t step = 0;
  bool reversed = false;  // The last pixel comes first.
  bool halved = false;    // Chroma has half the resolution.
  core::FilterKind filter = core::FilterKind::kBilinear;
  // For luma (or all colours), and for chroma: the axis's samples, and those in memory.
  std::int32_t length[2] = {}, begin[2] = {}, end[2] = {};
  // Samples of full resolution before this one do not count, nor those from `length` on: the part
  // of a photo with a box.
  std::int32_t first = 0;
};

// 8-bit samples in the device's memory. Sample (x, y) of the upright image lies at
// samples + (x − columns.begin) · step_x + (y − rows.begin) · step_y.
struct JobPlane {
  const std::uint8_t* samples = nullptr;
  std::int64_t step_x = 0, step_y = 0;
};

// What happens to a view of the batch.
enum class JobKind : std::uint8_t {
  kRender,  // The planes, resampled, coloured, and so on.
  kCopy,    // The first plane holds the view's stored values, channels last, aligned to their type.
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
  bool clamped = false;   // To 0…255 before noise is added, too: what effects do first.
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

// Whether the kernel can do all that a recipe says: the photo has no border, and no effect needs
// the whole view. Of the others a job knows the vertical flip, the only one so far.
bool can_render(const core::Recipe& recipe);

// The job for a recipe that `can_render` accepts. The planes' `data` are addresses in the device's
// memory; they are not read here.
Job make_job(const core::ImageView& image, const core::ImageSize& size, const core::Recipe& recipe,
             const core::Preprocessing& preprocessing);

}  // namespace bobbin::device
