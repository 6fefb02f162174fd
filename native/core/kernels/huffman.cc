// Builds tables from single symbols, so that a file with tables of its own costs little.
#include "core/kernels/huffman.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

namespace bobbin::core {
namespace {

constexpr int kBits = HuffmanTable::kBits;
constexpr unsigned kEntries = HuffmanTable::kEntries;
using Symbol = HuffmanTable::Symbol;

// One AC symbol with its value.
struct Step {
  int advance = 0, length = 0, offset = 0, value = 0;
};
using Steps = std::array<Step, kEntries>;

// The signed value of `size` bits (ITU T.81, figure F.12).
int extend(unsigned bits, int size) {
  return static_cast<int>(bits) - ((bits >> (size - 1)) != 0 ? 0 : (1 << size) - 1);
}

void fill_heads(HuffmanTable& table) {
  int code = 0, index = 0;
  for (int length = 1; length <= 16; ++length) {
    table.first_symbols[length] = index - code;
    for (int i = 0; i < table.codes.counts[length]; ++i, ++code, ++index) {
      if (length > kBits) continue;
      const int spread = kBits - length;
      std::fill_n(table.heads + (code << spread), 1 << spread,
                  Symbol{table.codes.symbols[index], static_cast<std::uint8_t>(length)});
    }
    table.limits[length] = static_cast<std::uint32_t>(code) << (16 - length);
    code <<= 1;
  }
}

void fill_dc(HuffmanTable& table) {
  for (unsigned bits = 0; bits < kEntries; ++bits) {
    const auto [size, code_length] = table.heads[bits];
    const int length = code_length + size;
    if (code_length == 0 || length > kBits) continue;
    const unsigned value = (bits >> (kBits - length)) & ((1u << size) - 1);
    table.dc_entries[bits] = {static_cast<std::int16_t>(size > 0 ? extend(value, size) : 0),
                              static_cast<std::uint16_t>(length)};
  }
}

// Length 0 if the symbol and its value need more than these bits.
Step step(Symbol found, unsigned bits) {
  const int run = found.symbol >> 4, size = found.symbol & 15;
  const int length = found.length + size;
  if (found.length == 0 || length > kBits) return {};
  if (size > 0) {
    const unsigned value = (bits >> (kBits - length)) & ((1u << size) - 1);
    return {run + 1, length, run, extend(value, size)};
  }
  if (run == 15) return {16, length, 15, 0};
  return {HuffmanTable::kEndOfBlock, length, 0, 0};
}

Steps fill_steps(const HuffmanTable& table) {
  Steps steps;
  for (unsigned bits = 0; bits < kEntries; ++bits) steps[bits] = step(table.heads[bits], bits);
  return steps;
}

// Takes the symbols at the beginning of some bits one after the other, as long as they fit.
class Walk {
 public:
  Walk(const Steps& steps, unsigned bits) : steps_(steps), bits_(bits) {}

  // A step of length 0 if no other symbol fits or the block has ended.
  Step next() const {
    const Step found = steps_[(bits_ << length_) & (kEntries - 1)];
    if (advance_ >= HuffmanTable::kEndOfBlock || length_ + found.length > kBits) return {};
    // Runs that are longer than a block must not add up to the mark of its end.
    if (found.advance < HuffmanTable::kEndOfBlock && advance_ + found.advance > 63) return {};
    return found;
  }
  Step take() {
    const Step step = next();
    advance_ += step.advance;
    length_ += step.length;
    return step;
  }
  int advance() const { return length_ > 0 ? advance_ : HuffmanTable::kNone; }
  int length() const { return length_; }

 private:
  const Steps& steps_;
  unsigned bits_;
  int advance_ = 0, length_ = 0;
};

void fill_ac_pairs(HuffmanTable& table, const Steps& steps) {
  for (unsigned bits = 0; bits < kEntries; ++bits) {
    Walk walk(steps, bits);
    const Step one = walk.take(), two = walk.take();
    // The end of the block may still follow two coefficients.
    if (walk.next().advance == HuffmanTable::kEndOfBlock) walk.take();
    const int second = one.offset + 1 + two.offset;
    table.ac_pairs[bits] = HuffmanTable::AcPair(
        walk.length(), walk.advance(),
        {static_cast<std::uint8_t>(one.offset), static_cast<std::uint8_t>(second)},
        {static_cast<std::int16_t>(one.value), static_cast<std::int16_t>(two.value)});
  }
}

void fill_ac_skips(HuffmanTable& table, const Steps& steps) {
  for (unsigned bits = 0; bits < kEntries; ++bits) {
    Walk walk(steps, bits);
    while (walk.take().length > 0) continue;
    table.ac_skips[bits] = static_cast<std::uint16_t>(walk.advance() << 8 | walk.length());
  }
}

}  // namespace

bool HuffmanTable::valid(const HuffmanCodes& codes, Use use) {
  int code = 0, total = 0;
  for (int length = 1; length <= 16; ++length) {
    code = (code << 1) + codes.counts[length];
    total += codes.counts[length];
    if (code >= 1 << length && codes.counts[length] > 0) return false;
  }
  if (total == 0 || total > 256) return false;
  return std::all_of(codes.symbols.begin(), codes.symbols.begin() + total, [&](int symbol) {
    if (use == Use::kDc) return symbol <= kMaxDcSize;
    const int run = symbol >> 4, size = symbol & 15;
    // Runs 1…14 without a value occur in progressive files only.
    return size > 0 ? size <= kMaxAcSize : run == 0 || run == 15;
  });
}

HuffmanTable::HuffmanTable(const HuffmanCodes& given, Use use) : codes(given) {
  std::copy(given.symbols.begin(), given.symbols.end(), symbols);
  fill_heads(*this);
  if (use == Use::kDc) {
    fill_dc(*this);
  } else {
    const Steps steps = fill_steps(*this);
    fill_ac_pairs(*this, steps);
    fill_ac_skips(*this, steps);
  }
}

const HuffmanTable* HuffmanCache::table(const HuffmanCodes& codes) {
  const auto found = std::find_if(tables_.begin(), tables_.end(),
                                  [&](const auto& table) { return table->codes == codes; });
  if (found != tables_.end()) {
    std::rotate(tables_.begin(), found, found + 1);
    return tables_.front().get();
  }
  if (!HuffmanTable::valid(codes, use_)) return nullptr;
  if (tables_.size() == kCapacity) tables_.pop_back();
  tables_.insert(tables_.begin(), std::make_unique<HuffmanTable>(codes, use_));
  return tables_.front().get();
}

}  // namespace bobbin::core
