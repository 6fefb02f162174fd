// Finds the wanted restart intervals and rows; the kernels decode them.
#include "core/decode/baseline.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "core/base/image.h"
#include "core/decode/baseline_frame.h"
#include "core/decode/scan_bytes.h"
#include "core/decode/scan_index.h"
#include "core/kernels/kernels.h"
#include "core/kernels/scan.h"

namespace bobbin::core {
namespace {

constexpr std::size_t kMcuWords = std::size_t{BaselineFrame::kMaxBlocks} * kBlockWords;

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

// Copies the intervals up to the last wanted MCU.
void BaselineDecoder::unstuff_intervals(const BaselineFrame& frame, const Mcus& wanted) {
  const std::int64_t interval = frame.restart_interval, across = frame.mcus_across();
  const std::int64_t mcus = (wanted.bottom - 1) * across + wanted.right;
  const std::int64_t count = (mcus + interval - 1) / interval;
  const auto found = static_cast<std::int64_t>(bytes_.unstuff_intervals(frame.scan, count));
  if (found < count) throw damage(frame, found * interval / across, "missing restart marker");
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
    scan_->bits = bytes_.interval(segment);
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
    const std::uint8_t* const last = scan_->bits.end;
    if (ends && !is_padding(last - scan_->bits.left_bytes(), last)) {
      throw damage(frame, (stop - 1) / across, "too much data before a restart marker");
    }
  }
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
    RowStart start = bytes_.add_row(scan, starts.back(), scan_->bits);
    for (int c = 0; c < 3; ++c) start.dc[c] = static_cast<std::uint16_t>(scan_->component[c].dc);
    starts.push_back(start);
    return;
  }
  scan_->bits = bytes_.row(y, starts[y]);
  // A fourth component has no known rows, only the first.
  scan_->component[3].dc = 0;
  for (int c = 0; c < 3; ++c) scan_->component[c].dc = starts[y].dc[c];
}

template <typename Decode>
bool BaselineDecoder::walk(const BaselineFrame& frame, const Mcus& wanted,
                           std::vector<RowStart>& starts, const Decode& decode) {
  if (frame.restart_interval > 0) {
    unstuff_intervals(frame, wanted);
    walk_intervals(frame, wanted, decode);
    return true;
  }
  if (starts.empty()) starts.push_back({});
  if (!bytes_.unstuff_rows(frame.scan, wanted.top, wanted.bottom, starts)) return false;
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
