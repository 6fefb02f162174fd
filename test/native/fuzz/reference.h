// libjpeg-turbo's result for a file that may be damaged.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bobbin::test {

// A component's samples after the inverse transform, in whole blocks.
struct RawPlane {
  int width = 0, height = 0;
  std::size_t stride = 0;
  std::vector<std::uint8_t> samples;
  bool operator==(const RawPlane&) const = default;
};

struct Reference {
  // Why the file cannot be decoded to its last row; empty if it can.
  std::string error;
  // The first warning of missing or invalid data; empty if there was none. Bytes left over are
  // ignored.
  std::string damage;
  std::vector<RawPlane> planes;
};

// The whole image by the accurate integer transform (ISLOW), before chroma is upsampled.
Reference decode_raw(std::span<const std::uint8_t> file);

}  // namespace bobbin::test
