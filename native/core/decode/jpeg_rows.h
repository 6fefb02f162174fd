// Reads rows of any precision as bytes: libjpeg-turbo 3 has functions of their own for samples of
// more than 8 bits.
#pragma once

#include <cstdint>
#include <cstdio>
#include <vector>

// After <cstdio>, which it needs.
#include <jpeglib.h>

namespace bobbin::core {

// Whether libjpeg reads lossless files, and files of other precisions than 8 bits.
inline constexpr bool kReadsAllPrecisions = LIBJPEG_TURBO_VERSION_NUMBER >= 3000000;

// Whether the file is lossless (ITU-T T.81, annex H). Its header has been read and nothing else.
// libjpeg cannot decode a part of such a file, reduce it, or convert its colours.
bool is_lossless(const jpeg_decompress_struct& header);

// As jpeg_crop_scanline and jpeg_skip_scanlines, for 8 or 12 bits.
void crop_rows(jpeg_decompress_struct& info, JDIMENSION* left, JDIMENSION* width);
void skip_rows(jpeg_decompress_struct& info, JDIMENSION count);

// 16-bit samples of a row; empty if the file's precision does not need them.
using WideRow = std::vector<std::uint16_t>;
// After decompression has started.
void resize(WideRow& wide, const jpeg_decompress_struct& info);

// Reads the next row. Samples of b bits are multiplied by 255 / (2^b - 1) and rounded, as Netpbm's
// pamdepth does.
void read_row(jpeg_decompress_struct& info, std::uint8_t* row, WideRow& wide);

}  // namespace bobbin::core
