// Views of pixels without ownership, and the rectangle and the errors that all stages share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace bobbin::core {

// A rectangle of whole pixels.
struct Region {
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
};

// Rows of 8-bit samples: one colour, or red, green and blue interleaved.
struct Plane {
  const std::uint8_t* data = nullptr;
  std::size_t stride = 0;  // Bytes from one row to the next.
  Region region;           // The part of the whole plane that is held; it may reach past its edges.
  int width = 0;           // Of the whole plane, in samples.
  int height = 0;
  // One sample for two columns or rows of the image, midway between their centres.
  bool halved_x = false;
  bool halved_y = false;

  const std::uint8_t* row(int y) const {
    return data + static_cast<std::ptrdiff_t>(y - region.top) * static_cast<std::ptrdiff_t>(stride);
  }
};

// The content of an image's planes.
enum class ColorSpace {
  kRgb,   // Interleaved in the first plane.
  kGrey,  // The first plane is all.
  kYcc,   // JFIF's Y, Cb and Cr; where chroma is halved, libjpeg's triangle filter restores it.
};

// ITU-R BT.601 luma, like the grey of Pillow.
inline constexpr std::array<double, 3> kGrey = {0.299, 0.587, 0.114};

// Part of an image, possibly scaled down: a pixel of the full image at (x, y) lies at x / scale,
// y / scale.
struct ImageView {
  ColorSpace space = ColorSpace::kRgb;
  std::array<Plane, 3> planes;
  int width = 0;  // Of the whole image after scaling.
  int height = 0;
  int scale = 1;
};

// An image's stored size, and how it is turned upright.
struct ImageSize {
  int width = 0;  // As stored, before the orientation is applied.
  int height = 0;
  int orientation = 1;  // EXIF 1…8: TIFF 6.0, tag 0x0112.

  // The stored image compared with the upright one: rows are columns, …
  bool transposed() const { return orientation >= 5; }
  // … stored x runs backwards on its upright axis, …
  bool reversed_x() const {
    return orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  }
  // … stored y runs backwards.
  bool reversed_y() const {
    return orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  }
  int upright_width() const { return transposed() ? height : width; }
  int upright_height() const { return transposed() ? width : height; }
};

// One image cannot be used; the message says why, and the run can continue without it.
struct ImageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// No image can be used: the run cannot go on; the message says why.
struct LoaderError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace bobbin::core
