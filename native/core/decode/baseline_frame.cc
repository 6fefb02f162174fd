// Copies libjpeg's structures. What libjpeg checks only when decompression starts is checked here.
#include "core/decode/baseline_frame.h"

#include <algorithm>
#include <cstdio>
#include <optional>

// After <cstdio>, which it needs.
#include <jpeglib.h>

#include "core/decode/jpeg_rows.h"
#include "core/kernels/huffman.h"

namespace bobbin::core {
namespace {

// Whether the components are grey, or Y, Cb and Cr, in this order, and chroma is at most halved.
bool has_plain_sampling(const jpeg_decompress_struct& header) {
  for (int c = 0; c < header.num_components; ++c) {
    if (header.cur_comp_info[c] != &header.comp_info[c]) return false;
  }
  if (header.num_components == 1) return header.jpeg_color_space == JCS_GRAYSCALE;
  if (header.num_components != 3 || header.jpeg_color_space != JCS_YCbCr) return false;
  const jpeg_component_info* component = header.comp_info;
  for (int c = 1; c < 3; ++c) {
    if (component[c].h_samp_factor != 1 || component[c].v_samp_factor != 1) return false;
  }
  // libjpeg repeats the columns of very narrow chroma instead of filtering them.
  if (component->h_samp_factor == 2 && header.image_width < 5) return false;
  return component->h_samp_factor <= 2 && component->v_samp_factor <= 2;
}

bool copy_codes(const JHUFF_TBL* table, HuffmanCodes& codes) {
  if (!table) return false;
  std::copy_n(table->bits, codes.counts.size(), codes.counts.begin());
  codes.counts[0] = 0;
  std::copy_n(table->huffval, codes.symbols.size(), codes.symbols.begin());
  return true;
}

// The scan's c-th component.
bool copy_component(const jpeg_decompress_struct& header, int c, BaselineFrame::Component& to) {
  const jpeg_component_info& from = *header.cur_comp_info[c];
  // Alone in its scan, a component has one block in an MCU regardless of its factors.
  to.across = header.num_components > 1 ? from.h_samp_factor : 1;
  to.down = header.num_components > 1 ? from.v_samp_factor : 1;
  // libjpeg checks table numbers only when decompression starts.
  const auto exists = [](int table) { return table >= 0 && table < NUM_HUFF_TBLS; };
  if (!exists(from.quant_tbl_no) || !exists(from.dc_tbl_no) || !exists(from.ac_tbl_no))
    return false;
  const JQUANT_TBL* quantization = header.quant_tbl_ptrs[from.quant_tbl_no];
  if (!quantization) return false;
  std::copy_n(quantization->quantval, 64, to.quantization.begin());
  return copy_codes(header.dc_huff_tbl_ptrs[from.dc_tbl_no], to.dc_codes) &&
         copy_codes(header.ac_huff_tbl_ptrs[from.ac_tbl_no], to.ac_codes);
}

}  // namespace

std::optional<BaselineFrame> read_frame(const jpeg_decompress_struct& header) {
  if (header.progressive_mode || header.arith_code || header.data_precision != 8 ||
      is_lossless(header)) {
    return std::nullopt;
  }
  if (header.comps_in_scan != header.num_components) return std::nullopt;
  BaselineFrame frame;
  frame.width = static_cast<int>(header.image_width);
  frame.height = static_cast<int>(header.image_height);
  frame.components = header.num_components;
  frame.restart_interval = static_cast<int>(header.restart_interval);
  frame.scan = {header.src->next_input_byte, header.src->bytes_in_buffer};
  frame.planar = has_plain_sampling(header);
  int blocks = 0;
  for (int c = 0; c < frame.components; ++c) {
    BaselineFrame::Component& component = frame.component[c];
    if (!copy_component(header, c, component)) return std::nullopt;
    // libjpeg checks their number only when decompression starts.
    blocks += component.across * component.down;
    if (blocks > BaselineFrame::kMaxBlocks) return std::nullopt;
    frame.planar = frame.planar && std::ranges::max(component.quantization) <= 255;
  }
  return frame;
}

}  // namespace bobbin::core
