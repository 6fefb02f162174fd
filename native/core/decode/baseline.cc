// Finds the wanted restart intervals and rows; the kernels decode them.
#include "core/decode/baseline.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/image.h"
#include "core/decode/scan_index.h"
#include "core/kernels/kernels.h"
#include "core/kernels/scan.h"

namespace bobbin::core {
namespace {

constexpr std::size_t kMcuWords = std::size_t{BaselineFrame::kMaxBlocks} * kBlockWords;

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

// Some encoders fill an interval with whole bytes of zeros or ones.
bool is_padding(const std::uint8_t* from, const std::uint8_t* end) {
  return from == end ||
         ((*from == 0 || *from == 0xff) && std::count(from, end, *from) == end - from);
}

ImageError damage(const BaselineFrame& frame, std::int64_t mcu_row, const std::string& fault) {
  const std::int64_t top = mcu_row * frame.mcu_height();
  const std::int64_t bottom = std::min<std::int64_t>(top + frame.mcu_height(), frame.height) - 1;
  return ImageError("damaged JPEG: " + fault + " in MCU row " + std::to_string(mcu_row + 1) +
                    " of " + std::to_string(frame.mcus_down()) + ", pixel rows " +
                    std::to_string(top) + " to " + std::to_string(bottom));
}

}  // namespace

bool BaselineDecoder::prepare(const BaselineFrame& frame) {
  scan_->components = frame.components;
  const int lanes = kernels_.lanes;
  for (int c = 0; c < frame.components; ++c) {
    const BaselineFrame::Component& from = frame.component[c];
    ScanComponent& to = scan_->component[c];
    to.dc_table = dc_tables_.table(from.dc_codes);
    to.ac_table = ac_tables_.table(from.ac_codes);
    if (!to.dc_table || !to.ac_table) return false;
    to.across = from.across;
    to.down = from.down;
    // A file that was given up may have left blocks there.
    to.queue = {};
    std::int16_t* row = to.quantization;
    for (int i = 0; i < 8 * lanes; ++i, row += 8) {
      std::copy_n(from.quantization.begin() + std::ptrdiff_t{8} * (i / lanes), 8, row);
    }
  }
  // RowStart::byte has 32 bits.
  return frame.scan.size() <= std::numeric_limits<std::uint32_t>::max();
}

// Ends the copy at `to`, and adds the padding.
void BaselineDecoder::close_bytes(std::uint8_t* to) {
  end_ = to - bytes_.data();
  std::memset(to, 0, ScanBits::kPadding);
}

// Copies the scan's first intervals without the zeros after FF, and notes where they begin and end.
// The last one ends at any marker.
void BaselineDecoder::unstuff_intervals(const BaselineFrame& frame, std::size_t intervals) {
  segments_.clear();
  const std::uint8_t* from = frame.scan.data();
  const std::uint8_t* const end = from + frame.scan.size();
  std::uint8_t* to = bytes_.data();
  for (std::size_t begin = 0;;) {
    from = copy_data(from, end, to);
    const std::size_t here = to - bytes_.data();
    segments_.push_back({std::exchange(begin, here), here});
    if (segments_.size() == intervals) break;
    if (marker_at(from, end) != static_cast<int>(0xd0 + (segments_.size() - 1) % 8)) {
      const auto mcu = static_cast<std::int64_t>(segments_.size()) * frame.restart_interval;
      throw damage(frame, mcu / frame.mcus_across(), "missing restart marker");
    }
  }
  close_bytes(to);
}

BaselineDecoder::Mcus::Run BaselineDecoder::Mcus::run_from(std::int64_t mcu,
                                                           std::int64_t across) const {
  const int x = static_cast<int>(mcu % across), y = static_cast<int>(mcu / across);
  const bool inside = y >= top && x >= left && x < right;
  std::int64_t end = y * across + (inside ? right : left);
  if (!inside && (y < top || x >= right)) {
    end = std::max<std::int64_t>(y + 1, top) * across + left;
  }
  return {x, y, inside, end};
}

// Reads `count` MCUs of row y.
template <typename Read>
void BaselineDecoder::read(const BaselineFrame& frame, int y, int count, const Read& read) {
  const ScanBits begin = scan_->bits;
  if (!read()) throw damage(frame, y, find_fault(begin, count));
}

void BaselineDecoder::skip(const BaselineFrame& frame, int y, int count) {
  read(frame, y, count, [&] { return kernels_.skip_mcus(*scan_, count); });
}

// What a kernel refused in `count` MCUs from `begin` on. Reads them one by one, so that the answer
// is the same for all kernels.
const char* BaselineDecoder::find_fault(const ScanBits& begin, int count) {
  std::array<std::int16_t, kMcuWords> blocks;
  scan_->bits = begin;
  for (int mcu = 0; mcu < count; ++mcu) {
    if (kernels_.read_mcu(*scan_, blocks.data())) continue;
    return scan_->bits.overrun() ? "data ends too early" : "invalid code";
  }
  return "a level that no picture has";
}

// Decodes the intervals that hold `wanted`: calls decode(x, y, count) for the wanted MCUs of each
// row, and skips those around them.
template <typename Decode>
void BaselineDecoder::walk_intervals(const BaselineFrame& frame, const Mcus& wanted,
                                     const Decode& decode) {
  const std::int64_t across = frame.mcus_across();
  const std::int64_t interval = frame.restart_interval;
  const std::int64_t first = wanted.top * across + wanted.left;
  const std::int64_t behind = (wanted.bottom - 1) * across + wanted.right;
  for (std::int64_t segment = first / interval; segment * interval < behind; ++segment) {
    const auto [begin, end] = segments_[segment];
    scan_->bits = {0, 0, bytes_.data() + begin, bytes_.data() + end};
    for (ScanComponent& component : scan_->component) component.dc = 0;
    const std::int64_t stop = std::min((segment + 1) * interval, behind);
    for (std::int64_t mcu = segment * interval; mcu < stop;) {
      const Mcus::Run run = wanted.run_from(mcu, across);
      const int count = static_cast<int>(std::min(run.end, stop) - mcu);
      if (run.inside) {
        read(frame, run.y, count, [&] { return decode(run.x, run.y, count); });
      } else {
        skip(frame, run.y, count);
      }
      mcu += count;
    }
    // Behind the scan's last interval, many sound files have bytes of no use.
    const bool ends = stop == (segment + 1) * interval && stop < across * frame.mcus_down();
    const std::uint8_t* const last = bytes_.data() + end;
    if (ends && !is_padding(last - scan_->bits.left_bytes(), last)) {
      throw damage(frame, (stop - 1) / across, "too much data before a restart marker");
    }
  }
}

// Copies the rows from the last known one above `wanted` on, without the zeros after FF, and notes
// where the known rows begin. False if the starts are not in order.
bool BaselineDecoder::unstuff_rows(std::span<const std::uint8_t> scan, const Mcus& wanted,
                                   std::span<const RowStart> starts) {
  begins_.resize(starts.size());
  std::uint8_t* to = bytes_.data();
  const std::size_t behind = std::min<std::size_t>(wanted.bottom, starts.size());
  for (std::size_t y = std::min<std::size_t>(wanted.top, behind - 1); y < behind; ++y) {
    begins_[y] = to - bytes_.data();
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
  close_bytes(to);
  return true;
}

// Decodes a scan without restarts row by row: jumps to a row whose start is known, and skips from
// the row before to any other.
template <typename Decode>
void BaselineDecoder::walk_rows(const BaselineFrame& frame, const Mcus& wanted,
                                std::vector<RowStart>& starts, const Decode& decode) {
  const auto rows = [&] { return static_cast<int>(starts.size()); };
  for (int y = std::min(wanted.top, rows() - 1); y < wanted.bottom; ++y) {
    begin_row(y, frame.scan, starts);
    const bool inside = y >= wanted.top;
    if (inside) {
      const int count = wanted.right - wanted.left;
      skip(frame, y, wanted.left);
      read(frame, y, count, [&] { return decode(wanted.left, y, count); });
    }
    if (y + 1 < rows() || y + 1 == wanted.bottom) continue;
    skip(frame, y, frame.mcus_across() - (inside ? wanted.right : 0));
  }
}

void BaselineDecoder::begin_row(int y, std::span<const std::uint8_t> scan,
                                std::vector<RowStart>& starts) {
  if (y == static_cast<int>(starts.size())) {
    add_start(scan, starts);
  } else {
    go_to(starts[y], begins_[y]);
  }
}

void BaselineDecoder::go_to(const RowStart& start, std::size_t begin) {
  const unsigned bit = start.bit % 8;
  const std::uint8_t* byte = bytes_.data() + begin;
  scan_->bits = {std::uint64_t{*byte} << (56 + bit), 8 - bit, byte + 1, bytes_.data() + end_};
  // A fourth component has no known rows, only the first.
  scan_->component[3].dc = 0;
  for (int c = 0; c < 3; ++c) scan_->component[c].dc = start.dc[c];
}

// The row after the last known one begins at the next bit.
void BaselineDecoder::add_start(std::span<const std::uint8_t> scan, std::vector<RowStart>& starts) {
  const ScanBits& bits = scan_->bits;
  const std::size_t bit = 8 * (bits.next - bytes_.data()) - bits.count;
  const std::uint8_t* last = scan.data() + starts.back().byte;
  const std::uint8_t* byte = skip_data(last, bit / 8 - begins_.back());
  RowStart start{
      static_cast<std::uint32_t>(byte - scan.data()), static_cast<std::uint16_t>(bit % 8), {}};
  for (int c = 0; c < 3; ++c) {
    start.dc[c] = static_cast<std::uint16_t>(scan_->component[c].dc);
  }
  starts.push_back(start);
  begins_.push_back(bit / 8);
}

template <typename Decode>
bool BaselineDecoder::walk(const BaselineFrame& frame, const Mcus& wanted,
                           std::vector<RowStart>& starts, const Decode& decode) {
  bytes_.reserve(frame.scan.size() + ScanBits::kPadding);
  if (frame.restart_interval > 0) {
    const std::int64_t mcus = std::int64_t{wanted.bottom - 1} * frame.mcus_across() + wanted.right;
    unstuff_intervals(frame, (mcus + frame.restart_interval - 1) / frame.restart_interval);
    walk_intervals(frame, wanted, decode);
    return true;
  }
  if (starts.empty()) starts.push_back({});
  if (!unstuff_rows(frame.scan, wanted, starts)) return false;
  walk_rows(frame, wanted, starts, decode);
  return true;
}

bool BaselineDecoder::visit(const BaselineFrame& frame, const BlockVisitor& visit) {
  if (!prepare(frame)) return false;
  std::array<std::int16_t, kMcuWords> blocks;
  starts_.clear();
  const Mcus all{0, 0, frame.mcus_across(), frame.mcus_down()};
  return walk(frame, all, starts_, [&](int x, int y, int count) {
    for (const int end = x + count; x < end; ++x) {
      if (!kernels_.read_mcu(*scan_, blocks.data())) return false;
      const std::int16_t* block = blocks.data();
      for (int c = 0; c < frame.components; ++c) {
        const int across = frame.component[c].across, down = frame.component[c].down;
        for (int i = 0; i < across * down; ++i, block += kBlockWords) {
          visit(c, x * across + i % across, y * down + i / across, block);
        }
      }
    }
    return true;
  });
}

bool BaselineDecoder::decode(const BaselineFrame& frame, const Region& wanted,
                             std::array<Plane, 3>& planes, std::vector<RowStart>& starts) {
  if (!frame.planar || !prepare(frame)) return false;
  const Mcus mcus = mcus_of(frame, wanted);
  lay_out_planes(frame, mcus, planes);
  return walk(frame, mcus, starts, [&](int x, int y, int count) {
    for (int c = 0; c < frame.components; ++c) {
      ScanComponent& component = scan_->component[c];
      const std::size_t row = std::size_t{8} * (y - mcus.top) * component.down;
      component.samples = samples_[c].data() + row * component.stride +
                          std::size_t{8} * (x - mcus.left) * component.across;
    }
    return kernels_.decode_mcus(*scan_, count);
  });
}

bool BaselineDecoder::check(const BaselineFrame& frame, const Region& wanted,
                            std::vector<RowStart>& starts) {
  if (!prepare(frame)) return false;
  Mcus mcus = mcus_of(frame, wanted);
  if (frame.restart_interval == 0 && !starts.empty()) {
    // A row whose successor is known has been read.
    mcus.top = std::max(mcus.top, static_cast<int>(starts.size()) - 1);
    if (mcus.top >= mcus.bottom) return true;
  }
  return walk(frame, mcus, starts,
              [&](int, int, int count) { return kernels_.skip_mcus(*scan_, count); });
}

BaselineDecoder::Mcus BaselineDecoder::mcus_of(const BaselineFrame& frame, const Region& wanted) {
  const int width = frame.mcu_width(), height = frame.mcu_height();
  return {wanted.left / width, wanted.top / height,
          (wanted.left + wanted.width + width - 1) / width,
          (wanted.top + wanted.height + height - 1) / height};
}

void BaselineDecoder::lay_out_planes(const BaselineFrame& frame, const Mcus& mcus,
                                     std::array<Plane, 3>& planes) {
  planes = {};
  for (int c = 0; c < frame.components; ++c) {
    const BaselineFrame::Component& component = frame.component[c];
    const int across = 8 * component.across, down = 8 * component.down;
    Plane& plane = planes[c];
    plane.region = {mcus.left * across, mcus.top * down, (mcus.right - mcus.left) * across,
                    (mcus.bottom - mcus.top) * down};
    plane.halved_x = component.across < frame.component[0].across;
    plane.halved_y = component.down < frame.component[0].down;
    plane.width = plane.halved_x ? (frame.width + 1) / 2 : frame.width;
    plane.height = plane.halved_y ? (frame.height + 1) / 2 : frame.height;
    plane.stride = plane.region.width;
    plane.data = samples_[c].reserve(plane.stride * plane.region.height);
    scan_->component[c].stride = plane.stride;
  }
}

}  // namespace bobbin::core
