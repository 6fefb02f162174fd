// Recipe + pixels → one view of the batch.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/image.h"
#include "core/base/output.h"
#include "core/base/scratch.h"
#include "core/effects/effects.h"
#include "core/kernels/kernels.h"
#include "core/recipe/recipe.h"
#include "core/render/taps.h"

namespace bobbin::core {

// The part of a stored image to decode, so that all of its recipes can be rendered.
struct DecodePlan {
  Region region;  // In stored pixels.
  int scale = 1;  // The image may be reduced by this factor (1, 2, 4, 8) before it is resampled.
};
DecodePlan plan_decode(std::span<const Recipe> recipes, const ImageSize& size);

// One thread's renderer; it keeps its memory, so that images of equal size do not allocate again.
class Renderer {
 public:
  explicit Renderer(const Kernels& with = kernels()) : kernels_(with) {}

  // Writes recipe.size × recipe.size × 3 values (rows of channels-last pixels) to `output`:
  //   resample the window by the recipe's filter, which widens with the reduction (as Pillow's do),
  //   turn upright and mirror, colour := A · colour, a border of the recipe's fill around the photo
  //   and effects if there are any, clamp(colour + σ · noise, 0, 255), store as PixelType says,
  //   erase. The view's mean grey is the photo's.
  // The filter may look past the window's edge, never past the image's. Colours that are not RGB
  // are clamped at the end only. Noise goes to output values in order. `image` must cover
  // plan_decode's region; `size` gives its orientation.
  void render(const ImageView& image, const ImageSize& size, const Recipe& recipe,
              const Preprocessing& preprocessing, Output output);

 private:
  // One plane's part of a strip: resampled over rows, and held by columns (kernels.h).
  struct PlaneStrip {
    const Taps* column_taps = nullptr;
    const Taps* row_taps = nullptr;
    RowsTask task;
    std::vector<std::uint16_t> columns;
  };
  void turn_upright(const ImageView& image, const ImageSize& size);
  void set_taps(const ImageView& image, const Recipe& recipe, const ImageSize& size);
  void set_strips(const ImageView& image);
  void resample_rows(int y, int count, ColumnsTask& columns);
  PixelRows make_view(const Recipe& recipe, bool bgr, ColumnsTask& columns);
  float mean_grey(const ImageView& image, const Region& filled);

  const Kernels& kernels_;
  std::array<Plane, 3> planes_;  // Not transposed.
  std::array<Scratch, 3> transposed_;
  Taps column_taps_, row_taps_, halved_column_taps_, halved_row_taps_;
  std::array<PlaneStrip, 3> strips_;
  int strip_count_ = 0;
  int channels_ = 1;  // Interleaved in the first plane.
  std::vector<float> row_totals_, column_totals_, factors_;
  std::vector<float> strip_, view_;  // Some output rows, and all of them, for effects.
  EffectScratch effects_;
};

}  // namespace bobbin::core
