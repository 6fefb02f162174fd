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

// What the next bits of a scan say. An entry's length is 0 if its code and value need more bits:
// then limits and symbols decide. Plain arrays, because the kernels may share no function with
// others.
struct HuffmanTable {
  // Of a block's first coefficient, its mean, or of the others.
  enum class Use { kMeans, kCoefficients };
  // The tables of a scan then take 24 KB of the innermost cache. One bit more would spare 3 % of
  // the decoder's instructions for twice as much.
  static constexpr int kBits = 10;
  static constexpr int kEntries = 1 << kBits;
  // Added to an advance by the end-of-block symbol.
  static constexpr int kEndOfBlock = 128;
  // The advance if not even one symbol and its value fit; it leads where no block ends.
  static constexpr int kNone = 255;

  // What a code stands for; length 0 if there is none that short.
  struct Symbol {
    std::uint8_t symbol, length;
  };
  // A mean's difference, with the length of its code and value.
  struct Mean {
    std::int16_t difference;
    std::uint16_t length;
  };
  // Up to two coefficients, and the block's end behind them, in one word, so that a shift by it is
  // a shift by its length. Offsets are relative to the index of the next coefficient; with one
  // coefficient only, the second value is a zero behind it.
  struct Pair {
    std::uint64_t word = 0;

    Pair() = default;
    Pair(int length, int advance, const std::uint8_t (&offsets)[2], const std::int16_t (&values)[2])
        : word(static_cast<std::uint64_t>(length) | static_cast<std::uint64_t>(advance) << 8 |
               static_cast<std::uint64_t>(offsets[0]) << 16 |
               static_cast<std::uint64_t>(offsets[1]) << 24 |
               static_cast<std::uint64_t>(static_cast<std::uint16_t>(values[0])) << 32 |
               static_cast<std::uint64_t>(static_cast<std::uint16_t>(values[1])) << 48) {}
  };

  HuffmanCodes codes;
  Symbol heads[kEntries] = {};  // The first code, whether its value fits or not.
  Mean means[kEntries] = {};
  Pair pairs[kEntries] = {};
  std::uint16_t skips[kEntries] = {};   // As many symbols as fit: advance << 8 | length.
  std::uint32_t limits[17] = {};        // The first 16-bit word behind the codes of each length.
  std::int32_t first_symbols[17] = {};  // Index of a length's symbols, less its first code.
  std::uint8_t symbols[256] = {};

  // The codes must make sense: see `valid`.
  HuffmanTable(const HuffmanCodes& codes, Use use);

  // Whether the codes fit into their lengths, no code is all ones, and no mean has more than 15
  // bits, as libjpeg demands too.
  static bool valid(const HuffmanCodes& codes, Use use);
};

// Keeps tables of one use from file to file: most files of a data set share theirs.
class HuffmanCache {
 public:
  explicit HuffmanCache(HuffmanTable::Use use) : use_(use) {}

  // Null if the codes are not valid. The table lives until eight others were asked for.
  const HuffmanTable* table(const HuffmanCodes& codes);

 private:
  static constexpr std::size_t kCapacity = 8;
  HuffmanTable::Use use_;
  std::vector<std::unique_ptr<HuffmanTable>> tables_;  // The latest used comes first.
};

}  // namespace bobbin::core
