// The one EXIF tag that moves pixels.
#pragma once

#include <cstdint>
#include <span>

namespace bobbin::core {

// The orientation (1…8) in the payload of a JPEG APP1 segment, or 1 if the segment is not EXIF,
// is damaged or has no orientation. TIFF 6.0, section 2; EXIF 2.32, section 4.5.4.
int exif_orientation(std::span<const std::uint8_t> app1);

}  // namespace bobbin::core
