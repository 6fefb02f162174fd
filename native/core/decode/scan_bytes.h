// A scan's bytes as its codes continue in them: without the zeros after FF and without markers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/scratch.h"
#include "core/decode/scan_index.h"
#include "core/kernels/scan.h"

namespace bobbin::core {

// Belongs to one thread; keeps its memory from scan to scan. It holds either restart intervals or,
// of a scan without restarts, rows of MCUs.
class ScanBytes {
 public:
  // Copies the scan's first `count` restart intervals; the last one ends at any marker. Returns how
  // many there are before a marker that is not the next restart: `count` if all are there.
  std::size_t unstuff_intervals(std::span<const std::uint8_t> scan, std::size_t count);

  // Copies those rows from `top` to `bottom` whose starts are known, or else the last known one.
  // Its copy goes on to the scan's end. False if the starts are not in order.
  bool unstuff_rows(std::span<const std::uint8_t> scan, int top, int bottom,
                    std::span<const RowStart> starts);

  // The bits of interval i.
  ScanBits interval(std::size_t i) const {
    const auto [begin, end] = intervals_[i];
    return {0, 0, bytes_.data() + begin, bytes_.data() + end};
  }

  // The bits from row y on, one of the copied rows; `start` is its start.
  ScanBits row(std::size_t y, const RowStart& start) const {
    const unsigned bit = start.bit % 8;
    const std::uint8_t* byte = bytes_.data() + rows_[y];
    return {std::uint64_t{*byte} << (56 + bit), 8 - bit, byte + 1, bytes_.data() + end_};
  }

  // The start of the row behind the last known one, at the next of `bits`; without coefficients.
  // `last` is the start of the last known row. From now on that row is known, too.
  RowStart add_row(std::span<const std::uint8_t> scan, const RowStart& last, const ScanBits& bits);

 private:
  // Positions in `bytes_`.
  struct Interval {
    std::size_t begin, end;
  };

  void close(std::uint8_t* to);

  Scratch bytes_;        // The copy, and zeros behind it.
  std::size_t end_ = 0;  // Where the zeros begin.
  std::vector<Interval> intervals_;
  std::vector<std::size_t> rows_;  // Where the known rows begin in `bytes_`.
};

}  // namespace bobbin::core
