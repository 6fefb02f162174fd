// Converts libjpeg's structures to plain numbers.
#include "core/decode/jpeg_traits.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <span>

// After <cstdio>, which it needs.
#include <jpeglib.h>

#include "core/decode/jpeg_rows.h"

namespace bobbin::core {
namespace {

// Files with bytes after the marker, such as a second picture, do not count: the CPU decodes them
// just as well.
bool ends_with_marker(std::span<const std::uint8_t> file) {
  return file.size() >= 4 && file[file.size() - 2] == 0xff && file.back() == JPEG_EOI;
}

bool has_tables(const jpeg_decompress_struct& header) {
  const auto exists = [](const auto& tables, int number) {
    return number >= 0 && number < static_cast<int>(std::size(tables)) && tables[number];
  };
  for (int c = 0; c < header.comps_in_scan; ++c) {
    const jpeg_component_info& component = *header.cur_comp_info[c];
    // A progressive file's first scan has DC coefficients only.
    if (!exists(header.quant_tbl_ptrs, component.quant_tbl_no) ||
        !exists(header.dc_huff_tbl_ptrs, component.dc_tbl_no) ||
        !(header.progressive_mode || exists(header.ac_huff_tbl_ptrs, component.ac_tbl_no))) {
      return false;
    }
  }
  return true;
}

}  // namespace

JpegTraits read_traits(const jpeg_decompress_struct& header, std::span<const std::uint8_t> file) {
  JpegTraits traits;
  traits.width = static_cast<int>(header.image_width);
  traits.height = static_cast<int>(header.image_height);
  traits.components = header.num_components;
  traits.ycc = header.num_components == 3 && header.jpeg_color_space == JCS_YCbCr;
  traits.progressive = header.progressive_mode;
  traits.arithmetic = header.arith_code;
  traits.lossless = is_lossless(header);
  traits.several_scans = header.progressive_mode || header.comps_in_scan < header.num_components;
  traits.has_tables = has_tables(header);
  traits.precision = header.data_precision;
  const int described = std::min(header.num_components, static_cast<int>(traits.across.size()));
  for (int c = 0; c < described; ++c) {
    traits.across[c] = header.comp_info[c].h_samp_factor;
    traits.down[c] = header.comp_info[c].v_samp_factor;
  }
  traits.ends = ends_with_marker(file);
  return traits;
}

}  // namespace bobbin::core
