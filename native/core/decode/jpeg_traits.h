// The facts in a JPEG's headers that decide who may decode it.
#pragma once

#include <array>
#include <cstdint>
#include <span>

struct jpeg_decompress_struct;

namespace bobbin::core {

struct JpegTraits {
  int width = 0, height = 0;  // In pixels, as stored.
  int components = 0;
  bool ycc = false;  // Three components, and they are JFIF's Y, Cb and Cr.
  bool progressive = false;
  bool arithmetic = false;     // Arithmetic codes instead of Huffman codes.
  bool lossless = false;       // Predicted samples instead of a transform.
  bool several_scans = false;  // The first scan is not complete.
  bool has_tables = false;     // All tables of the first scan; Motion JPEG leaves them out.
  int precision = 8;           // Bits a sample.
  // Sampling factors of the first four components.
  std::array<int, 4> across{}, down{};
  bool ends = false;  // The file's last bytes are the end-of-image marker.
};

// The traits of a file whose header libjpeg has just read.
JpegTraits read_traits(const jpeg_decompress_struct& header, std::span<const std::uint8_t> file);

}  // namespace bobbin::core
