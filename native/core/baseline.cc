// Finds the restart intervals and rows that are wanted; the kernels decode them.
#include "core/baseline.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace bobbin::core {

bool BaselineDecoder::prepare(const BaselineFrame& frame) {
  scan_->components = frame.components;
  const int lanes = kernels_.lanes;
  for (int c = 0; c < frame.components; ++c) {
    const BaselineFrame::Component& from = frame.component[c];
    ScanComponent& to = scan_->component[c];
    to.means = means_.table(from.means);
    to.coefficients = coefficients_.table(from.coefficients);
    if (!to.means || !to.coefficients) return false;
    to.across = from.across;
    to.down = from.down;
    // A file that was given up may have left something.
    to.queue = {};
    for (int i = 0; i < 64 * lanes; ++i) {
      const int row = i / (8 * lanes), column = i % 8;
      to.quantization[i] = static_cast<std::int16_t>(from.quantization[8 * row + column]);
    }
  }
  const std::size_t mcus = static_cast<std::size_t>(frame.mcus_across()) * frame.mcus_down();
  const std::size_t interval = frame.restart_interval > 0 ? frame.restart_interval : mcus;
  return unstuff(frame.scan, (mcus + interval - 1) / interval);
}

// Copies the scan without the zeros behind FF, and notes where its intervals begin and end. The
// last one ends at any marker but a restart.
bool BaselineDecoder::unstuff(std::span<const std::uint8_t> scan, std::size_t segments) {
  if (bytes_.size() < scan.size() + ScanBits::kPadding) {
    bytes_.resize(scan.size() + ScanBits::kPadding);
  }
  segments_.clear();
  const std::uint8_t* from = scan.data();
  const std::uint8_t* const end = from + scan.size();
  std::uint8_t* to = bytes_.data();
  std::size_t begin = 0;
  while (from < end) {
    const void* found = std::memchr(from, 0xff, end - from);
    const std::uint8_t* marker = found ? static_cast<const std::uint8_t*>(found) : end;
    to = std::copy(from, marker, to);
    if (end - marker < 2) break;
    from = marker + 2;
    if (marker[1] == 0) {
      *to++ = 0xff;
    } else if (marker[1] == 0xd0 + segments_.size() % 8 && segments_.size() + 1 < segments) {
      const std::size_t here = to - bytes_.data();
      segments_.push_back({std::exchange(begin, here), here});
    } else {
      break;
    }
  }
  segments_.push_back({begin, static_cast<std::size_t>(to - bytes_.data())});
  std::memset(to, 0, ScanBits::kPadding);
  return segments_.size() == segments;
}

// Decodes the intervals that hold `wanted`: calls decode(x, y, count) for the MCUs of each row that
// are wanted, and skips those around them.
template <typename Decode>
bool BaselineDecoder::walk(const BaselineFrame& frame, const Mcus& wanted, const Decode& decode) {
  const std::int64_t across = frame.mcus_across();
  const std::int64_t interval =
      frame.restart_interval > 0 ? frame.restart_interval : across * frame.mcus_down();
  const std::int64_t first = wanted.top * across + wanted.left;
  const std::int64_t behind = (wanted.bottom - 1) * across + wanted.right;
  for (std::int64_t segment = first / interval; segment * interval < behind; ++segment) {
    const auto [begin, end] = segments_[segment];
    scan_->bits = {0, 0, bytes_.data() + begin, bytes_.data() + end};
    for (ScanComponent& component : scan_->component) component.mean = 0;
    const std::int64_t stop = std::min((segment + 1) * interval, behind);
    for (std::int64_t mcu = segment * interval; mcu < stop;) {
      const int x = static_cast<int>(mcu % across), y = static_cast<int>(mcu / across);
      // The run of MCUs to the next change between wanted and not.
      const bool inside = y >= wanted.top && x >= wanted.left && x < wanted.right;
      std::int64_t until = y * across + (inside ? wanted.right : wanted.left);
      if (!inside && (y < wanted.top || x >= wanted.right)) {
        until = std::max<std::int64_t>(y + 1, wanted.top) * across + wanted.left;
      }
      const int count = static_cast<int>(std::min(until, stop) - mcu);
      if (!(inside ? decode(x, y, count) : kernels_.skip_mcus(*scan_, count))) return false;
      mcu += count;
    }
    const bool last = segment + 1 == static_cast<std::int64_t>(segments_.size());
    if (!last && stop == (segment + 1) * interval && scan_->bits.left_bytes() > 0) return false;
  }
  return true;
}

bool BaselineDecoder::visit(const BaselineFrame& frame, const BlockVisitor& visit) {
  if (!prepare(frame)) return false;
  std::array<std::int16_t, std::size_t{12} * kBlockWords> blocks;
  return walk(frame, {0, 0, frame.mcus_across(), frame.mcus_down()}, [&](int x, int y, int count) {
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
                             std::array<Plane, 3>& planes) {
  if (!prepare(frame)) return false;
  const int width = frame.mcu_width(), height = frame.mcu_height();
  const Mcus mcus{wanted.left / width, wanted.top / height,
                  (wanted.left + wanted.width + width - 1) / width,
                  (wanted.top + wanted.height + height - 1) / height};
  place_planes(frame, mcus, planes);
  return walk(frame, mcus, [&](int x, int y, int count) {
    for (int c = 0; c < frame.components; ++c) {
      ScanComponent& component = scan_->component[c];
      const std::size_t row = std::size_t{8} * (y - mcus.top) * component.down;
      component.samples = samples_[c].data() + row * component.stride +
                          std::size_t{8} * (x - mcus.left) * component.across;
    }
    return kernels_.decode_mcus(*scan_, count);
  });
}

void BaselineDecoder::place_planes(const BaselineFrame& frame, const Mcus& mcus,
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
    const std::size_t bytes = plane.stride * plane.region.height;
    if (samples_[c].size() < bytes) samples_[c].resize(bytes);
    plane.data = samples_[c].data();
    scan_->component[c].stride = plane.stride;
  }
}

}  // namespace bobbin::core
