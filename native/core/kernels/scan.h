// The state of decoding a scan, shared by core/decode and the kernels.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/kernels/huffman.h"

namespace bobbin::core {

// The next bits of an unstuffed scan, from the top of a word. kPadding bytes after `end` may be
// read, and must be zero.
struct ScanBits {
  static constexpr std::size_t kPadding = 2048;

  std::uint64_t word = 0;
  std::uint64_t count = 0;  // Of valid bits in the word.
  const std::uint8_t* next = nullptr;
  const std::uint8_t* end = nullptr;

  // Whether more bits were used than the scan has. `next` may pass `end` by the unused bytes.
  bool overrun() const { return next - end > static_cast<std::ptrdiff_t>(count >> 3); }
  // Whole bytes that were not used.
  std::ptrdiff_t left_bytes() const { return end - next + static_cast<std::ptrdiff_t>(count >> 3); }
};

// Blocks that wait to be transformed together, as many as a vector holds. Coefficients are stored
// in rows, the rows of all blocks side by side; all are zero except those of waiting blocks.
struct BlockQueue {
  static constexpr int kMaxBlocks = 4;

  // Symbols that reach past a block's end are written after the last block.
  alignas(64) std::int16_t coefficients[64 * kMaxBlocks + 32] = {};
  std::uint8_t* targets[kMaxBlocks] = {};
  int waiting = 0;
  unsigned last = 0;  // The highest zigzag index of any waiting block's coefficients.
  // The bitwise or, over all blocks so far, of the first row times its quantization plus kMaxLevel.
  alignas(64) std::uint16_t levels[8 * kMaxBlocks] = {};
};

struct ScanComponent {
  const HuffmanTable* dc_table = nullptr;
  const HuffmanTable* ac_table = nullptr;
  int across = 1, down = 1;         // Blocks in an MCU.
  std::uint32_t dc = 0;             // Of the last block; modulo 2¹⁶, as libjpeg keeps it.
  std::uint8_t* samples = nullptr;  // Where the next MCU's samples go.
  std::size_t stride = 0;           // From one row of samples to the next.
  BlockQueue queue;
  // One row for each row of coefficients, once for each block that is transformed together.
  alignas(64) std::int16_t quantization[64 * BlockQueue::kMaxBlocks] = {};
};

struct Scan {
  ScanBits bits;
  int components = 0;
  ScanComponent component[4];
};

}  // namespace bobbin::core
