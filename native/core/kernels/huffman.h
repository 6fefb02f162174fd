// Tables that decode the Huffman codes of baseline JPEG several bits at a time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace bobbin::core {

// A table as the file defines it: how many codes have each length (1…16), and their symbols.
struct HuffmanCodes {
  std::array<std::uint8_t, 17> counts{};
  std::array<std::uint8_t, 256> symbols{};
  bool operator==(const HuffmanCodes&) const = default;
};

// The meaning of a scan's next bits. An entry's length is 0 if its code and value need more bits:
// then limits and symbols decide. These are plain arrays, because the kernels must not share any
// function with other code (kernels.h says why).
struct HuffmanTable {
  // Of a block's first coefficient (DC), or of the other 63 (AC).
  enum class Use { kDc, kAc };
  // At this size the tables of a scan take 24 KB of the L1 cache. One bit more saves 3 % of the
  // decoder's instructions, but doubles the size.
  static constexpr int kBits = 10;
  static constexpr int kEntries = 1 << kBits;
  // Added to an advance by the end-of-block symbol.
  static constexpr int kEndOfBlock = 128;
  // The advance if not even one symbol and its value fit: an index at which no block can end.
  static constexpr int kNone = 255;

  // A code's symbol; length 0 if no code is that short.
  struct Symbol {
    std::uint8_t symbol, length;
  };
  // A DC coefficient's difference from the block before, and the length of its code and value.
  struct DcEntry {
    std::int16_t difference;
    std::uint16_t length;
  };
  // Up to two AC coefficients, and the end of the block after them, in one word: its lowest bits
  // hold the length, so that a shift by the word is a shift by the length. Offsets are relative to
  // the index of the next coefficient. If there is only one coefficient, the second value is a zero
  // after it.
  struct AcPair {
    std::uint64_t word = 0;

    AcPair() = default;
    AcPair(int length, int advance, const std::uint8_t (&offsets)[2],
           const std::int16_t (&values)[2])
        : word(static_cast<std::uint64_t>(length) | static_cast<std::uint64_t>(advance) << 8 |
               static_cast<std::uint64_t>(offsets[0]) << 16 |
               static_cast<std::uint64_t>(offsets[1]) << 24 |
               static_cast<std::uint64_t>(static_cast<std::uint16_t>(values[0])) << 32 |
               static_cast<std::uint64_t>(static_cast<std::uint16_t>(values[1])) << 48) {}
  };

  HuffmanCodes codes;
  Symbol heads[kEntries] = {};            // The first code, even if its value does not fit.
  DcEntry dc_entries[kEntries] = {};      // In a table for DC.
  AcPair ac_pairs[kEntries] = {};         // In a table for AC, as is the next.
  std::uint16_t ac_skips[kEntries] = {};  // As many symbols as fit: advance << 8 | length.
  std::uint32_t limits[17] = {};          // The first 16-bit word after the codes of each length.
  std::int32_t first_symbols[17] = {};    // Index of a length's symbols, less its first code.
  std::uint8_t symbols[256] = {};

  // The codes must make sense: see `valid`.
  HuffmanTable(const HuffmanCodes& codes, Use use);

  // The most bits of a value in an 8-bit file (ITU T.81, tables F.1 and F.2).
  static constexpr int kMaxDcSize = 11, kMaxAcSize = 10;
  // Whether the codes fit into their lengths, no code is all ones (libjpeg demands the same), and
  // each symbol is one of a sequential 8-bit file.
  static bool valid(const HuffmanCodes& codes, Use use);
};

// Keeps tables of one use from file to file: most files of a data set have the same tables.
class HuffmanCache {
 public:
  explicit HuffmanCache(HuffmanTable::Use use) : use_(use) {}

  // Null if the codes are not valid. The table lives until eight others have been requested.
  const HuffmanTable* table(const HuffmanCodes& codes);

 private:
  static constexpr std::size_t kCapacity = 8;
  HuffmanTable::Use use_;
  std::vector<std::unique_ptr<HuffmanTable>> tables_;  // The most recently used comes first.
};

}  // namespace bobbin::core
