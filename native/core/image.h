// Views of pixels that someone else owns, and the rectangle and error every stage shares.
#pragma once

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

// Interleaved 8-bit RGB. `region` says which part of the (possibly scaled down) image the view
// holds; a pixel of the full image at (x, y) lies at x / scale, y / scale.
struct ImageView {
  const std::uint8_t* data = nullptr;
  std::size_t stride = 0;  // Bytes from one row to the next.
  Region region;
  int image_width = 0;  // Of the whole image after scaling.
  int image_height = 0;
  int scale = 1;

  const std::uint8_t* row(int y) const {
    return data + static_cast<std::size_t>(y - region.top) * stride;
  }
};

// An image's stored size and how to turn it upright.
struct ImageSize {
  int width = 0;  // As stored, before the orientation is applied.
  int height = 0;
  int orientation = 1;  // EXIF 1…8: TIFF 6.0, tag 0x0112.

  // The stored image against the upright one: rows run as columns, …
  bool transposed() const { return orientation >= 5; }
  // … stored x runs against the upright axis it lies on, …
  bool reversed_x() const {
    return orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  }
  // … stored y does.
  bool reversed_y() const {
    return orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  }
  int upright_width() const { return transposed() ? height : width; }
  int upright_height() const { return transposed() ? width : height; }
};

// One image cannot be used; the message says why, and the run can go on without it.
struct ImageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace bobbin::core
