// From the bits of a scan to samples: Huffman codes, then blocks as they fill a vector.
#include "core/kernels/scan.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/kernels/huffman.h"
#include "core/kernels/kernels.h"
#include "core/kernels/simd/idct.h"
#include "core/kernels/simd/table.h"
#include "core/kernels/simd/vectors.h"

namespace bobbin::core::BOBBIN_ISA {
namespace {

constexpr unsigned kBits = HuffmanTable::kBits, kEndOfBlock = HuffmanTable::kEndOfBlock;
// The fewest bits after a refill, and the most bits of a code and its value.
constexpr unsigned kRefilled = 56, kSymbolBits = 16 + HuffmanTable::kMaxDcSize;
// No picture exceeds this. Beyond it, libjpeg-turbo's shortcuts differ from its transform: four
// times a coefficient that is alone in its column must fit into 16 bits.
constexpr int kMaxLevel = 8192;
// The last zigzag index of the upper left quarter's triangle.
constexpr int kFewCoefficients = 9;

constexpr std::uint8_t kZigzag[64] = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

// From a zigzag index to an offset among the rows of `lanes` blocks. An index may pass the block's
// end before that is noticed.
template <int lanes>
struct Offsets {
  std::uint16_t of[128];
  constexpr Offsets() : of() {
    for (int i = 0; i < 128; ++i) {
      const int offset = i < 64 ? kZigzag[i] / 8 * 8 * lanes + kZigzag[i] % 8 : 64 * lanes;
      of[i] = static_cast<std::uint16_t>(offset);
    }
  }
};
template <int lanes>
constexpr Offsets<lanes> kOffsets;

// Any symbol, from its code's first 16 bits; length 0 if no code begins with them. Takes the bits
// by value, so that a reader's state stays in registers.
[[gnu::noinline]] HuffmanTable::Symbol find_symbol(const HuffmanTable& table, unsigned bits16) {
  const HuffmanTable::Symbol head = table.heads[bits16 >> (16 - kBits)];
  if (head.length > 0) return head;
  for (int length = kBits + 1; length <= 16; ++length) {
    if (bits16 >= table.limits[length]) continue;
    const int index = table.first_symbols[length] + static_cast<int>(bits16 >> (16 - length));
    return {table.symbols[index], static_cast<std::uint8_t>(length)};
  }
  return {0, 0};
}

// A copy of the scan's bits, so that they stay in registers.
struct Reader : ScanBits {
  explicit Reader(const ScanBits& bits) : ScanBits(bits) {}

  // Leaves at least `kRefilled` bits.
  BOBBIN_INLINE void refill() {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, next, sizeof bytes);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    bytes = __builtin_bswap64(bytes);
#endif
    word |= bytes >> count;
    next += (63 - count) >> 3;
    count |= 56;
  }
  BOBBIN_INLINE unsigned peek(unsigned bits) const {
    return static_cast<unsigned>(word >> (64 - bits));
  }
  BOBBIN_INLINE void drop(unsigned bits) {
    word <<= bits;
    count -= bits;
  }
  // A value of 1…11 bits (ITU T.81, figure F.12).
  BOBBIN_INLINE int value(unsigned size) {
    const unsigned bits = peek(size);
    drop(size);
    return static_cast<int>(bits) - ((bits >> (size - 1)) != 0 ? 0 : (1 << size) - 1);
  }

  // Adds a DC coefficient's difference to the last block's `dc`; needs a refill before.
  BOBBIN_INLINE bool add_dc(const HuffmanTable& table, std::uint32_t& dc) {
    const HuffmanTable::DcEntry entry = table.dc_entries[peek(kBits)];
    if (entry.length != 0) [[likely]] {
      drop(entry.length);
      dc += static_cast<std::uint32_t>(entry.difference);
      return true;
    }
    const auto [size, length] = find_symbol(table, peek(16));
    if (length == 0) return false;
    drop(length);
    if (size > 0) dc += static_cast<std::uint32_t>(value(size));
    return true;
  }

  // One AC symbol, for coefficients from index k on; at the block's end k is 64 or above. False if
  // it is invalid.
  template <typename Put>
  BOBBIN_INLINE bool symbol(const HuffmanTable& table, unsigned& k, const Put& put) {
    refill();
    const auto [symbol, length] = find_symbol(table, peek(16));
    const unsigned run = symbol >> 4, size = symbol & 15u;
    if (length == 0) return false;
    drop(length);
    if (size == 0) {
      k += run == 15 ? 16 : kEndOfBlock;
      return k <= 64 || run == 0;
    }
    k += run;
    if (k > 63) return false;
    put(k++, value(size));
    return true;
  }

  // Calls `look` with the next bits for AC coefficients from index 1 on, until the block's end. It
  // returns how far they lead, as advance << 8 | length. Returns the index after the last
  // coefficient, or 0 if the scan is invalid. The bits that a DC coefficient leaves of a refill
  // must be unused.
  template <typename Look, typename Put>
  BOBBIN_INLINE unsigned block(const HuffmanTable& table, const Look& look, const Put& put) {
    unsigned k = 1, before = 1;
    std::uint64_t word_before = 0, count_before = 0;
    const auto step = [&]() __attribute__((always_inline)) {
      const std::uint64_t entry = look(k, peek(kBits));
      before = k, word_before = word, count_before = count;
      k += static_cast<std::uint8_t>(entry >> 8);
      word <<= entry & 63;
      count -= static_cast<std::uint8_t>(entry);
      return k < 64;
    };
    for (;;) {
      // After a symbol, a refill has enough bits left for two looks; a whole refill has for five.
      static_assert(2 * kBits <= kRefilled - kSymbolBits && 5 * kBits <= kRefilled);
      if (step() && step()) {
        do refill();
        while (step() && step() && step() && step() && step());
      }
      if (ends(k)) break;
      // No symbol was found, or the last one belongs to the next block.
      k = before, word = word_before, count = count_before;
      if (!symbol(table, k, put)) return 0;
      if (k >= 64) break;
    }
    return behind(k);
  }

  // Whether a block ends there: at its last coefficient or at an end-of-block symbol.
  BOBBIN_INLINE static bool ends(unsigned k) { return k == 64 || k - kEndOfBlock - 1 < 63; }
  // The index after the last coefficient of a block that has ended.
  BOBBIN_INLINE static unsigned behind(unsigned k) { return k == 64 ? 64 : k - kEndOfBlock; }
};

// A block's AC coefficients; see Reader::block.
template <int lanes>
BOBBIN_INLINE unsigned read_block(Reader& reader, const HuffmanTable& table, std::int16_t* block) {
  const std::uint16_t* offsets = kOffsets<lanes>.of;
  const auto put = [=](unsigned k, int value) {
    block[offsets[k]] = static_cast<std::int16_t>(value);
  };
  const auto look = [&](unsigned k, unsigned bits) {
    const std::uint64_t entry = table.ac_pairs[bits].word;
    const std::uint16_t* from = offsets + k;
    const auto runs = static_cast<unsigned>(entry >> 16);
    block[from[runs & 0xff]] = static_cast<std::int16_t>(entry >> 32);
    block[from[runs >> 8 & 0xff]] = static_cast<std::int16_t>(entry >> 48);
    return entry;
  };
  return reader.block(table, look, put);
}

BOBBIN_INLINE unsigned skip_block(Reader& reader, const HuffmanTable& table) {
  const auto look = [&](unsigned, unsigned bits) -> std::uint64_t { return table.ac_skips[bits]; };
  return reader.block(table, look, [](unsigned, int) {});
}

// Transforms and stores the waiting blocks, and leaves zeros.
[[gnu::noinline]] void flush(ScanComponent& component) {
  BlockQueue& queue = component.queue;
  if (queue.waiting == 0) return;
  std::int16_t* coefficients = queue.coefficients;
  const Words levels = load<Words>(coefficients) * load<Words>(component.quantization) + kMaxLevel;
  Bytes rows[4];
  if (queue.last <= kFewCoefficients) {
    inverse_transform<true>(coefficients, component.quantization, rows);
  } else {
    inverse_transform<false>(coefficients, component.quantization, rows);
  }
  store(queue.levels, load<Words>(queue.levels) | levels);
  for (int i = 0; i < 8; ++i) store(coefficients + 8 * kLanes * i, Words{});
  // Missing blocks are written where the first block goes, which is written last.
  for (int block = queue.waiting; block < kLanes; ++block) queue.targets[block] = queue.targets[0];
  for (int block = kLanes - 1; block >= 0; --block) {
    std::uint8_t* to = queue.targets[block];
    for (int row = 0; row < 8; ++row, to += component.stride) {
      store_eight(to, rows[row / 2], 2 * block + row % 2);
    }
  }
  queue.waiting = 0;
  queue.last = 0;
}

// Whether all that was transformed kept to kMaxLevel.
BOBBIN_INLINE bool sane(const BlockQueue& queue) {
  unsigned levels = 0;
  for (int i = 0; i < 8 * kLanes; ++i) levels |= queue.levels[i];
  return levels < 2 * kMaxLevel;
}

// A block with only a DC coefficient, rounded as in the transform's second pass.
BOBBIN_INLINE void fill(int level, std::uint8_t* to, std::size_t stride) {
  const int sample = ((4 * level + 16) >> 5) + 128;
  const std::uint8_t byte = static_cast<std::uint8_t>(sample < 0 ? 0 : sample > 255 ? 255 : sample);
  for (int row = 0; row < 8; ++row, to += stride) std::memset(to, byte, 8);
}

BOBBIN_INLINE bool decode_block(Reader& reader, ScanComponent& component, std::uint8_t* to) {
  BlockQueue& queue = component.queue;
  std::int16_t* block = queue.coefficients + 8 * queue.waiting;
  reader.refill();
  if (!reader.add_dc(*component.dc_table, component.dc)) return false;
  const unsigned behind = read_block<kLanes>(reader, *component.ac_table, block);
  if (behind == 0) return false;
  const auto dc = static_cast<std::int16_t>(component.dc);
  const int level = dc * component.quantization[0];
  if (level < -kMaxLevel || level >= kMaxLevel) [[unlikely]]
    return false;
  if (behind == 1) {
    fill(level, to, component.stride);
    return true;
  }
  block[0] = dc;
  queue.targets[queue.waiting] = to;
  queue.last = queue.last < behind - 1 ? behind - 1 : queue.last;
  if (++queue.waiting == kLanes) flush(component);
  return true;
}

// A component's blocks in one MCU.
BOBBIN_INLINE bool decode_blocks(Reader& reader, ScanComponent& component) {
  for (int j = 0; j < component.down; ++j) {
    std::uint8_t* to = component.samples + 8 * j * component.stride;
    for (int i = 0; i < component.across; ++i, to += 8) {
      if (!decode_block(reader, component, to)) return false;
    }
  }
  component.samples += 8 * component.across;
  return true;
}

BOBBIN_INLINE bool skip_blocks(Reader& reader, ScanComponent& component) {
  for (int i = 0; i < component.across * component.down; ++i) {
    reader.refill();
    if (!reader.add_dc(*component.dc_table, component.dc)) return false;
    if (skip_block(reader, *component.ac_table) == 0) return false;
  }
  return true;
}

BOBBIN_INLINE bool read_blocks(Reader& reader, Scan& scan, std::int16_t* blocks) {
  for (int c = 0; c < scan.components; ++c) {
    ScanComponent& component = scan.component[c];
    for (int i = 0; i < component.across * component.down; ++i, blocks += kBlockWords) {
      std::memset(blocks, 0, kBlockWords * sizeof *blocks);
      reader.refill();
      if (!reader.add_dc(*component.dc_table, component.dc)) return false;
      if (read_block<1>(reader, *component.ac_table, blocks) == 0) return false;
      blocks[0] = static_cast<std::int16_t>(component.dc);
    }
  }
  return true;
}

}  // namespace

bool decode_mcus(Scan& scan, int count) {
  Reader reader(scan.bits);
  for (int mcu = 0; mcu < count; ++mcu) {
    for (int c = 0; c < scan.components; ++c) {
      if (!decode_blocks(reader, scan.component[c])) return false;
    }
    if (reader.overrun()) return false;
  }
  scan.bits = reader;
  bool all_sane = true;
  for (int c = 0; c < scan.components; ++c) {
    flush(scan.component[c]);
    all_sane = all_sane && sane(scan.component[c].queue);
  }
  return all_sane;
}

bool skip_mcus(Scan& scan, int count) {
  Reader reader(scan.bits);
  for (int mcu = 0; mcu < count; ++mcu) {
    for (int c = 0; c < scan.components; ++c) {
      if (!skip_blocks(reader, scan.component[c])) return false;
    }
    if (reader.overrun()) return false;
  }
  scan.bits = reader;
  return true;
}

bool read_mcu(Scan& scan, std::int16_t* blocks) {
  Reader reader(scan.bits);
  const bool sound = read_blocks(reader, scan, blocks);
  scan.bits = reader;
  return sound && !reader.overrun();
}

}  // namespace bobbin::core::BOBBIN_ISA
