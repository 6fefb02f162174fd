// The kernels' bodies, one block's share at a time, for a GPU's threads or for one of a CPU's.
#pragma once

#include "device/device.h"
#include "device/shared.h"

namespace bobbin::device {

// How a block's work is shared on a CPU. `each` calls run(i) for i from 0 to count − 1, in any
// order, and returns once all have run; a GPU's threads share the calls and then wait for one
// another.
struct OneThread {
  template <typename Run>
  void each(int count, const Run& run) const {
    for (int i = 0; i < count; ++i) run(i);
  }
};

// A block renders one tile of one view.
inline constexpr int kTileWidth = 32;
inline constexpr int kTileHeight = 16;
// A view's mean grey is summed in so many parts, by a block each.
inline constexpr int kMeanParts = 8;

}  // namespace bobbin::device
