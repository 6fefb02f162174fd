// RandAugment's changes of colour: each maps a view of 0…255 to one of 0…255.
#pragma once

#include <span>
#include <vector>

namespace bobbin::core {

// Interleaved RGB. Where there is a factor, 0 leaves nothing of what its name says, 1 all, and 2
// twice as much (Pillow's ImageEnhance).
using Colors = std::span<float>;

void adjust_brightness(Colors view, float factor);
// Against each pixel's grey.
void adjust_saturation(Colors view, float factor);
// Against the view's mean grey.
void adjust_contrast(Colors view, float factor);
// Against a mean over 3 × 3 pixels in which the middle counts five times; the outermost pixels of
// the size × size view stay. `copy` is scratch.
void adjust_sharpness(Colors view, int size, float factor, std::vector<float>& copy);

// Keeps the upper `bits` of each value's eight.
void posterize(Colors view, int bits);
// Inverts the values from `threshold` on.
void solarize(Colors view, float threshold);
// Stretches each channel from its least and largest value to 0…255.
void autocontrast(Colors view);
// Spreads each channel's whole levels so that all are about as frequent (Pillow's
// ImageOps.equalize).
void equalize(Colors view);

}  // namespace bobbin::core
