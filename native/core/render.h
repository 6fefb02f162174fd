// Recipe + pixels → one view of the batch.
#pragma once

#include <span>
#include <vector>

#include "core/effects.h"
#include "core/image.h"
#include "core/output.h"
#include "core/recipe.h"

namespace bobbin::core {

// What must be decoded of a stored image so that all of its recipes can be rendered.
struct DecodePlan {
  Region region;  // In stored pixels.
  int scale = 1;  // The image may be halved so often (1, 2, 4, 8) before it is resampled.
};
DecodePlan plan_decode(std::span<const Recipe> recipes, const ImageSize& size);

// One thread's renderer; it keeps its scratch memory, so that a steady stream of equally sized
// images allocates nothing.
class Renderer {
 public:
  // Writes recipe.size × recipe.size × 3 values (rows of channels-last pixels) to `output`:
  //   resample the window by a triangle filter that widens with the reduction (Pillow's BILINEAR),
  //   turn upright and mirror, colour := A · colour, effects if there are any,
  //   clamp(colour + σ · noise, 0, 255), store as PixelType says, erase.
  // The filter may look past the window's edge, never past the image's. `image` must cover what
  // plan_decode asked for; `size` gives its orientation.
  void render(const ImageView& image, const ImageSize& size, const Recipe& recipe,
              const Preprocessing& preprocessing, Output output);

 private:
  // For each output coordinate: where its source pixels start and how they are weighted.
  struct Taps {
    std::vector<int> first;
    std::vector<int> count;
    std::vector<float> weights;  // `stride` for each output.
    int stride = 0;
    void set(double start, double length, int outputs, int limit);
  };

  void resample(const ImageView& image, int size);
  float mean_grey() const;
  void finish(const ImageSize& size, const Recipe& recipe, const Preprocessing& preprocessing,
              Output output);

  Taps columns_, rows_;
  std::vector<float> line_;      // One row of the source, already weighted over rows.
  std::vector<float> resized_;   // size × size × 3, as stored (not yet upright).
  std::vector<float> finished_;  // One output row, or the whole view for effects.
  EffectScratch effects_;
};

}  // namespace bobbin::core
