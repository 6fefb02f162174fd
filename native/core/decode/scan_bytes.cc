// Copies whole runs of bytes between two FFs.
#include "core/decode/scan_bytes.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include "core/decode/scan_index.h"
#include "core/kernels/scan.h"

namespace bobbin::core {
namespace {

// Copies bytes to `to`, without the zeros after FF, and advances it. Stops at `end` or a marker.
const std::uint8_t* copy_data(const std::uint8_t* from, const std::uint8_t* end,
                              std::uint8_t*& to) {
  for (;;) {
    const void* found = from < end ? std::memchr(from, 0xff, end - from) : nullptr;
    const std::uint8_t* marker = found ? static_cast<const std::uint8_t*>(found) : end;
    to = std::copy(from, marker, to);
    if (end - marker < 2 || marker[1] != 0) return marker;
    *to++ = 0xff;
    from = marker + 2;
  }
}

// The end of `count` bytes, not counting zeros after FF.
const std::uint8_t* skip_data(const std::uint8_t* from, std::size_t count) {
  while (const void* found = std::memchr(from, 0xff, count)) {
    const auto* marker = static_cast<const std::uint8_t*>(found);
    count -= marker + 1 - from;
    from = marker + 2;
  }
  return from + count;
}

// The marker that begins there, behind fill bytes; 0 if the scan ends before it.
int marker_at(const std::uint8_t*& from, const std::uint8_t* end) {
  from = std::find_if(from, end, [](std::uint8_t byte) { return byte != 0xff; });
  return from < end ? *from++ : 0;
}

}  // namespace

std::size_t ScanBytes::unstuff_intervals(std::span<const std::uint8_t> scan, std::size_t count) {
  intervals_.clear();
  const std::uint8_t* from = scan.data();
  const std::uint8_t* const end = from + scan.size();
  std::uint8_t* to = bytes_.reserve(scan.size() + ScanBits::kPadding);
  for (std::size_t begin = 0;;) {
    from = copy_data(from, end, to);
    const std::size_t here = to - bytes_.data();
    intervals_.push_back({std::exchange(begin, here), here});
    if (intervals_.size() == count) break;
    if (marker_at(from, end) != static_cast<int>(0xd0 + (intervals_.size() - 1) % 8)) break;
  }
  close(to);
  return intervals_.size();
}

bool ScanBytes::unstuff_rows(std::span<const std::uint8_t> scan, int top, int bottom,
                             std::span<const RowStart> starts) {
  rows_.resize(starts.size());
  std::uint8_t* to = bytes_.reserve(scan.size() + ScanBits::kPadding);
  const std::size_t behind = std::min<std::size_t>(bottom, starts.size());
  for (std::size_t y = std::min<std::size_t>(top, behind - 1); y < behind; ++y) {
    rows_[y] = to - bytes_.data();
    const std::size_t begin = starts[y].byte;
    if (y + 1 == starts.size()) {
      if (begin > scan.size()) return false;
      copy_data(scan.data() + begin, scan.data() + scan.size(), to);
      break;
    }
    const std::size_t end = starts[y + 1].byte;
    if (begin > end || end >= scan.size()) return false;
    if (copy_data(scan.data() + begin, scan.data() + end, to) != scan.data() + end) return false;
    // The row's last bits are in the byte where the next row begins.
    if (y + 1 == behind) *to++ = scan[end];
  }
  close(to);
  return true;
}

RowStart ScanBytes::add_row(std::span<const std::uint8_t> scan, const RowStart& last,
                            const ScanBits& bits) {
  const std::size_t bit = 8 * (bits.next - bytes_.data()) - bits.count;
  const std::uint8_t* byte = skip_data(scan.data() + last.byte, bit / 8 - rows_.back());
  rows_.push_back(bit / 8);
  return {static_cast<std::uint32_t>(byte - scan.data()), static_cast<std::uint16_t>(bit % 8), {}};
}

// Ends the copy at `to`, and adds the padding.
void ScanBytes::close(std::uint8_t* to) {
  end_ = to - bytes_.data();
  std::memset(to, 0, ScanBits::kPadding);
}

}  // namespace bobbin::core
