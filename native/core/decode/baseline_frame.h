// What BaselineDecoder has to know of a file, as libjpeg read it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "core/kernels/huffman.h"

struct jpeg_decompress_struct;

namespace bobbin::core {

// A file's headers, as far as its only scan needs them: sequential, Huffman-coded, of 8 bits.
struct BaselineFrame {
  struct Component {
    int across = 1, down = 1;                      // Blocks in an MCU.
    std::array<std::uint16_t, 64> quantization{};  // In rows, not in zigzag.
    HuffmanCodes dc_codes, ac_codes;
  };
  int width = 0, height = 0;  // In pixels.
  int components = 0;         // At most 4; alone, one has one block in an MCU; see kMaxBlocks.
  std::array<Component, 4> component;
  // Grey, or Y, Cb and Cr, and chroma is at most halved; quantization is at most 255.
  bool planar = false;
  int restart_interval = 0;            // In MCUs; 0 for none.
  std::span<const std::uint8_t> scan;  // From the end of the scan's header to the file's end.

  // In an MCU of all components (ITU T.81, B.2.3).
  static constexpr int kMaxBlocks = 10;

  int mcu_width() const { return 8 * most(&Component::across); }
  int mcu_height() const { return 8 * most(&Component::down); }
  int mcus_across() const { return (width + mcu_width() - 1) / mcu_width(); }
  int mcus_down() const { return (height + mcu_height() - 1) / mcu_height(); }

 private:
  int most(int Component::* blocks) const {
    int result = 1;
    for (const Component& each : component) result = std::max(result, each.*blocks);
    return result;
  }
};

// The frame of a file whose header libjpeg has just read; nothing if BaselineDecoder does not read
// such files.
std::optional<BaselineFrame> read_frame(const jpeg_decompress_struct& header);

}  // namespace bobbin::core
