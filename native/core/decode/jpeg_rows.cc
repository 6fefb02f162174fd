// Errors leave libjpeg by longjmp, which runs no destructors, so the functions that call it have no
// objects with one.
#include "core/decode/jpeg_rows.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>

// After <cstdio>, which it needs.
#include <jpeglib.h>

namespace bobbin::core {
namespace {

// `from` may be `to`. Samples of damaged lossless files may have any value.
template <typename Sample>
void to_bytes(const Sample* from, std::uint8_t* to, std::size_t count, int bits) {
  const std::uint32_t most = (1u << bits) - 1;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t sample = std::min<std::uint32_t>(from[i], most);
    to[i] = static_cast<std::uint8_t>((sample * 255 + most / 2) / most);
  }
}

std::size_t samples_in(const jpeg_decompress_struct& info) {
  return static_cast<std::size_t>(info.output_width) * info.out_color_components;
}

}  // namespace

bool is_lossless(const jpeg_decompress_struct& header) {
#if JPEG_LIB_VERSION >= 70
  return header.min_DCT_h_scaled_size == 1;
#else
  return header.min_DCT_scaled_size == 1;
#endif
}

void resize(WideRow& wide, const jpeg_decompress_struct& info) {
  wide.resize(info.data_precision > 8 ? samples_in(info) : 0);
}

#if LIBJPEG_TURBO_VERSION_NUMBER >= 3000000

void crop_rows(jpeg_decompress_struct& info, JDIMENSION* left, JDIMENSION* width) {
  info.data_precision == 12 ? jpeg12_crop_scanline(&info, left, width)
                            : jpeg_crop_scanline(&info, left, width);
}

void skip_rows(jpeg_decompress_struct& info, JDIMENSION count) {
  info.data_precision == 12 ? jpeg12_skip_scanlines(&info, count)
                            : jpeg_skip_scanlines(&info, count);
}

void read_row(jpeg_decompress_struct& info, std::uint8_t* row, WideRow& wide) {
  const int bits = info.data_precision;
  if (bits <= 8) {
    jpeg_read_scanlines(&info, &row, 1);
    if (bits < 8) to_bytes(row, row, samples_in(info), bits);
    return;
  }
  if (bits <= 12) {
    auto* samples = reinterpret_cast<J12SAMPROW>(wide.data());
    jpeg12_read_scanlines(&info, &samples, 1);
  } else {
    J16SAMPROW samples = wide.data();
    jpeg16_read_scanlines(&info, &samples, 1);
  }
  to_bytes(wide.data(), row, samples_in(info), bits);
}

#else

void crop_rows(jpeg_decompress_struct& info, JDIMENSION* left, JDIMENSION* width) {
  jpeg_crop_scanline(&info, left, width);
}

void skip_rows(jpeg_decompress_struct& info, JDIMENSION count) {
  jpeg_skip_scanlines(&info, count);
}

void read_row(jpeg_decompress_struct& info, std::uint8_t* row, WideRow&) {
  jpeg_read_scanlines(&info, &row, 1);
}

#endif

}  // namespace bobbin::core
