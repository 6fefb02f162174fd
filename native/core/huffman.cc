// Tables are composed from single symbols, so that a file with tables of its own costs little.
#include "core/huffman.h"

#include <algorithm>

namespace bobbin::core {
namespace {

constexpr int kBits = HuffmanTable::kBits;
constexpr unsigned kEntries = HuffmanTable::kEntries;
using Symbol = HuffmanTable::Symbol;

// One symbol with its value.
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

void fill_means(HuffmanTable& table) {
  for (unsigned bits = 0; bits < kEntries; ++bits) {
    const auto [size, code_length] = table.heads[bits];
    const int length = code_length + size;
    if (code_length == 0 || length > kBits) continue;
    const unsigned value = (bits >> (kBits - length)) & ((1u << size) - 1);
    table.means[bits] = {static_cast<std::int16_t>(size > 0 ? extend(value, size) : 0),
                         static_cast<std::uint16_t>(length)};
  }
}

// Length 0 if the symbol and its value need more than these bits.
Step step(Symbol found, unsigned bits) {
  const int run = found.symbol >> 4, size = found.symbol & 15;
  const int length = found.length + size;
  if (found.length == 0 || length > kBits || size > 10) return {};
  if (size > 0) {
    const unsigned value = (bits >> (kBits - length)) & ((1u << size) - 1);
    return {run + 1, length, run, extend(value, size)};
  }
  if (run == 15) return {16, length, 15, 0};
  // Runs 1…14 without a value belong to progressive files; the caller gives up on them.
  if (run > 0) return {};
  return {HuffmanTable::kEndOfBlock, length, 0, 0};
}

Steps fill_steps(const HuffmanTable& table) {
  Steps steps;
  for (unsigned bits = 0; bits < kEntries; ++bits) steps[bits] = step(table.heads[bits], bits);
  return steps;
}

void fill_pairs(HuffmanTable& table, const Steps& steps) {
  for (unsigned bits = 0; bits < kEntries; ++bits) {
    int advance = 0, length = 0;
    // Nothing for a step that does not fit, or comes behind the block's end.
    const auto next = [&] {
      Step found = steps[(bits << length) & (kEntries - 1)];
      if (advance >= HuffmanTable::kEndOfBlock || length + found.length > kBits) found = {};
      return found;
    };
    const auto add = [&](const Step& step) {
      advance += step.advance;
      length += step.length;
      return step;
    };
    const Step one = add(next()), two = add(next());
    // What follows two coefficients may still be the end.
    if (const Step end = next(); end.advance == HuffmanTable::kEndOfBlock) add(end);
    const int second = one.offset + 1 + two.offset;
    table.pairs[bits] = HuffmanTable::Pair(
        length, length > 0 ? advance : HuffmanTable::kNone,
        {static_cast<std::uint8_t>(one.offset), static_cast<std::uint8_t>(second)},
        {static_cast<std::int16_t>(one.value), static_cast<std::int16_t>(two.value)});
  }
}

void fill_skips(HuffmanTable& table, const Steps& steps) {
  for (unsigned bits = 0; bits < kEntries; ++bits) {
    int advance = 0, length = 0;
    while (advance < HuffmanTable::kEndOfBlock) {
      const Step next = steps[(bits << length) & (kEntries - 1)];
      if (next.length == 0 || length + next.length > kBits) break;
      // More runs than a block holds must not add up to what says that it ends.
      if (next.advance < HuffmanTable::kEndOfBlock && advance + next.advance > 63) break;
      advance += next.advance;
      length += next.length;
    }
    if (length == 0) advance = HuffmanTable::kNone;
    table.skips[bits] = static_cast<std::uint16_t>(advance << 8 | length);
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
  return use != Use::kMeans || std::all_of(codes.symbols.begin(), codes.symbols.begin() + total,
                                           [](int symbol) { return symbol <= 15; });
}

HuffmanTable::HuffmanTable(const HuffmanCodes& given, Use use) : codes(given) {
  std::copy(given.symbols.begin(), given.symbols.end(), symbols);
  fill_heads(*this);
  if (use == Use::kMeans) {
    fill_means(*this);
  } else {
    const Steps steps = fill_steps(*this);
    fill_pairs(*this, steps);
    fill_skips(*this, steps);
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
