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

// The part of a stored image that its recipes need.
struct DecodePlan {
  Region region;  // In stored pixels.
  int scale = 1;  // The image may be halved so often (1, 2, 4, 8) before it is resampled.
};
DecodePlan plan_decode(std::span<const Recipe> recipes, const ImageSize& size);

// One thread's renderer; it keeps its memory, so that images of equal size do not allocate again.
class Renderer {
 public:
  explicit Renderer(const Kernels& with = kernels()) : kernels_(with) {}

  // Writes recipe.size × recipe.size × 3 values (rows of channels-last pixels) to `output`:
  //   resample the window by a triangle filter that widens with the reduction (Pillow's BILINEAR),
  //   turn upright and mirror, colour := A · colour, effects if there are any,
  //   clamp(colour + σ · noise, 0, 255), store as PixelType says, erase.
  // The filter may read past the window's edge, never past the image's. Colours outside RGB are
  // clamped only at the end. Noise is added to output values in order. `image` must cover the
  // region of plan_decode; `size` gives its orientation.
  void render(const ImageView& image, const ImageSize& size, const Recipe& recipe,
              const Preprocessing& preprocessing, Output output);

 private:
  // One plane, resampled to some output rows.
  struct Strip {
    const Taps* columns = nullptr;
    const Taps* rows = nullptr;
    RowsTask task;
    std::vector<std::uint16_t> lines;
  };
  void turn_upright(const ImageView& image, const ImageSize& size);
  void set_taps(const ImageView& image, const Recipe& recipe, const ImageSize& size);
  void set_strips(const ImageView& image);
  void resample_rows(int y, int count, ColumnsTask& columns);
  PixelRows make_view(const Recipe& recipe, bool bgr, ColumnsTask& columns);
  float mean_grey(const ImageView& image, int outputs);

  const Kernels& kernels_;
  std::array<Plane, 3> planes_;  // Not transposed.
  std::array<Scratch, 3> transposed_;
  Taps columns_, lines_, halved_columns_, halved_lines_;
  std::array<Strip, 3> strips_;
  int strip_count_ = 0;
  int channels_ = 1;  // Interleaved in the first plane.
  std::vector<float> line_totals_, column_totals_, factors_;
  std::vector<float> strip_, view_;  // Some output rows, and all of them, for effects.
  EffectScratch effects_;
};

}  // namespace bobbin::core
