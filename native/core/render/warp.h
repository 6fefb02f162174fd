// Affine changes of a view's geometry.
#pragma once

#include <array>

namespace bobbin::core {

// Where output pixel (x, y) comes from: (a·x + b·y + c, d·x + e·y + f), pixel centres being whole
// numbers.
struct Affine {
  float a = 1, b = 0, c = 0;
  float d = 0, e = 1, f = 0;
};

// Turns counter-clockwise about the centre of a size × size view.
Affine rotation(float degrees, int size);

// Leans each row left, or each column up, by `slope` pixels for each pixel that it lies from the
// view's top left corner.
Affine shear_x(float slope);
Affine shear_y(float slope);

// Moves the view right and down.
Affine translation(float right, float down);

// Resamples size × size interleaved RGB bilinearly; pixels outside of `source` have `fill`. One
// value behind the source's last pixel is read as well.
void warp(const Affine& affine, const float* source, int size, const std::array<float, 3>& fill,
          float* target);

}  // namespace bobbin::core
