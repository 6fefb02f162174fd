// How much of the memory and the time of one thread a JPEG file may take.
#pragma once

#include <cstdint>

namespace bobbin::core {

// The largest image that is decoded, in pixels.
inline constexpr std::int64_t kMaxPixels = std::int64_t{1} << 29;
// The largest image that libjpeg must buffer completely (progressive, or one scan for each colour):
// six bytes a pixel.
inline constexpr std::int64_t kMaxBufferedPixels = std::int64_t{1} << 26;
// Far more than encoders write. A file of thousands of empty scans would keep a thread for hours.
inline constexpr int kMaxScans = 500;
// Pixels of all scans together: 32 scans of the largest image.
inline constexpr std::int64_t kMaxScanned = 32 * kMaxBufferedPixels;
// Pixels that are in memory while a whole image is checked.
inline constexpr int kCheckedPixels = 1 << 24;

}  // namespace bobbin::core
