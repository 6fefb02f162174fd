// The canvas of a photo: what `fit` makes of it, and what every crop is a window of.
#pragma once

#include "core/base/image.h"
#include "core/recipe/recipe.h"

namespace bobbin::core {

// An axis of a canvas, in its pixels: the photo, and perhaps a border before and behind it.
struct CanvasSide {
  int length = 0;
  int begin = 0, photo = 0;  // Where the photo begins, and how long it is.
  double scale = 1;          // Source pixels per pixel.
};

struct Canvas {
  CanvasSide x, y;
};

// The part of a photo to look at: its box, wider by `margin` times the box's side on each side, in
// whole pixels and cut at the photo's edges. Without a box it is the whole photo. Throws ImageError
// if the box lies outside of the photo.
Region part_of(const Photo& photo, double margin);

// The canvas of an upright image (src/pipeline/preprocessing.ts defines it). Throws ImageError if a
// side of the resized image would exceed 2³¹ − 1.
Canvas canvas_of(const Preprocessing& preprocessing, int width, int height);

// The canvas that is the photo itself.
Canvas whole_canvas(int width, int height);

// Sets the recipe's window and photo to what its view shows of a window of the canvas: pixels whose
// centres lie on the photo, or, if there are none, the nearest one. A mirrored view has its border
// mirrored.
void show(const Window& window, const Canvas& canvas, Recipe& recipe);

// Half of a distance, rounded to even like by Python's round in torchvision's CenterCrop.
int centered(int last);

}  // namespace bobbin::core
