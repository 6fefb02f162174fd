// Reads the first image file directory of an EXIF segment, always inside its bounds.
#include "core/decode/exif.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace bobbin::core {
namespace {

constexpr int kUpright = 1;
constexpr std::uint32_t kOrientationTag = 0x0112;
constexpr std::uint32_t kShortType = 3;

// Reads big- or little-endian words of a TIFF structure; a read outside it gives 0, which is not a
// valid value of any field read here.
struct Tiff {
  std::span<const std::uint8_t> bytes;
  bool little;

  std::uint32_t word(std::size_t offset, int size) const {
    if (offset + size > bytes.size()) return 0;
    std::uint32_t value = 0;
    for (int i = 0; i < size; ++i) {
      value = value << 8 | bytes[little ? offset + size - 1 - i : offset + i];
    }
    return value;
  }
};

}  // namespace

int exif_orientation(std::span<const std::uint8_t> app1) {
  constexpr std::size_t kSignature = 6;
  if (app1.size() < kSignature + 8 || std::memcmp(app1.data(), "Exif\0", 5) != 0) return kUpright;
  const Tiff tiff{app1.subspan(kSignature), app1[kSignature] == 'I'};
  if (tiff.word(2, 2) != 42) return kUpright;
  const std::size_t directory = tiff.word(4, 4);
  const std::size_t entries = tiff.word(directory, 2);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + 12 * i;
    if (entry >= tiff.bytes.size()) break;
    if (tiff.word(entry, 2) != kOrientationTag) continue;
    const std::uint32_t value = tiff.word(entry + 8, 2);
    const bool valid = tiff.word(entry + 2, 2) == kShortType && value >= 1 && value <= 8;
    return valid ? static_cast<int>(value) : kUpright;
  }
  return kUpright;
}

}  // namespace bobbin::core
